import type { CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { byItself } from '../commands/origin.js';

/** On a worker that does not acknowledge, a delivered `delete` has ended after this long. */
const assumedEndAfterMs = 10_000;

/** Assumes the end of what was told to end, where no word of it will come: after a start from then on. */
export function assumedEnds(queue: CommandQueue): Process<'assume'> {
  return {
    name: 'assumed-ends',
    most: 500,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: assumedEndAfterMs, mostMs: assumedEndAfterMs },
    *all({ commands }) {
      for (const { id, status } of commands.values()) if (status === 'delivered') yield id;
    },
    concerned: ({ commands }) => commands,
    fact(id, { commands }) {
      const command = commands.get(id);
      const isUnheard = command?.kind === 'delete' && command.status === 'delivered';
      return isUnheard ? `delivered, of ${command.issuedAt}` : null;
    },
    look(_id, _state, { nowMs, sinceMs }) {
      const atMs = sinceMs + assumedEndAfterMs;
      return nowMs < atMs ? { step: null, againMs: atMs } : { step: 'assume', againMs: null };
    },
    async act(steps) {
      const ends = steps.map(({ key: commandId }) =>
        queue.submit<'AssumeEnded'>(
          { type: 'AssumeEnded', commandId },
          byItself('assumed-ends', commandId),
        ),
      );
      await Promise.all(ends);
      return 'done';
    },
  };
}
