import { OakringError, type EventLine } from '@oakring/contracts';
import { decodeEvents, type Commit, type StoredEvent } from '@oakring/events';
import { type EventLogReader } from '@oakring/stores';
import type { EventQuery } from './event-query.js';
import { watchLog, type EventSource, type LogWatch } from './log-watch.js';

/** Commits read in one go; a slow reader holds at most this page. */
const commitsPerRead = 64;
/** Until a store that did not answer is asked again. */
const awayMs = 1_000;
const stillHere = ': still here\n\n';

/**
 * The events asked for as text, commit by commit, each read when the one before was taken: a slow
 * reader slows nobody else. Without `follow` it ends with the log as it was at the beginning.
 */
export async function* eventLines(query: EventQuery, source: EventSource): AsyncGenerator<string> {
  const watch = watchLog(source, query);
  try {
    // A reader of server-sent events knows by this first comment that it is connected.
    if (query.format === 'sse') yield ': following\n\n';
    for await (const chunk of chunksOf(query, source, watch)) yield chunk;
  } finally {
    watch.close();
  }
}

async function* chunksOf(
  query: EventQuery,
  { log, signal, timers }: EventSource,
  watch: LogWatch,
): AsyncGenerator<string> {
  const end = query.follow ? Number.POSITIVE_INFINITY : (await log.head()).position;
  let next = query.from;
  let left = query.limit;
  while (next <= end && !signal.aborted) {
    const page = await readPage(log, query, next).catch((error: unknown) => {
      // Whoever follows is told what happens, however long that takes.
      if (query.follow && isAway(error)) return null;
      throw error;
    });
    if (page === null) {
      await timers.sleep(awayMs, signal);
      if (watch.isQuiet()) yield stillHere;
      continue;
    }
    for (const commit of page.commits) {
      if (commit.position > end || signal.aborted) return;
      const events = wantedOf(commit, query).slice(0, left);
      if (events.length > 0) yield events.map((event) => writeEvent(event, query.format)).join('');
      left -= events.length;
      if (left === 0) return;
    }
    next = page.next;
    if (page.commits.length > 0) continue;
    if (!query.follow) return;
    if ((await watch.wait()) === 'quiet') yield stillHere;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof OakringError && error.code === 'store-away';
}

/** The next commits, and where to go on: past all there was when nothing of it is wanted. */
async function readPage(
  log: EventLogReader,
  { stream }: EventQuery,
  from: number,
): Promise<{ commits: readonly Commit[]; next: number }> {
  const head = await log.head();
  const wanted = stream === null ? {} : { stream };
  const commits = await log.read({ from, limit: commitsPerRead, ...wanted });
  const last = commits.at(-1);
  if (last !== undefined) return { commits, next: last.position + 1 };
  // Without a stream every position is wanted: what is not there now may come. Of a stream nothing is
  // wanted up to the head, which was read first: no page is of an older moment than a head before it.
  return { commits, next: stream === null ? from : Math.max(from, head.position + 1) };
}

function wantedOf(commit: Commit, query: EventQuery): StoredEvent[] {
  return decodeEvents(commit).filter(
    (event) =>
      (query.stream === null || event.stream === query.stream) &&
      (query.types === null || query.types.has(event.type)) &&
      (query.by === null || isBy(event, query.by)) &&
      (event.position > query.from || event.index > query.knownIndex),
  );
}

/** `nodes/` is every worker, `nodes/n1` one of them. */
function isBy(event: StoredEvent, by: string): boolean {
  return by.endsWith('/') ? (event.by?.startsWith(by) ?? false) : event.by === by;
}

/** Null where a device's clock says what is no time for people. */
function isoOf(ms: number): string | null {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

function writeEvent(event: StoredEvent, format: EventQuery['format']): string {
  const { position, index, stream, version, type, at, by, cause, deviceAt, trace, data } = event;
  const line: EventLine = {
    position,
    index,
    stream,
    version,
    type,
    at: new Date(at).toISOString(),
    ...{
      by: by ?? null,
      cause: cause ?? null,
      deviceAt: deviceAt === undefined ? null : isoOf(deviceAt),
      trace: trace ?? null,
    },
    data: { ...data },
  };
  const text = JSON.stringify(line);
  return format === 'ndjson' ? `${text}\n` : `id: ${position}/${index}\ndata: ${text}\n\n`;
}
