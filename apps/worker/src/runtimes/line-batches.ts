import type { LogsWanted, PrintedLine } from './runtime.port.js';

const linesAtOnce = 200;

/** Leaves out what is older than wanted: what comes before the first that is new enough. */
export async function* newEnough(
  batches: AsyncIterable<readonly PrintedLine[]>,
  sinceMs: number | null,
): AsyncGenerator<readonly PrintedLine[]> {
  let isNew = sinceMs === null;
  for await (const batch of batches) {
    if (isNew) yield batch;
    else {
      const first = batch.findIndex(({ atMs }) => atMs === null || atMs >= (sinceMs ?? 0));
      if (first === -1) continue;
      isNew = true;
      yield batch.slice(first);
    }
  }
}

/** The newest lines of what is there; as they come where no number is wanted. */
export async function* newestOf(
  batches: AsyncIterable<readonly PrintedLine[]>,
  { tail }: Pick<LogsWanted, 'tail'>,
): AsyncGenerator<readonly PrintedLine[]> {
  if (tail === null) return yield* batches;
  let kept: PrintedLine[] = [];
  for await (const batch of batches) {
    kept.push(...batch);
    if (kept.length > 2 * tail + linesAtOnce) kept = kept.slice(-tail);
  }
  yield* inBatches(tail === 0 ? [] : kept.slice(-tail));
}

export function* inBatches(lines: readonly PrintedLine[]): Generator<readonly PrintedLine[]> {
  for (let at = 0; at < lines.length; at += linesAtOnce) yield lines.slice(at, at + linesAtOnce);
}
