import { open, stat, type FileHandle } from 'node:fs/promises';
import type { Clock, Timers } from '@oakring/ports';
import { newEnough, newestOf } from './line-batches.js';
import { KnownTimes } from './output-times.js';
import { FileLines, type FileLine } from './file-lines.js';
import {
  NothingPrinted,
  type InstanceAddress,
  type LogsWanted,
  type PrintedLine,
} from './runtime.port.js';

const lookEveryMs = 250;
/** What an output says where a start begins; it stands at the end of what the one before left open. */
const beginning = /^(.*)--- (\S+) generation (\d+) begins ---$/;

/** How a start of an instance is announced in its output. */
export function announcement(atMs: number, generation: number): string {
  return `--- ${new Date(atMs).toISOString()} generation ${generation} begins ---\n`;
}

/** One of the files of an output. */
interface Part {
  readonly handle: FileHandle;
  /** Its inode: it keeps that when it is set aside. */
  readonly file: number;
  /** When it was written to last, before it was opened. */
  readonly atMs: number;
}

/** Where a start has printed: from a place up to the next start's, or up to the end. */
interface Stretch {
  /** Null: its beginning is not kept any more. */
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
    const stretch = await stretchOf(parts, output, wanted);
    const isFollowed = wanted.follow && !wanted.previous && (stretch?.to ?? null) === null;
    if (stretch === null && !(isFollowed && output.isLive())) throw nothingOf(address, wanted);
    const reading = new Reading(output, parts, await KnownTimes.of(path), signal);
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
  const { ino: file, mtimeMs: atMs } = await handle.stat();
  return { handle, file, atMs };
}

/** Null: it is not there. */
async function stretchOf(
  parts: readonly Part[],
  { address, isOfFormer }: Output,
  { previous }: LogsWanted,
): Promise<Stretch | null> {
  const { generation } = address;
  const stretches = await stretchesIn(parts);
  const own = stretches.findLastIndex((each) => each.generation === generation);
  if (previous) {
    const last = isOfFormer === true ? stretches.length - 1 : own === -1 ? Infinity : own - 1;
    const before = stretches.filter(
      (each, at) => at <= last && (each.generation ?? 0) <= generation,
    );
    return before.at(-1) ?? null;
  }
  if (own !== -1) return stretches[own] ?? null;
  // What stands before every beginning is of a start whose own is not kept any more.
  const [first, ...others] = stretches;
  const isOwn =
    first?.generation === null && others.every((each) => (each.generation ?? 0) > generation);
  return isOwn ? first : null;
}

/** Every start in its order; the first only where anything stands before the first beginning. */
async function stretchesIn(parts: readonly Part[]): Promise<Stretch[]> {
  const stretches: Stretch[] = [];
  for (const [part, { handle }] of parts.entries()) {
    const lines = new FileLines(handle);
    for await (const line of lines.rest()) {
      const begun = beginning.exec(line.text);
      if (begun === null) {
        const from = { part, offset: 0 };
        if (stretches.length === 0)
          stretches.push({ generation: null, atMs: null, from, to: null });
        continue;
      }
      const [all, left = '', at = '', generation] = begun;
      const before = stretches.at(-1);
      // It is of ASCII; what stands before it may be anything.
      const announced = line.end - 1 - (all.length - left.length);
      if (before !== undefined) before.to = { part, offset: announced };
      const from = { part, offset: line.end };
      stretches.push({ generation: Number(generation), atMs: Date.parse(at), from, to: null });
    }
  }
  return stretches;
}

/** Reads on through the parts of an output, and through what it is continued in. */
class Reading {
  private part = 0;
  private lines: FileLines | null = null;
  private generation: number;
  private beganMs: number | null = null;

  constructor(
    private readonly output: Output,
    private readonly parts: Part[],
    private readonly times: KnownTimes,
    private readonly signal: AbortSignal,
  ) {
    this.generation = output.address.generation;
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
      const end = isLast ? (to?.offset ?? Infinity) : Infinity;
      const lastMs = this.parts[this.part]?.atMs ?? null;
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
      const batch: FileLine[] = [];
      for await (const each of this.lines?.batches(Infinity) ?? []) batch.push(...each);
      const isQuiet = batch.length === 0;
      if (isQuiet || next !== null || !wasLive) batch.push(...(this.lines?.left() ?? []));
      const anew = batch.findIndex(({ text }) => beginning.test(text));
      if (batch.length > 0) yield this.shown(anew === -1 ? batch : batch.slice(0, anew), null);
      if (anew > -1 || (!wasLive && next === null)) return;
      if (next !== null) await this.goOn(next);
      else await ports.timers.sleep(lookEveryMs, this.signal);
    }
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
      const atMs = this.times.atMs(file, end) ?? newestMs;
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
