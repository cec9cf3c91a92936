import { ownerOf } from '@oakring/model';
import type { RecentTraces } from '../views/recent-traces.js';
import type { Command, CommandQueue } from './command.js';

/** What happens by itself to a job that was ordered in a trace of late is part of that trace. */
export function tracedQueue(queue: CommandQueue, traces: Pick<RecentTraces, 'of'>): CommandQueue {
  return {
    submit: (command, origin, key, stillTrue) => {
      const job = origin.trace === undefined ? jobOf(command) : null;
      const trace = job === null ? undefined : traces.of(job);
      if (trace === undefined) return queue.submit(command, origin, key, stillTrue);
      const { by, cause } = origin;
      return queue.submit(command, { by, cause, trace }, key, stillTrue);
    },
  };
}

/** The one job that a command of ours is about; null: there are several, or none. */
function jobOf(command: Command): string | null {
  switch (command.type) {
    case 'ApplyPlan':
    case 'RefusePlacement':
    case 'ReplaceInstance':
    case 'RefuseReplacement':
    case 'CompleteRollout':
    case 'RetryInstance':
      return command.id;
    case 'OrderStarts':
    case 'OrderStops': {
      const [first, ...others] = new Set(
        command.placements.map((placement) => ownerOf(ownerOf(placement))),
      );
      return first === undefined || others.length > 0 ? null : first;
    }
    default:
      return null;
  }
}
