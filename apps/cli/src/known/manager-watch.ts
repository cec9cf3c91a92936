import type { ManagerClient } from '../client/manager-client.js';
import { ManagerError } from '../client/manager-error.js';
import type { Environment } from '../terminal.js';
import { KnownCheckpoints } from './known-checkpoints.js';

type Client = Pick<ManagerClient, 'consistency' | 'head' | 'ledgerKeys'>;

/**
 * Holds a manager to what was seen of its ledger before, and keeps what it shows now where that goes on
 * from there. In words what is wrong with it; null: nothing, or there is no place to keep anything.
 */
export async function managerProblem(client: Client, env: Environment): Promise<string | null> {
  const known = KnownCheckpoints.of(env);
  if (known === null) return null;
  try {
    return await problemOf(client, known);
  } catch (error) {
    if (!(error instanceof ManagerError)) throw error;
    return `NOT PROVED that the ledger continues what was seen before: ${error.message}`;
  }
}

async function problemOf(client: Client, known: KnownCheckpoints): Promise<string | null> {
  const keys = await client.ledgerKeys();
  const note = known.read(keys.clusterId);
  // Mostly there is no news, and then there is no proof to be checked: what that takes is not loaded.
  if (keys.checkpoint === note) return null;
  const { judgeManager, readKept, shownCheckpoint, wordsOf } = await import('./judge.js');
  const shown = shownCheckpoint(keys);
  if (shown !== null && 'detail' in shown) return `NOT PROVED: ${shown.detail}.`;
  const kept = readKept(note, keys.clusterId);
  if (kept !== null) {
    const judgement = await judgeManager(client, kept, shown);
    if (judgement.status !== 'continues') {
      return wordsOf(judgement, kept, 'a checkpoint seen before');
    }
  }
  const isNews = (shown?.position ?? 0) > (kept?.position ?? 0);
  if (isNews && keys.checkpoint !== null) await known.keep(keys.clusterId, keys.checkpoint);
  return null;
}
