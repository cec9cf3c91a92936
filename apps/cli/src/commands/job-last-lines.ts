import type { EventLine, Job } from '../client/documents.js';
import { ManagerError } from '../client/manager-error.js';
import { renderLastLines } from '../render/last-lines.js';
import { printable } from '@oakring/narration';
import type { Context } from './context.js';

/** Instances of a job that have failed may be hundreds, of the same cause. */
const mostShown = 3;

interface Crash {
  readonly number: number;
  readonly generation: number;
  /** How many starts came since. */
  readonly since: number;
  /** Null: whoever asks may not read the ledger. */
  readonly event: EventLine | null;
}

/** What failed instances of a job printed last, as the ledger has it: of those that failed last. */
export async function lastCrashes(context: Context, { instances }: Job): Promise<readonly Crash[]> {
  const failing = instances
    .flatMap(({ number, generation: newest, failures, lastLines }) => {
      if (lastLines === undefined || failures === 0) return [];
      return { number, ...lastLines, since: newest - lastLines.generation };
    })
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, mostShown);
  const found = await Promise.all(
    failing.map(async ({ event: address, ...crash }) => {
      const event = await eventAt(context, address).catch(notForThem);
      return event === undefined ? [] : { ...crash, event };
    }),
  );
  return found.flat();
}

/** Who sees a job may not see the ledger (the role `root`); whoever may neither has been told so before. */
function notForThem(error: unknown): null {
  if (error instanceof ManagerError && error.problem?.code === 'forbidden') return null;
  throw error;
}

/** Undefined: it is not there. */
async function eventAt(
  { client, terminal }: Context,
  address: string,
): Promise<EventLine | undefined> {
  const enough = new AbortController();
  const [position, index] = address.split('/').map(Number);
  const signal = AbortSignal.any([enough.signal, terminal.closed]);
  const lines = await client.events({ from: position ?? 1, follow: false }, signal);
  try {
    for await (const line of lines) {
      // A line of the manager's own catalogue.
      const event = JSON.parse(line) as EventLine;
      if (event.position === position && event.index === index) return event;
      if (event.position !== position) return undefined;
    }
    return undefined;
  } finally {
    enough.abort();
  }
}

export function renderCrashes(
  job: string,
  crashes: readonly Crash[],
  { terminal: { colors } }: Context,
): string {
  return crashes
    .map(({ number, generation, since, event }) => {
      const all = `oakring job logs ${printable(job)} ${number}${since === 1 ? ' --previous' : ''}`;
      if (event === null)
        return `\n#${number}, generation ${generation}, has failed: what it printed is shown by ${all}`;
      return [
        '',
        `#${number}, generation ${generation}, printed last (${since > 1 ? 'what came since' : 'all that is kept'}: ${all}):`,
        ...renderLastLines(event, colors),
      ].join('\n');
    })
    .map((text) => `\n${text}`)
    .join('');
}
