import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Clock, Timers } from '@oakring/ports';
import { newEnough, newestOf } from './line-batches.js';
import { fileIdOf, notedStarts, startBefore, type NotedStart } from './output-starts.js';
import { KnownTimes } from './output-times.js';
import { FileLines, type FileLine } from './file-lines.js';
import {
  NothingPrinted,
  type InstanceAddress,
  type LogsWanted,
  type PrintedLine,
} from './runtime.port.js';

const lookEveryMs = 250;

/** One of the files of an output. */
interface Part {
  readonly handle: FileHandle;
  /** Its inode: it keeps that when it is set aside. */
  readonly file: number;
  readonly id: string;
  /** How much of it there was, and when it was written to last, as it was opened. */
  readonly size: number;
  readonly atMs: number;
}

/** Where a start has printed: from a place up to the next start's, or up to the end. */
interface Stretch {
  /** Null: nothing is noted of its beginning any more. */
  readonly generation: number | null;
  readonly atMs: number | null;
  readonly from: Place;
  to: Place | null;
}

interface Place {
  /** Which of the parts. */
  readonly part: number;
  readonly offset: number;
}

interface Output {
  readonly path: string;
  readonly address: InstanceAddress;
  readonly ports: { readonly clock: Clock; readonly timers: Timers };
  /** Whether it may print more. */
  readonly isLive: () => boolean;
  /** Its present start prints elsewhere: here are those before it. */
  readonly isOfFormer?: true;
}

/** What is kept of what an instance printed: `logs` of a runtime whose output is a file. */
export async function* printedLines(
  output: Output,
  wanted: LogsWanted,
  signal: AbortSignal,
): AsyncGenerator<readonly PrintedLine[]> {
  const { path, address, ports } = output;
  const sinceMs = wanted.agoMs === null ? null : ports.clock.wallMs() - wanted.agoMs;
  const parts = await partsOf(path);
  try {
    // After the files: whatever there is of a start in them was noted before.
    const starts = await notedStarts(path);
    const stretch = stretchOf(stretchesIn(parts, starts), output, wanted);
    const isFollowed = wanted.follow && !wanted.previous && (stretch?.to ?? null) === null;
    if (stretch === null && !(isFollowed && output.isLive())) throw nothingOf(address, wanted);
    const reading = new Reading(
      output,
      parts,
      { times: await KnownTimes.of(path), starts },
      signal,
    );
    if (stretch !== null) {
      reading.goTo(reading.placeAfter(wanted.after, stretch.from), stretch);
      const there = reading.untilEnd(stretch.to, isFollowed);
      yield* newestOf(newEnough(there, sinceMs), wanted);
    }
    if (isFollowed) yield* newEnough(reading.follow(), sinceMs);
  } finally {
    for (const { handle } of parts) await handle.close();
  }
}

/** The one of the files of a number that has what is asked for; the first where none has. */
export async function fileWith(
  paths: readonly [string, ...string[]],
  of: Pick<Output, 'address' | 'isOfFormer'>,
  wanted: LogsWanted,
): Promise<string> {
  let [found] = paths;
  let best: Stretch | null = null;
  for (const path of paths) {
    const parts = await partsOf(path);
    try {
      const stretch = stretchOf(stretchesIn(parts, await notedStarts(path)), of, wanted);
      if (stretch === null || (best !== null && !isLater(stretch, best))) continue;
      [found, best] = [path, stretch];
    } finally {
      for (const { handle } of parts) await handle.close();
    }
  }
  return found;
}

function isLater(one: Stretch, other: Stretch): boolean {
  const generations = (one.generation ?? 0) - (other.generation ?? 0);
  return generations > 0 || (generations === 0 && (one.atMs ?? 0) > (other.atMs ?? 0));
}

function nothingOf({ job, instance, generation }: InstanceAddress, { previous }: LogsWanted) {
  const what = `instance ${instance} of job ${job}`;
  return new NothingPrinted(
    previous
      ? `Nothing is kept here of a start of ${what} before that of generation ${generation}.`
      : `Nothing is kept here of what ${what} printed in generation ${generation}.`,
  );
}

