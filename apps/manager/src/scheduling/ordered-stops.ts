import type { CommandQueue } from '../commands/command.js';
import { nothing, type Process } from '../supervision/process.js';
import { placementKey } from '@oakring/model';
import { byItself } from '../commands/origin.js';

/**
 * Orders the `delete` of every placement that is not wanted any more; again later when it failed at
 * the worker. A scale-down of thousands is ordered in slices that share a commit each.
 */
export function orderedStops(queue: CommandQueue): Process<'stop'> {
  return {
    name: 'stops',
    most: 500,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: 10_000, mostMs: 600_000 },
    all: ({ unorderedStops }) => unorderedStops,
    *concerned({ placements, commands }, state) {
      yield* placements;
      // An order that failed is a change of the order alone.
      for (const id of commands) {
        const order = state.commands.get(id);
        if (order?.kind === 'delete') {
          yield placementKey(order.job, order.instance, order.generation);
        }
      }
    },
    fact: (key, { placements }) => (placements.get(key)?.wanted === false ? 'unwanted' : null),
    look: (key, { unorderedStops }) =>
      unorderedStops.has(key) ? { step: 'stop', againMs: null } : nothing,
    async act(steps) {
      const placements = steps.map(({ key }) => key);
      await queue.submit({ type: 'OrderStops', placements }, byItself('stops'));
      // Done when it is gone: one that comes back failed there.
      return 'again';
    },
  };
}
