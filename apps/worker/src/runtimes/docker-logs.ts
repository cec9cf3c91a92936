import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type Docker from 'dockerode';
import type { Timers } from '@oakring/ports';
import { piecesOf } from './docker-pieces.js';
import type { LogsWanted, PrintedLine } from './runtime.port.js';

const newline = '\n';
/** Of the end of what it said: the last lines may be empty. */
const lastLines = 5;
const lastWordsWithinMs = 2_000;
/** A line that the engine never ends is let go in pieces. */
const maxOpenCharacters = 65_536;

/** What is asked of the engine. */
export function logOptions({ agoMs, tail, follow, after }: LogsWanted, nowMs: number) {
  const since = sinceOf(agoMs === null ? null : nowMs - agoMs, after);
  return {
    ...{ stdout: true, stderr: true, timestamps: true, follow },
    ...(since === null ? {} : { since }),
    ...(tail === null ? {} : { tail }),
  };
}

/** Seconds with nine digits behind them, as the engine takes them. */
function sinceOf(ms: number | null, mark: string | null): string | null {
  if (mark !== null && !Number.isNaN(Date.parse(mark))) {
    const nanos = /\.(\d{1,9})Z$/.exec(mark)?.[1] ?? '';
    return `${Math.floor(Date.parse(mark) / 1_000)}.${nanos.padEnd(9, '0')}`;
  }
  return ms === null ? null : (Math.max(0, ms) / 1_000).toFixed(9);
}

/** Lines of a container without a terminal: each begins with when it was printed, which is its mark as well. */
export async function* linesOfContainer(
  chunks: AsyncIterable<Buffer>,
  generation: number,
  after: string | null,
): AsyncGenerator<readonly PrintedLine[]> {
  // A line of one stream may be had while that of the other is not complete.
  const open = new Map<string, string>();
  const decoders = { out: new StringDecoder('utf8'), err: new StringDecoder('utf8') };
  for await (const pieces of piecesOf(chunks)) {
    const lines: PrintedLine[] = [];
    for (const { channel, bytes } of pieces) {
      const all = (open.get(channel) ?? '') + decoders[channel].write(bytes);
      const ends = all.split(newline);
      const rest = ends.pop() ?? '';
      const kept = rest.length > maxOpenCharacters ? '' : rest;
      open.set(channel, kept);
      if (kept !== rest) ends.push(rest);
      for (const each of ends) lines.push(printed(each, generation));
    }
    const fresh = lines.filter(({ mark }) => after === null || mark > after);
    if (fresh.length > 0) yield fresh;
  }
  const left = [...open.values()].filter((text) => text !== '');
  if (left.length > 0) yield left.map((text) => printed(text, generation));
}

function printed(line: string, generation: number): PrintedLine {
  const [, at = '', text = line] = /^(\S+) ([^]*)$/.exec(line) ?? [];
  const atMs = Date.parse(at);
  const isTimed = !Number.isNaN(atMs);
  return {
    ...{ generation, atMs: isTimed ? atMs : null, isOpen: false, mark: isTimed ? at : '' },
    text: (isTimed ? text : line).replace(/\r$/, ''),
  };
}

/** The last that a container said on standard error; empty where it said nothing, or the engine does not answer. */
export async function lastErrorOf(
  docker: Docker,
  container: Docker.Container,
  timers: Timers,
): Promise<string> {
  const patience = new AbortController();
  const limit = timers.after(lastWordsWithinMs, () => patience.abort());
  try {
    const newest = {
      agoMs: null,
      tail: lastLines,
      follow: false,
      after: null,
      previous: false,
      notBefore: 1,
    };
    const options = { ...logOptions(newest, 0), stdout: false };
    const stream = await containerOutput(docker, container, options, patience.signal);
    let last = '';
    for await (const batch of linesOfContainer(stream, 0, null)) {
      last = batch.map(({ text }) => text.trim()).findLast((text) => text !== '') ?? last;
    }
    return last;
  } catch {
    return '';
  } finally {
    limit.cancel();
  }
}

/**
 * The engine's answer as it comes in. The client's own call gathers all of it where it is not followed: an
 * old container's may be as long as it likes.
 */
export function containerOutput(
  { modem }: Docker,
  { id }: Docker.Container,
  options: ReturnType<typeof logOptions>,
  signal: AbortSignal,
): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const request = {
      ...{ path: `/containers/${id}/logs?`, method: 'GET', isStream: true, options },
      ...{ abortSignal: signal, statusCodes: { 200: true, 404: 'no such container' } },
    };
    modem.dial(request, (error, stream) => {
      if (stream instanceof Readable) resolve(stream);
      else reject(error instanceof Error ? error : new Error('the engine gives no output'));
    });
  });
}
