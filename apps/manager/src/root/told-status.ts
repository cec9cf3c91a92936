import {
  currentRoot,
  endedByRoot,
  instanceKey,
  refusalCodeOf,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';

/** The words that a root knows for how an instance does; of any other it makes an error. */
export type ToldStatus =
  | 'CLUSTER_SCHEDULED'
  | 'NODE_SCHEDULED'
  | 'CREATING'
  | 'CREATED'
  | 'RUNNING'
  | 'FAILED'
  | 'DEAD'
  | 'COMPLETED'
  | 'UNDEPLOYED'
  | 'NO_WORKER_CAPACITY'
  | 'NO_QUALIFIED_WORKER_FOUND'
  | 'NO_NODE_FOUND';

/** The one that is told of a whole job: the first that one of its instances has. */
const worstFirst: readonly ToldStatus[] = [
  ...(['DEAD', 'FAILED', 'NO_NODE_FOUND', 'NO_QUALIFIED_WORKER_FOUND'] as const),
  ...(['NO_WORKER_CAPACITY', 'CLUSTER_SCHEDULED', 'NODE_SCHEDULED', 'CREATING'] as const),
  ...(['CREATED', 'UNDEPLOYED', 'RUNNING', 'COMPLETED'] as const),
];

/** `isCreated`: its worker said that it is there, and did not show it running yet. */
export function toldStatus(instance: InstanceRecord, isCreated: boolean): ToldStatus {
  switch (instance.status) {
    case 'pending':
      return refusalOf(instance);
    case 'placed':
      return 'NODE_SCHEDULED';
    case 'starting':
      return isCreated ? 'CREATED' : 'CREATING';
    // Also while its worker is silent, which the detail says.
    case 'running':
      return 'RUNNING';
    case 'completed':
      return 'COMPLETED';
    case 'failed':
      return instance.givenUp ? 'DEAD' : 'FAILED';
    case 'lost':
      return 'DEAD';
    case 'stopping':
      return 'UNDEPLOYED';
  }
}

function refusalOf(instance: InstanceRecord): ToldStatus {
  const code = refusalCodeOf(instance);
  if (code === null) return 'CLUSTER_SCHEDULED';
  if (code === 'no-capacity') return 'NO_WORKER_CAPACITY';
  return code === 'no-such-node' ? 'NO_NODE_FOUND' : 'NO_QUALIFIED_WORKER_FOUND';
}

/** Of which nothing is left has ended. */
export function toldOfJob(statuses: readonly ToldStatus[]): ToldStatus {
  return worstFirst.find((status) => statuses.includes(status)) ?? 'UNDEPLOYED';
}

/**
 * Whether the root is told of an instance: it ordered the job, remembers it, and has not ended it. A root
 * orders the end of what it does not know; what somebody ended here it must hear of.
 */
export function isTold(state: ClusterState, job: JobRecord, instance: InstanceRecord): boolean {
  if (job.root === null || job.root !== currentRoot(state)) return false;
  return !instance.removing || (!job.dismissed && !isEndedByRoot(state, instance));
}

function isEndedByRoot(state: ClusterState, { job, number }: InstanceRecord): boolean {
  const keys = [...state.placementsOfInstance.of(instanceKey(job, number))];
  return keys.some((key) => state.placements.get(key)?.stopReason === endedByRoot);
}
