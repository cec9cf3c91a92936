import type { ClusterState, NodeRecord } from '@oakring/model';
import type { NodeSight } from './sight.js';

/** What is known of a node at a moment when what it shows counts. */
export interface Scene {
  readonly state: ClusterState;
  readonly node: NodeRecord;
  readonly sight: NodeSight;
  readonly nowMs: number;
  readonly wallMs: number;
  /** Since when we hear, and what was placed before: its orders were sent by others. */
  readonly sinceMs: number;
  readonly inherited: ReadonlySet<string>;
  /** An order to start goes on. */
  readonly renew: (commandId: string) => void;
}
