import type { InstanceAnswer, InstanceStatus, JobAnswer, JobSummary } from '@oakring/contracts';
import type { ClusterState } from '../views/cluster-state.js';
import type { InstanceRecord, JobRecord } from '../views/records.js';

/** `GET /api/v1/jobs/{id}`: the document with the job's state; each instance once, by number. */
export function jobAnswer(state: ClusterState, job: JobRecord): JobAnswer {
  return {
    ...job.document,
    ...headOf(job),
    instances: instancesOf(state, job.id)
      .sort((a, b) => a.number - b.number)
      .map((instance) => instanceAnswer(state, instance)),
  };
}

export function jobSummary(state: ClusterState, job: JobRecord): JobSummary {
  const counts: Partial<Record<InstanceStatus, number>> = {};
  for (const instance of instancesOf(state, job.id)) {
    const status = shownStatus(state, instance);
    counts[status] = (counts[status] ?? 0) + 1;
  }
  return { ...headOf(job), counts };
}

function headOf({ id, document, technology, status, desired, position }: JobRecord) {
  return {
    id,
    name: String(document['name']),
    image: String(document['image']),
    technology,
    status,
    desired,
    position,
  };
}

function instancesOf(state: ClusterState, job: string): InstanceRecord[] {
  const instances: InstanceRecord[] = [];
  for (const key of state.instancesOfJob.of(job)) {
    const instance = state.instances.get(key);
    if (instance !== undefined) instances.push(instance);
  }
  return instances;
}

function instanceAnswer(state: ClusterState, instance: InstanceRecord): InstanceAnswer {
  const { number, generation, nodeId, confirmed, decision, moving } = instance;
  return {
    number,
    generation,
    status: shownStatus(state, instance),
    nodeId,
    confirmed,
    reason: shownReason(state, instance),
    decision,
    ...(moving === null ? {} : { movingTo: moving }),
  };
}

/** What is known: an instance on a node that nobody hears from may run or not. */
export function shownStatus(state: ClusterState, instance: InstanceRecord): InstanceStatus {
  return unreachableNodeOf(state, instance) === null ? instance.status : 'unknown';
}

function shownReason(state: ClusterState, instance: InstanceRecord): string | null {
  const node = unreachableNodeOf(state, instance);
  return node === null ? instance.reason : `node ${node.id} is ${node.status}: ${node.reason}`;
}

function unreachableNodeOf(state: ClusterState, instance: InstanceRecord) {
  switch (instance.status) {
    case 'placed':
    case 'starting':
    case 'running': {
      const node = instance.nodeId === null ? undefined : state.nodes.get(instance.nodeId);
      return node?.status === 'disconnected' || node?.status === 'lost' ? node : null;
    }
    case 'pending':
    case 'completed':
    case 'failed':
    case 'stopping':
      return null;
  }
}
