import { OakringError } from '@oakring/contracts';
import {
  instanceKey,
  type ClusterState,
  type InstanceRecord,
  type NodeRecord,
} from '@oakring/model';
import { seesOwnOnly, type Holder } from '../access/holder.js';

/** Which start of an instance is asked about, and at which node. */
export interface Target {
  readonly node: NodeRecord;
  readonly technology: string;
  readonly generation: number;
  /** The start before the newest that this node knows of. */
  readonly isBefore: boolean;
  /** What was printed in a generation below it is of another job that had this id. */
  readonly notBefore: number;
}

/** Where what an instance printed is kept. Throws what `GET …/logs` refuses. */
export function logTarget(
  state: ClusterState,
  { id, number, previous }: { id: string; number: number; previous: boolean },
): Target {
  const job = state.jobs.get(id);
  if (job === undefined) {
    throw new OakringError({
      code: 'job-unknown',
      detail: `There is no job ${id}.`,
      field: 'id',
      value: id,
    });
  }
  const instance = state.instances.get(instanceKey(id, number));
  if (instance === undefined) {
    const detail = `Job ${id} has no instance ${number}.`;
    throw new OakringError({ code: 'instance-unknown', detail, field: 'number', value: number });
  }
  const place = previous ? placeBefore(instance) : placeOf(instance);
  if (place === null) {
    const detail = `Instance ${number} of job ${id} is ${instance.status}, and was on no node${
      previous ? ' before' : ''
    }${instance.reason === null ? '' : `: ${instance.reason}`}`;
    throw new OakringError({ code: 'instance-nowhere', detail: ended(detail) });
  }
  const node = state.nodes.get(place.nodeId);
  return {
    ...{ ...place, node: present(place.nodeId, node), technology: job.technology },
    notBefore: instance.firstGeneration,
  };
}

interface Place {
  readonly nodeId: string;
  readonly generation: number;
  readonly isBefore: boolean;
}

/** Where it is; of one that waits for another try, where it was last. */
function placeOf({ nodeId, generation, attempts, status }: InstanceRecord): Place | null {
  if (nodeId !== null && status !== 'pending') return { nodeId, generation, isBefore: false };
  const last = attempts.at(-1);
  return last === undefined ? null : { ...addressOf(last), isBefore: false };
}

/** Where the one before it failed; else where it is, which may know of an earlier start there. */
function placeBefore(instance: InstanceRecord): Place | null {
  const present = placeOf(instance);
  if (present === null) return null;
  const before = instance.attempts.findLast(({ generation }) => generation < present.generation);
  if (before === undefined || before.nodeId === present.nodeId)
    return { ...present, isBefore: true };
  return { ...addressOf(before), isBefore: false };
}

function addressOf({ nodeId, generation }: { nodeId: string; generation: number }) {
  return { nodeId, generation };
}

function present(id: string, node: NodeRecord | undefined): NodeRecord {
  if (node === undefined) {
    throw new OakringError({ code: 'node-away', detail: `Its node ${id} was forgotten.` });
  }
  const { status, silentSince, since, reason } = node;
  if (status !== 'disconnected' && status !== 'lost') return node;
  const at = new Date(silentSince ?? since).toISOString();
  const detail = `Node ${id} is ${status}, and not heard of since ${at}: ${reason}`;
  throw new OakringError({ code: 'node-away', detail: ended(detail) });
}

/** Throws when the worker of the node does not say that it can. */
export function needFeature({ id, features }: NodeRecord, feature: string): void {
  if (features.includes(feature)) return;
  const detail = `The worker of node ${id} does not say that it can give ${feature}: it is older, or of another kind.`;
  throw new OakringError({ code: 'feature-missing', detail });
}

/** Throws where a worker that does not heed `notBefore` could show this caller what the job of another printed. */
export function refuseOthersOutput(
  caller: Holder,
  { node, isBefore, notBefore }: Pick<Target, 'node' | 'isBefore' | 'notBefore'>,
): void {
  if (isBefore && notBefore > 1 && seesOwnOnly(caller)) needFeature(node, 'logs-not-before');
}

function ended(detail: string): string {
  return /[.!?]$/.test(detail) ? detail : `${detail}.`;
}
