import { witness, type Checkpoint } from '@oakring/events';
import type { LedgerKeys } from '../../../client/documents.js';
import { ManagerError } from '../../../client/manager-error.js';
import type { ManagerClient } from '../../../client/manager-client.js';
import { CommandFailure, exitCodes } from '../../../exit-codes.js';
import { judgeManager, shownCheckpoint, wordsOf } from '../../../known/judge.js';
import type { Clock } from '@oakring/ports';
import type { WitnessState } from './witness-state.js';

export type Seen =
  | { readonly status: 'nothing-new'; readonly position: number }
  | { readonly status: 'cosigned'; readonly position: number; readonly clusterId: string };

type Client = Pick<ManagerClient, 'consistency' | 'head' | 'ledgerKeys'>;

/**
 * Looks once at a manager's newest checkpoint and cosigns it where it continues what was cosigned before.
 * Throws, in words that nobody can misread, where it does not: nothing is signed then.
 */
export async function followOnce(
  client: Client,
  state: WitnessState,
  { wallMs }: Pick<Clock, 'wallMs'>,
): Promise<Seen> {
  const keys = await client.ledgerKeys();
  const shown = shownCheckpoint(keys);
  if (shown !== null && 'detail' in shown) throw refusal(`${shown.detail}.`);
  const kept = state.newest(keys.clusterId);
  if (kept !== null) await demandContinued(client, kept, shown);
  const from = kept?.position ?? 0;
  if (shown === null || keys.checkpoint === null || shown.position <= from) {
    return { status: 'nothing-new', position: from };
  }
  const proof = from === 0 ? [] : (await client.consistency(from, shown.position)).proof;
  const seconds = Math.floor(wallMs() / 1_000);
  const known = { keysOf: () => publicKeysOf(keys), newest: () => kept };
  const answer = witness(
    { oldSize: from, proof, note: keys.checkpoint },
    ...([known, state.cosigner, seconds] as const),
  );
  if (answer.status === 'refused') throw refusal(`${answer.reason}.`);
  await state.keep(keys.clusterId, answer.note);
  return { status: 'cosigned', position: shown.position, clusterId: keys.clusterId };
}

async function demandContinued(
  client: Client,
  kept: Checkpoint,
  shown: Checkpoint | null,
): Promise<void> {
  const judgement = await judgeManager(client, kept, shown);
  if (judgement.status === 'continues') return;
  throw refusal(wordsOf(judgement, kept, 'the checkpoint that was cosigned'));
}

function publicKeysOf({ items }: LedgerKeys): readonly string[] {
  return items.flatMap(({ publicKey }) => (publicKey === null ? [] : [publicKey]));
}

function refusal(words: string): CommandFailure {
  return new CommandFailure(`Nothing was signed. ${words}`, exitCodes.refused);
}

/** Whether the manager could not be asked: it is tried again, and says nothing about its ledger. */
export function isAway(error: unknown): error is ManagerError {
  return error instanceof ManagerError && error.kind === 'unreachable';
}
