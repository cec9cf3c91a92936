import {
  bundleProof,
  checkpointsStream,
  commitsToOwnSchemas,
  countsAtItsEnd,
  decodeEvents,
  encodeStoredCommit,
  readCheckpoint,
  sealsStream,
  type BundleSeal,
  type Commit,
  type StatedCosignature,
  type StatedStamp,
} from '@oakring/events';
import { localZone, momentOf } from '@oakring/contracts';
import type { Command } from 'commander';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { counted } from '../../render/measures.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { momentHelp, noMoment } from '../moments.js';
import { soundCommitsOf, storeOf } from './store.js';
import { clearProgress, tellProgress } from './verify.js';

interface ExportOptions {
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly out: string;
  readonly store?: string;
}

export function addExportCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('export')
    .description('write a range of the ledger with all that proves it into one file')
    .option('--from <moment>', `from ${momentHelp}`)
    .option('--to <moment>', 'up to and with one')
    .option('--all', 'every commit instead, a line each, as it is stored: for verifiers of others')
    .requiredOption('--out <bundle>', 'file to write')
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .action(async (options: ExportOptions, command: Command) => {
      await exportBundle(contextOf(surroundings, command), surroundings, options);
    });
}

/** The position that a moment means in a store; of a time it is looked for, commit by commit. */
async function positionIn(
  store: string,
  text: string,
  side: 'first' | 'last',
  { ports }: Context,
): Promise<number> {
  const nowMs = ports.clock.wallMs();
  const moment = momentOf(text, nowMs, localZone);
  if (moment === null) throw noMoment(text);
  if (moment.kind === 'position') return moment.position;
  const timeMs = moment.kind === 'now' ? nowMs : moment.timeMs;
  let last = 0;
  for await (const { position, at } of soundCommitsOf(store, ports)) {
    if (at > timeMs) break;
    last = position;
  }
  return side === 'last' ? last : last + 1;
}

