export type NodeStatus = 'registered' | 'ready' | 'suspect' | 'disconnected' | 'lost';

/** Why nothing new is placed on a node; each null where it does not apply. */
export interface NodeFlags {
  readonly cordoned: { readonly since: string; readonly reason: string } | null;
  readonly draining: { readonly deadline: string; readonly force: boolean } | null;
  readonly quarantined: {
    readonly since: string;
    readonly reason: string;
    readonly byRecord: boolean;
  } | null;
}

/** `GET /api/v1/cluster`. */
export interface ClusterAnswer {
  readonly clusterId: string;
  readonly name: string;
  readonly location: string;
  readonly epoch: number;
  readonly position: number;
  /** While it lasts no node steps past suspect and nothing is replaced. */
  readonly storm: { readonly since: string; readonly reason: string } | null;
  readonly nodes: Readonly<Partial<Record<NodeStatus, number>>>;
}
