import type { Constraint, NodeStatus, Resources, Technology } from '@oakring/contracts';
import type { JsonObject, MerkleFrontier } from '@oakring/events';

/** Records are plain JSON, replaced and never changed: a view can be saved and compared as bytes. */

export interface ClusterRecord {
  readonly clusterId: string;
  readonly name: string;
  readonly location: string;
  readonly epoch: number;
}

export interface NodeRecord {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly port: number;
  readonly incarnation: number;
  readonly capacity: Resources;
  readonly assumed: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly technologies: readonly string[];
  readonly architecture: string | null;
  readonly acknowledges: boolean;
  readonly enforcesStop: boolean;
  readonly tokenPresented: boolean;
  readonly extra: JsonObject;
  readonly status: NodeStatus;
  /** Commit time of the step into `status`, milliseconds since 1970. */
  readonly since: number;
  readonly reason: string;
  /** Sum over its placements. */
  readonly reserved: Resources;
  /** Number of its placements. */
  readonly placements: number;
  /** Position of the last change. */
  readonly position: number;
}

export interface JobRecord {
  readonly id: string;
  readonly document: JsonObject;
  readonly technology: Technology;
  readonly resources: Resources;
  readonly labels: Readonly<Record<string, string>>;
  readonly constraints: readonly Constraint[];
  readonly bodyHash: string;
  readonly status: 'active' | 'deleting';
  readonly desired: number;
  /** Desired count as it was submitted, and where: what a repeated POST is answered with. */
  readonly submittedDesired: number;
  readonly submittedPosition: number;
  /** Position of the order to delete; 0 before. */
  readonly deletionPosition: number;
  readonly position: number;
}

/** Key `<job>/<number>`. */
export interface InstanceRecord {
  readonly job: string;
  readonly number: number;
  /** Of its current placement; 0 until it is placed for the first time. */
  readonly generation: number;
  readonly status:
    'pending' | 'placed' | 'starting' | 'running' | 'completed' | 'failed' | 'stopping';
  /** The highest generation given before the current one, moves that failed included. */
  readonly lastGeneration: number;
  readonly nodeId: string | null;
  readonly confirmed: boolean;
  readonly reason: string | null;
  readonly decision: string | null;
  /** Not wanted any more: it disappears with its last placement. */
  readonly removing: boolean;
  /** The placement that takes over, while a move is under way. */
  readonly moving: { readonly nodeId: string; readonly generation: number } | null;
}

/** One reservation on a node. Key `<job>/<number>/<generation>`. */
export interface PlacementRecord {
  readonly job: string;
  readonly number: number;
  readonly generation: number;
  readonly nodeId: string;
  readonly resources: Resources;
  /** False: its `delete` is to be ordered, or is on its way. */
  readonly wanted: boolean;
  /** The newest command about it. */
  readonly commandId: string | null;
}

/** Key: the command's id, `<position>-<index>` of its `CommandIssued`. */
export interface CommandRecord {
  readonly id: string;
  readonly kind: 'deploy' | 'delete' | 'move' | 'replicate';
  readonly nodeId: string;
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  readonly targetNodeId: string | null;
  readonly status: 'issued' | 'delivered' | 'received' | 'ended';
  /** Commit time of its issue, milliseconds since 1970. */
  readonly issuedAt: number;
  /** Incarnation of the node when the command was last (re)opened; 0 when not known. */
  readonly incarnation: number;
  /** Number of the change that ended it (grows): the oldest ended ones are forgotten. */
  readonly ended: number;
}

/** What a command to us was answered with, kept for 24 hours of commit time. */
export interface AnswerRecord {
  readonly id: string;
  readonly outcome: JsonObject;
  readonly position: number;
  readonly at: number;
}

/** The highest generation ever given to a (job, number) that is gone. Key `<job>/<number>`. */
export interface RetiredRecord {
  readonly generation: number;
  /** Number of the retirement (grows): the oldest are forgotten, raising the floor. */
  readonly order: number;
}

/** A key that seals this log. Key: its fingerprint. */
export interface KeyRecord {
  readonly fingerprint: string;
  /** SPKI, DER, base64; null when it was endorsed before it was ever presented. */
  readonly publicKey: string | null;
  /** Only a key that counts may endorse, and only its seals prove something. */
  readonly status: 'presented' | 'counts' | 'revoked';
  /** Fingerprint of the key that endorsed or revoked it; its own, for the founding key. */
  readonly by: string | null;
  readonly position: number;
}

/** The newest seal, by whichever key. */
export interface SealRecord {
  /** Sealed up to here. */
  readonly position: number;
  readonly fingerprint: string;
  /** Position of the commit that holds the seal. */
  readonly sealedAt: number;
}

/** Counters of the fold itself. */
export interface CountersRecord {
  /** Generations of forgotten (job, number)s are at most this. */
  readonly generationFloor: number;
  readonly ended: number;
  readonly retired: number;
}

/** The Merkle tree over the hashes of all commits. One record. */
export type MerkleRecord = MerkleFrontier;
