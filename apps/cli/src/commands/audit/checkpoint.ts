import type { Command } from 'commander';
import { stat } from 'node:fs/promises';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { contextOf, type Context, type Surroundings } from '../context.js';
import { writeBundleOf } from './export.js';
import { commitsIn } from './ledger-file.js';
import { commitsOf, soundIn, storeOf, type Walked } from './store.js';
import { fingerprint } from './verdict.js';
import { verified } from './verified.js';
import { clearProgress } from './verify.js';

interface CheckpointOptions {
  readonly out: string;
  readonly store?: string;
  readonly trust?: string;
}

export function addCheckpointCommand(audit: Command, surroundings: Surroundings): void {
  audit
    .command('checkpoint')
    .description(
      'verify a ledger, and write what verifying its continuation takes into a small file',
    )
    .argument('[ledger]', 'file of "oakring backup"; without it the store is verified')
    .requiredOption('--out <file>', 'file to write')
    .option('--store <store>', 'a folder or mongodb://… [OAKRING_STORE]')
    .option('--trust <fingerprint>', 'the one key that counts from the start', fingerprint)
    .action(async (ledger: string | undefined, options: CheckpointOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const store = storeOf(surroundings.env, options.store);
      const { ports } = context;
      const walk = (): AsyncIterable<Walked> =>
        ledger === undefined ? commitsOf(store, ports) : commitsIn(ledger, ports);
      await writeCheckpoint(walk, options, context);
    });
}

/** Of the newest commit that is sealed by a key that counts: what came later is for the next one to say. */
async function writeCheckpoint(
  walk: () => AsyncIterable<Walked>,
  { out, trust = null }: Pick<CheckpointOptions, 'out'> & { readonly trust?: string | null },
  context: Context,
): Promise<void> {
  const { terminal, json } = context;
  const { sealedTo, head } = await verified(walk(), context, undefined, trust);
  if (sealedTo === 0) {
    const detail =
      'No checkpoint of this ledger is signed by a key that counts yet: nothing could be held to the file.';
    throw new CommandFailure(detail, exitCodes.refused);
  }
  const range = { from: sealedTo, to: sealedTo, out };
  await writeBundleOf(() => soundIn(walk()), range, context);
  clearProgress(terminal);
  const { size } = await stat(out);
  if (json)
    return terminal.out(JSON.stringify({ position: sealedTo, head: head.position, out, size }));
  terminal.out(
    `checkpoint: of ${sealedTo} commits, verified from the first one on, in ${out} (${size} bytes)`,
  );
  terminal.out(
    terminal.colors.dim(
      `${head.position - sealedTo} commits came later. oakring audit verify --from-checkpoint ${out} goes on from there.`,
    ),
  );
}
