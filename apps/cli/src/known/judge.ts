import {
  isCheckpointSigned,
  readCheckpoint,
  verifyConsistency,
  type Checkpoint,
} from '@oakring/events';
import type { Consistency, LedgerKeys } from '../client/documents.js';
import type { ManagerClient } from '../client/manager-client.js';
import { ManagerError } from '../client/manager-error.js';

/** What a ledger of today is to a checkpoint of an earlier day. */
export type Judgement =
  | { readonly status: 'continues'; readonly size: number; readonly merkleRoot: string }
  /** It has fewer commits than were seen. */
  | { readonly status: 'rolled-back'; readonly size: number }
  /** It has other commits than were seen. */
  | { readonly status: 'forked' }
  | { readonly status: 'other-cluster'; readonly clusterId: string }
  /** The manager answers, and its answer proves nothing. */
  | { readonly status: 'unproved'; readonly detail: string };

/** The newest checkpoint that the manager shows, signed by the key that it names; null: there is none yet. */
export function shownCheckpoint(keys: LedgerKeys): Checkpoint | { readonly detail: string } | null {
  if (keys.checkpoint === null) return null;
  const read = readCheckpoint(keys.checkpoint);
  if (read.status === 'refused') return { detail: `its checkpoint is none: ${read.reason}` };
  const { checkpoint, note } = read;
  const { fingerprint } = checkpoint;
  const key = keys.items.find((each) => each.fingerprint === fingerprint)?.publicKey ?? null;
  const isSigned = key !== null && isCheckpointSigned(note, keys.clusterId, key);
  if (!isSigned)
    return { detail: `nobody signed its checkpoint of ${checkpoint.position} commits` };
  return checkpoint;
}

/** The checkpoint in a file of ours; null: there is none that says something of this cluster. */
export function readKept(note: string | null, clusterId: string): Checkpoint | null {
  const read = note === null ? null : readCheckpoint(note);
  if (read?.status !== 'checkpoint') return null;
  return read.checkpoint.clusterId === clusterId ? read.checkpoint : null;
}

/**
 * Asks the manager to prove that its ledger continues `kept`, and checks the proof here. `shown`: the newest
 * checkpoint that it shows, which the proof must lead to.
 */
export async function judgeManager(
  client: Pick<ManagerClient, 'consistency' | 'head'>,
  kept: Checkpoint,
  shown: Checkpoint | null,
): Promise<Judgement> {
  const to = Math.max(kept.position, shown?.position ?? 0);
  let answer: Consistency;
  try {
    answer = await client.consistency(kept.position, to);
  } catch (error) {
    const isBeyond = error instanceof ManagerError && error.problem?.code === 'position-invalid';
    if (!isBeyond) throw error;
    return { status: 'rolled-back', size: (await client.head()).position };
  }
  const { clusterId, from, to: later, proof } = answer;
  if (clusterId !== kept.clusterId) return { status: 'other-cluster', clusterId };
  if (from.position !== kept.position || later.position !== to) {
    return { status: 'unproved', detail: 'it speaks of other trees than it was asked for' };
  }
  if (from.merkleRoot !== kept.merkleRoot) return { status: 'forked' };
  const earlier = { size: kept.position, root: kept.merkleRoot };
  if (!verifyConsistency(earlier, { size: to, root: later.merkleRoot }, proof)) {
    return { status: 'unproved', detail: `its proof from ${kept.position} to ${to} is wrong` };
  }
  if (shown?.position === to && shown.merkleRoot !== later.merkleRoot) {
    return {
      status: 'unproved',
      detail: `its tree of ${to} commits is not the one that it signed`,
    };
  }
  return { status: 'continues', size: to, merkleRoot: later.merkleRoot };
}

/** In words that nobody can misread; `source`: where the kept checkpoint comes from. */
export function wordsOf(
  judgement: Judgement,
  { position, clusterId }: Checkpoint,
  source: string,
): string {
  const kept = `${source} of ${position} commits`;
  switch (judgement.status) {
    case 'continues':
      return `continues ${kept}: the same history up to there`;
    case 'rolled-back':
      return (
        `THE LEDGER WENT BACK: it has ${judgement.size} commits, and ${kept} shows that there were ` +
        `more. What came after position ${judgement.size} was taken back or lost.`
      );
    case 'forked':
      return (
        `THE LEDGER WAS REWRITTEN: it does not continue ${kept}. It forks at or before position ` +
        `${position}: something else is written there now than was signed then.`
      );
    case 'other-cluster':
      return `ANOTHER LEDGER: ${kept} is of cluster ${clusterId}; this ledger is of ${judgement.clusterId}.`;
    case 'unproved':
      return `NOT PROVED: the manager does not show that its ledger continues ${kept}: ${judgement.detail}.`;
  }
}