async function partsOf(path: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (const each of [`${path}.1`, path]) {
    const part = await partOf(each);
    // Set aside between two looks: it is had already.
    if (part === null) continue;
    if (parts.some(({ file }) => file === part.file)) await part.handle.close();
    else parts.push(part);
  }
  return parts;
}

async function partOf(path: string): Promise<Part | null> {
  const handle = await open(path, 'r').catch(() => null);
  if (handle === null) return null;
  const stats = await handle.stat({ bigint: true });
  const { ino, size, mtimeMs } = stats;
  const about = { file: Number(ino), size: Number(size), atMs: Number(mtimeMs) };
  return { handle, id: fileIdOf(stats), ...about };
}

/** Null: it is not there. */
function stretchOf(
  stretches: readonly Stretch[],
  { address, isOfFormer }: Pick<Output, 'address' | 'isOfFormer'>,
  { previous, notBefore }: LogsWanted,
): Stretch | null {
  const { generation } = address;
  const own = stretches.findLastIndex((each) => each.generation === generation);
  if (previous) {
    const last = isOfFormer === true ? stretches.length - 1 : own === -1 ? Infinity : own - 1;
    const before = stretches.filter(
      (each, at) => at <= last && lowestOf(each) >= notBefore && lowestOf(each) <= generation,
    );
    return before.at(-1) ?? null;
  }
  if (own !== -1) return stretches[own] ?? null;
  // What stands before every beginning is of a start of which nothing is noted any more; which, is not known.
  const [first, ...others] = stretches;
  if (first === undefined || lowestOf(first) < notBefore) return null;
  const isOwn =
    first.generation === null && others.every((each) => (each.generation ?? 0) > generation);
  return isOwn ? first : null;
}

function lowestOf({ generation }: Stretch): number {
  return generation ?? 1;
}

/** Every start in its order; the first only where anything stands before the first beginning. */
function stretchesIn(parts: readonly Part[], starts: readonly NotedStart[]): Stretch[] {
  const begun = starts
    .map((start) => ({ ...start, part: parts.findIndex(({ id }) => id === start.file) }))
    .filter(({ part }) => part !== -1)
    .sort((a, b) => a.part - b.part || a.offset - b.offset);
  const first = begun[0] ?? { part: parts.length, offset: 0 };
  const isBefore = ({ size }: Part, part: number): boolean =>
    part < first.part ? size > 0 : part === first.part && first.offset > 0;
  const gone = startBefore(starts, parts[0]?.id ?? '');
  const rest = { generation: gone?.generation ?? null, atMs: gone?.atMs ?? null };
  const all = parts.some(isBefore) ? [{ ...rest, part: 0, offset: 0 }, ...begun] : begun;
  return all.map(({ generation, atMs, part, offset }, at) => {
    const next = all[at + 1];
    const to = next === undefined ? null : { part: next.part, offset: next.offset };
    return { generation, atMs, from: { part, offset }, to };
  });
}

/** Reads on through the parts of an output, and through what it is continued in. */
class Reading {
  private part = 0;
  private lines: FileLines | null = null;
  private generation: number;
  private beganMs: number | null = null;
  /** Starts that were noted before: any other ends this one. */
  private readonly before: ReadonlySet<string>;

  constructor(
    private readonly output: Output,
    private readonly parts: Part[],
    private readonly known: { readonly times: KnownTimes; readonly starts: readonly NotedStart[] },
    private readonly signal: AbortSignal,
  ) {
    this.generation = output.address.generation;
    this.before = new Set(known.starts.map(startKey));
  }

  /** Behind the line with the mark, unless that lies before `from`. */
  placeAfter(mark: string | null, from: Place): Place {
    const [, file, offset] = /^(\d+)\.(\d+)$/.exec(mark ?? '') ?? [];
    const part = this.parts.findIndex((each) => each.file === Number(file));
    const isBehind = part > from.part || (part === from.part && Number(offset) > from.offset);
    return isBehind ? { part, offset: Number(offset) } : from;
  }

