import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { judgeManager, readKept, shownCheckpoint, wordsOf } from '../../known/judge.js';
import { KnownCheckpoints } from '../../known/known-checkpoints.js';
import type { Known } from '../../known/ledger-watch.js';
import type { Context, Surroundings } from '../context.js';
import { knownOf, refuse, type KnownOptions } from './held.js';

/**
 * Without its ledger: that the newest checkpoint of a manager is signed, and that it continues those that
 * were kept. The proofs are the manager's, and checked here.
 */
export async function verifyManager(
  context: Context,
  { env }: Surroundings,
  options: KnownOptions,
): Promise<void> {
  const { client, terminal, json } = context;
  if (options.witness !== undefined && options.known === undefined) {
    const detail =
      '--witness needs --known of a manager, a checkpoint that they cosigned; or name a bundle, or its --store.';
    throw new CommandFailure(detail, exitCodes.usage);
  }
  const keys = await client.ledgerKeys();
  const shown = shownCheckpoint(keys);
  if (shown !== null && 'detail' in shown) {
    throw new CommandFailure(`NOT PROVED: ${shown.detail}.`, exitCodes.refused);
  }
  const store = KnownCheckpoints.of(env);
  const given = await knownOf(options, context);
  const kept: Known[] = given === null ? [] : [given];
  const seen = readKept(store?.read(keys.clusterId) ?? null, keys.clusterId);
  if (seen !== null) kept.push({ checkpoint: seen, source: 'a checkpoint seen before' });
  const lines: string[] = [];
  for (const { checkpoint, source } of kept) {
    const judgement = await judgeManager(client, checkpoint, shown);
    const words = wordsOf(judgement, checkpoint, source);
    if (judgement.status !== 'continues') refuse(context, { judgement, words });
    lines.push(words);
  }
  const isNews = shown !== null && shown.position > (seen?.position ?? 0);
  if (isNews && keys.checkpoint !== null) await store?.keep(keys.clusterId, keys.checkpoint);
  const status = shown === null ? 'unsealed' : 'signed';
  if (json)
    return terminal.out(JSON.stringify({ status, checkpoint: shown, known: lines }, null, 2));
  terminal.out(
    shown === null
      ? 'unsealed: nobody signed a checkpoint of this ledger yet'
      : `signed: a checkpoint of ${shown.position} commits, root ${shown.merkleRoot}, by key ${shown.fingerprint}`,
  );
  for (const line of lines) terminal.out(line);
  terminal.out(
    terminal.colors.dim('Its commits were not looked at: --store or a bundle does that.'),
  );
}
