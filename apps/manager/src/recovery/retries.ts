import { ceilingMs } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { nothing, type Process } from '../supervision/process.js';
import type { ClusterState, InstanceRecord } from '@oakring/model';
import { isSucceeded } from '../commands/decide/failures.js';
import { byItself } from '../commands/origin.js';

/** What an update has begun a new one of is waited for; its node is no part of what wakes us. */
const besideAgainMs = 1_000;

/**
 * Failed instances wait, each a random part of a time that doubles with its failures, and are then to
 * be placed again. After a start every wait begins anew: what is in memory here is only the waiting.
 */
export function retries(queue: CommandQueue): Process<InstanceRecord> {
  return {
    name: 'retries',
    most: 1,
    mostAtOnce: Number.POSITIVE_INFINITY,
    restMs: 0,
    backoff: { firstMs: 1_000, mostMs: 10_000 },
    *all({ instances }) {
      for (const [key, instance] of instances.entries()) if (isFailed(instance)) yield key;
    },
    concerned: ({ instances }) => instances,
    fact(key, { instances }) {
      const instance = instances.get(key);
      return isFailed(instance) ? `${instance.generation} after ${instance.failures}` : null;
    },
    look(key, state, { nowMs, sinceMs, share }) {
      const found = failedAt(key, state);
      if (found === null) return nothing;
      const { instance, restart } = found;
      // The wait runs from 0 to its ceiling, both ends included.
      const waitMs = Math.floor(share * (ceilingMs(instance.failures, restart) + 1));
      if (nowMs < sinceMs + waitMs) return { step: null, againMs: sinceMs + waitMs };
      if (isSucceeded(state, instance)) return { step: null, againMs: nowMs + besideAgainMs };
      return { step: instance, againMs: null };
    },
    async act(steps) {
      for (const { step } of steps) {
        const { job: id, number: instance, generation } = step;
        const order = { type: 'RetryInstance', id, instance, generation } as const;
        const { status } = await queue.submit<'RetryInstance'>(order, byItself('retries'));
        if (status === 'refused') return 'again';
      }
      return 'done';
    },
  };
}

function isFailed(instance: InstanceRecord | undefined): instance is InstanceRecord {
  return instance?.status === 'failed' && !instance.givenUp;
}

function failedAt(key: string, { instances, jobs }: ClusterState) {
  const instance = instances.get(key);
  const restart = jobs.get(instance?.job ?? '')?.policy.restart;
  return instance === undefined || restart === undefined ? null : { instance, restart };
}