  goTo({ part, offset }: Place, { generation, atMs }: Stretch): void {
    this.part = part;
    this.lines = this.linesAt(part, offset);
    this.generation = generation ?? this.generation;
    this.beganMs = atMs;
  }

  /** What is there; `isOpen`: a line without an end may get one yet, and is left. */
  async *untilEnd(to: Place | null, isOpen: boolean): AsyncGenerator<readonly PrintedLine[]> {
    const last = to?.part ?? this.parts.length - 1;
    while (this.part <= last && !this.signal.aborted) {
      const isLast = this.part === last;
      const { size = 0, atMs: lastMs = null } = this.parts[this.part] ?? {};
      // What came in since may be of another start, that is not known here.
      const end = isLast ? Math.min(to?.offset ?? size, size) : Infinity;
      for await (const batch of this.lines?.batches(end) ?? []) yield this.shown(batch, lastMs);
      if (isLast && isOpen) return;
      yield this.shown(this.lines?.left() ?? [], lastMs);
      if (isLast) return;
      this.part += 1;
      this.lines = this.linesAt(this.part, 0);
    }
  }

  async *follow(): AsyncGenerator<readonly PrintedLine[]> {
    const { ports, isLive } = this.output;
    while (!this.signal.aborted) {
      // Asked before it is looked: what it printed last is there by then.
      const wasLive = isLive();
      const next = await this.nextPart();
      const { end, isOver } = await this.ownEnd();
      const batch: FileLine[] = [];
      for await (const each of this.lines?.batches(end) ?? []) batch.push(...each);
      const isQuiet = batch.length === 0;
      if (isQuiet || isOver || next !== null || !wasLive) batch.push(...(this.lines?.left() ?? []));
      if (batch.length > 0) yield this.shown(batch, null);
      if (isOver || (!wasLive && next === null)) return;
      if (next !== null) await this.goOn(next);
      else await ports.timers.sleep(lookEveryMs, this.signal);
    }
  }

  /** How much of what is in this part by now is of this start: the next one is noted before it prints. */
  private async ownEnd(): Promise<{ readonly end: number; readonly isOver: boolean }> {
    const part = this.parts[this.part];
    if (part === undefined) return { end: 0, isOver: false };
    const { size } = await part.handle.stat();
    const starts = await notedStarts(this.output.path);
    const next = starts.find(
      (start) => start.file === part.id && !this.before.has(startKey(start)),
    );
    return { end: Math.min(next?.offset ?? size, size), isOver: next !== undefined };
  }

  /** What the output goes on in, once it was set aside. */
  private async nextPart(): Promise<Part | null> {
    const { path } = this.output;
    const there = await stat(path).catch(() => null);
    if (there === null || there.ino === this.parts[this.part]?.file) return null;
    const next = await partOf(path);
    // Had by the parts from now on, who closes them all, wherever the reading ends.
    if (next !== null) this.parts.push(next);
    return next;
  }

  /** What was left is had: kept open, each would hold its file on the disk, and a handle, for ever. */
  private async goOn(next: Part): Promise<void> {
    const left = this.parts.splice(0, this.parts.length, next);
    this.part = 0;
    this.lines = this.linesAt(this.part, 0);
    for (const { handle } of left) if (handle !== next.handle) await handle.close();
  }

  private linesAt(part: number, offset: number): FileLines | null {
    const handle = this.parts[part]?.handle;
    return handle === undefined ? null : new FileLines(handle, offset);
  }

  /** `lastMs`: when the newest of them was printed at the latest; null: just now. */
  private shown(lines: readonly FileLine[], lastMs: number | null): readonly PrintedLine[] {
    const file = this.parts[this.part]?.file ?? 0;
    const newestMs = Math.floor(lastMs ?? this.output.ports.clock.wallMs());
    return lines.map(({ text, end, isOpen }) => {
      const atMs = this.known.times.atMs(file, end) ?? newestMs;
      return {
        generation: this.generation,
        atMs: Math.max(atMs, this.beganMs ?? 0),
        text,
        isOpen,
        mark: `${file}.${end}`,
      };
    });
  }
}

function startKey({ atMs, generation, file, offset }: NotedStart): string {
  return [atMs, generation, file, offset].join(' ');
}
