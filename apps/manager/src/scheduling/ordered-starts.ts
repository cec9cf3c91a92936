import type { CommandQueue } from '../commands/command.js';
import type { Process } from '../supervision/process.js';
import { ownerOf, mayBegin } from '@oakring/model';
import { byItself } from '../commands/origin.js';

/** Ends of others come as changes of their own placements: looked for this often. */
const lookAgainMs = 1_000;

/**
 * Orders the start of placements whose time has come: they had their place before the one that they
 * replace was stopped, and it has ended by now.
 */
export function orderedStarts(queue: CommandQueue): Process<'start'> {
  return {
    name: 'starts',
    most: 500,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: 1_000, mostMs: 10_000 },
    all: ({ unorderedStarts }) => unorderedStarts,
    *concerned({ placements }, state) {
      if (state.unorderedStarts.size === 0) return;
      yield* placements;
      // One that has ended may have been in the way of its instance's next one.
      for (const key of placements) yield* state.placementsOfInstance.of(ownerOf(key));
    },
    fact: (key, { unorderedStarts }) => (unorderedStarts.has(key) ? 'waits' : null),
    look(key, state, { nowMs }) {
      const placement = state.placements.get(key);
      const isTime = placement !== undefined && mayBegin(state, placement);
      return { step: isTime ? 'start' : null, againMs: nowMs + lookAgainMs };
    },
    async act(steps) {
      const placements = steps.map(({ key }) => key);
      await queue.submit({ type: 'OrderStarts', placements }, byItself('starts'));
      return 'done';
    },
  };
}