async function exportBundle(
  context: Context,
  { env }: Surroundings,
  { store, ...range }: ExportOptions,
): Promise<void> {
  const { terminal, json } = context;
  const { out, all = false } = range;
  if (all && (range.from ?? range.to) !== undefined) {
    const detail = '--all is everything, --from and --to are a range: name one of them.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  if (all) {
    const commits = await writeAll(storeOf(env, store), out, context);
    if (json) return terminal.out(JSON.stringify({ commits, out }));
    return terminal.out(`exported: ${counted(commits, 'commit')} to ${out}`);
  }
  if (range.from === undefined || range.to === undefined) {
    const detail = 'A range is exported with --from and --to, everything with --all.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const place = storeOf(env, store);
  const from = await positionIn(place, range.from, 'first', context);
  const to = await positionIn(place, range.to, 'last', context);
  if (from < 1 || to < from) {
    const detail = `From ${from} to ${to} there is nothing: positions begin with 1.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const sealed = await writeBundle(place, { from, to, out }, context);
  if (json) return terminal.out(JSON.stringify({ from, to, sealed, out }));
  const seal = sealed === null ? 'no seal covers it yet' : `sealed at position ${sealed}`;
  terminal.out(`exported: positions ${from}–${to} to ${out}, ${seal}`);
}

/** As they come: of a ledger of any size. Resolves with their number. */
async function writeAll(
  store: string,
  out: string,
  { terminal, ports }: Pick<Context, 'terminal' | 'ports'>,
): Promise<number> {
  let commits = 0;
  const text = async function* (): AsyncGenerator<string> {
    for await (const commit of soundCommitsOf(store, ports)) {
      commits = commit.position;
      yield `${encodeStoredCommit(commit)}\n`;
      tellProgress(terminal, commits);
    }
  };
  await written(Readable.from(text()), out);
  clearProgress(terminal);
  return commits;
}

/**
 * The file has its name once it is whole: half an export would be read as a ledger that ends there, and one that
 * fails costs nobody an earlier one. What is no plain file, such as a pipe or a link, is written as it is.
 */
async function written(text: Readable, out: string): Promise<void> {
  const isPlain = await lstat(out).then(
    (found) => found.isFile(),
    () => true,
  );
  const draft = isPlain ? `${out}.partial` : out;
  try {
    const file = await open(draft, 'w', 0o600);
    await pipeline(text, file.createWriteStream());
    if (isPlain) await rename(draft, out);
  } catch (error) {
    if (isPlain) await rm(draft, { force: true });
    if (error instanceof CommandFailure || !(error instanceof Error)) throw error;
    throw new CommandFailure(`${out} cannot be written: ${error.message}`, exitCodes.unreachable);
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
  readonly out: string;
}

/** Resolves with the position of the seal that covers the range; null: none does yet. */
export function writeBundle(
  store: string,
  range: Range,
  context: Pick<Context, 'terminal' | 'ports'>,
): Promise<number | null> {
  return writeBundleOf(() => soundCommitsOf(store, context.ports), range, context);
}

/** The same of a ledger that is read twice. */
export async function writeBundleOf(
  read: () => AsyncIterable<Commit>,
  { from, to, out }: Range,
  { terminal }: Pick<Context, 'terminal'>,
): Promise<number | null> {
  const gathered = new Gathered(to);
  for await (const commit of read()) {
    gathered.take(commit);
    tellProgress(terminal, commit.position);
  }
  clearProgress(terminal);
  if (from > to || to > gathered.head) {
    const detail = `Positions ${from}–${to} are asked for; the ledger has 1–${gathered.head}.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const proof = { from, to, statements: gathered.statements(from), seal: gathered.seal() };
  const text = async function* (): AsyncGenerator<string> {
    for (const line of bundleProof(proof)) yield `${line}\n`;
    // Read once more: of a range of any size one commit at a time is held.
    for await (const commit of rangeIn(read(), { from, to })) {
      yield `${encodeStoredCommit(commit)}\n`;
      tellProgress(terminal, commit.position);
    }
  };
  await written(Readable.from(text()), out);
  clearProgress(terminal);
  return proof.seal?.hashes.length ?? null;
}

async function* rangeIn(
  commits: AsyncIterable<Commit>,
  { from, to }: Pick<Range, 'from' | 'to'>,
): AsyncGenerator<Commit> {
  for await (const commit of commits) {
    if (commit.position >= from) yield commit;
    if (commit.position === to) return;
  }
}

/** Of so many checkpoints that cover the range, and the newest, one is taken: a stamp comes about an hour later. */
const maxCandidates = 256;

interface Candidate {
  readonly note: string;
  readonly size: number;
  readonly cosignatures: StatedCosignature[];
  stamp: StatedStamp | null;
}

/** What proves a range of the log, taken in one pass: every hash, keys, checkpoints. */
class Gathered {
  head = 0;
  private readonly hashes: string[] = [];
  private readonly keys: Commit[] = [];
  private readonly candidates: Candidate[] = [];

  constructor(private readonly to: number) {}

  take(commit: Commit): void {
    const { position, streams } = commit;
    this.head = position;
    this.hashes.push(commit.hash);
    if (position === 1 || streams.includes(sealsStream)) this.keys.push(commit);
    if (!streams.includes(checkpointsStream)) return;
    for (const event of decodeEvents(commit)) {
      if (event.type === 'CheckpointCosigned') {
        const { position: size, ...cosignature } = event.data;
        this.candidates.findLast((each) => each.size === size)?.cosignatures.push(cosignature);
      }
      if (event.type === 'CheckpointStamped') {
        const { position: size, time, token } = event.data;
        const stamped = this.candidates.findLast((each) => each.size === size);
        if (stamped !== undefined) stamped.stamp = { time, token };
      }
      if (event.type === 'CheckpointSigned') this.takeNote(event.data.note);
    }
  }

  private takeNote(note: string): void {
    const read = readCheckpoint(note);
    const size = read.status === 'checkpoint' ? read.checkpoint.position : 0;
    if (size < this.to) return;
    if (this.candidates.length === maxCandidates) this.candidates.pop();
    this.candidates.push({ note, size, cosignatures: [], stamp: null });
  }

  /** Those in the range that say something of keys, or of schemas. */
  statements(from: number): readonly Commit[] {
    return this.keys.filter(({ position }) => position >= from && position <= this.to);
  }

  /**
   * One whose key counts goes before all, then one that commits to the schemas of this program, so that the
   * bundle can carry them, then the one of which most others say something: witnesses, and an authority for
   * time stamps. Of those the first has the shortest proof.
   */
  seal(): BundleSeal | null {
    const sorted = this.candidates.toSorted((a, b) => othersOn(b) - othersOn(a));
    const counts = ({ note, size }: Candidate): boolean =>
      countsAtItsEnd(note, this.exhibitsTo(size));
    // Signatures are verified by it: of no more than those that come first.
    const readable = sorted.find(
      (each) => commitsToOwnSchemas(this.exhibitsTo(each.size)) && counts(each),
    );
    const chosen = readable ?? sorted.find(counts) ?? sorted[0];
    if (chosen === undefined) return null;
    const { note, size, cosignatures, stamp } = chosen;
    const hashes = this.hashes.slice(0, size);
    return { note, cosignatures, stamp, hashes, exhibits: this.exhibitsTo(size) };
  }

  private exhibitsTo(size: number): readonly Commit[] {
    return this.keys.filter(({ position }) => position <= size);
  }
}

function othersOn({ cosignatures, stamp }: Candidate): number {
  return cosignatures.length + (stamp === null ? 0 : 1);
}
