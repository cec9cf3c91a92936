import {
  bundleLines,
  decodeEvents,
  readCheckpoint,
  sealsStream,
  type Commit,
  type StoredEvent,
} from '@oakring/events';
import { InvalidArgumentError, type Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { wholeNumber } from '../options.js';
import { commitsOf, damageLine, storeOf } from './store.js';
import { clearProgress, tellProgress } from './verify.js';

interface ExportOptions {
  readonly from: number;
  readonly to: number;
  readonly out: string;
  readonly store?: string;
}

export function addExportCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('export')
    .description('write a range of the ledger with all that proves it into one file')
    .requiredOption('--from <position>', 'first position', position)
    .requiredOption('--to <position>', 'last position', position)
    .requiredOption('--out <bundle>', 'file to write')
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .action(async (options: ExportOptions, command: Command) => {
      await exportBundle(contextOf(surroundings, command), surroundings, options);
    });
}

function position(text: string): number {
  const value = wholeNumber(text);
  if (value >= 1) return value;
  throw new InvalidArgumentError('Positions begin with 1.');
}

async function exportBundle(
  context: Context,
  { env }: Surroundings,
  { store, ...range }: ExportOptions,
): Promise<void> {
  const { terminal, json } = context;
  const { from, to, out } = range;
  const sealed = await writeBundle(storeOf(env, store), range, context);
  if (json) return terminal.out(JSON.stringify({ from, to, sealed, out }));
  const seal = sealed === null ? 'no seal covers it yet' : `sealed at position ${sealed}`;
  terminal.out(`exported: positions ${from}–${to} to ${out}, ${seal}`);
}

/** Resolves with the position of the seal that covers the range; null: none does yet. */
export async function writeBundle(
  store: string,
  { from, to, out }: { readonly from: number; readonly to: number; readonly out: string },
  { terminal, ports }: Pick<Context, 'terminal' | 'ports'>,
): Promise<number | null> {
  const gathered = new Gathered(from, to);
  for await (const walked of commitsOf(store, ports)) {
    if (walked.status === 'damaged') {
      throw new CommandFailure(damageLine(walked.damage), exitCodes.refused);
    }
    gathered.take(walked.commit);
    tellProgress(terminal, walked.commit.position);
  }
  clearProgress(terminal);
  if (from > to || gathered.range.length !== to - from + 1) {
    const detail = `Positions ${from}–${to} are asked for; the ledger has 1–${gathered.head}.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const lines = bundleLines(gathered.parts());
  const text = function* (): Generator<string> {
    for (const line of lines) yield `${line}\n`;
  };
  await pipeline(Readable.from(text()), createWriteStream(out, { mode: 0o600 })).catch(
    (error: Error) => {
      throw new CommandFailure(`${out} cannot be written: ${error.message}`, exitCodes.unreachable);
    },
  );
  return gathered.parts().seal === null ? null : gathered.sealed;
}

/** What a bundle needs of the log, taken in one pass: the range, every hash, keys, one seal. */
class Gathered {
  readonly range: Commit[] = [];
  head = 0;
  /** Position that the chosen seal covers. */
  sealed = 0;
  private readonly hashes: string[] = [];
  private readonly keys: Commit[] = [];
  private seal: Commit | null = null;

  constructor(
    private readonly from: number,
    private readonly to: number,
  ) {}

  take(commit: Commit): void {
    this.head = commit.position;
    this.hashes.push(commit.hash);
    if (commit.position >= this.from && commit.position <= this.to) this.range.push(commit);
    if (!commit.streams.includes(sealsStream)) return;
    const events = decodeEvents(commit);
    if (events.some(({ type }) => type.startsWith('Key'))) this.keys.push(commit);
    for (const event of events) {
      // The first seal that covers the range has the shortest proof.
      const position = sealedBy(event);
      if (this.seal !== null || position < this.to) continue;
      this.seal = commit;
      this.sealed = position;
    }
  }

  parts() {
    const hashes = this.hashes.slice(0, this.sealed);
    return { range: this.range, hashes, seal: this.seal, keys: this.keys };
  }
}

/** The position that an event seals; 0: it seals nothing. */
function sealedBy(event: StoredEvent): number {
  if (event.type === 'LedgerSealed') return event.data.position;
  if (event.type !== 'CheckpointSigned') return 0;
  const read = readCheckpoint(event.data.note);
  return read.status === 'checkpoint' ? read.checkpoint.position : 0;
}
