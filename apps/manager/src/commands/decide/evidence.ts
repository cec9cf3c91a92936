import type { Refusal } from '@oakring/contracts';
import {
  checkpointsStream,
  cosignatureProblem,
  evidenceReach,
  isSignedBy,
  readCheckpoint,
  sealsStream,
} from '@oakring/events';
import { ledgerKey, sealedTreeAt, standing, type ClusterState } from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';

const stream = sealsStream;

type Judging = Extract<Command, { type: 'JudgeKey' }>;

/** States a checkpoint; nothing when what it seals is sealed already, or out of a verifier's reach. */
export function sealLedger(
  deciding: Deciding,
  { note }: Extract<Command, { type: 'SealLedger' }>,
): Decided<null> {
  const read = readCheckpoint(note);
  const sealed = deciding.state.seals.get(ledgerKey)?.position ?? 0;
  if (read.status === 'refused') throw new TypeError(`no checkpoint to state: ${read.reason}`);
  const { position } = read.checkpoint;
  if (position > sealed && isInReach(deciding, position)) {
    deciding.emit({ stream: checkpointsStream, type: 'CheckpointSigned', data: { note } });
  }
  return { answer: null };
}

/** States when a checkpoint was there by an authority's word: of one of the newest, and once. */
export function stampCheckpoint(
  deciding: Deciding,
  { type: _, ...data }: Extract<Command, { type: 'StampCheckpoint' }>,
): Decided<null> {
  const { stamped = null } = deciding.state.seals.get(ledgerKey) ?? {};
  const isKnown = sealedTreeAt(deciding.state, data.position) !== undefined;
  if (isKnown && data.position > (stamped?.position ?? 0)) {
    deciding.emit({ stream: checkpointsStream, type: 'CheckpointStamped', data });
  }
  return { answer: null };
}

/**
 * States that a witness saw one of the newest checkpoints, and once. Refused with `tree-unknown` when it is
 * none of them, `signature-invalid` when the witness did not cosign it.
 */
export function cosignCheckpoint(
  deciding: Deciding,
  { type: _, ...data }: Extract<Command, { type: 'CosignCheckpoint' }>,
): Decided<null> {
  const { position, witness } = data;
  const tree = sealedTreeAt(deciding.state, position);
  const read = readCheckpoint(tree?.note ?? '');
  if (tree === undefined || read.status === 'refused') {
    const detail = `No checkpoint of ${position} commits is one of the newest of this ledger.`;
    return refuse('tree-unknown', detail, 'position', position);
  }
  if (tree.cosigned.includes(witness)) return { answer: null };
  const reason = cosignatureProblem(read.note.text, data);
  if (reason !== null) {
    const detail = `The checkpoint of ${position} commits is not cosigned: ${reason}.`;
    return refuse('signature-invalid', detail, 'signature');
  }
  deciding.emit({ stream: checkpointsStream, type: 'CheckpointCosigned', data });
  return { answer: null };
}

/**
 * Endorses or revokes a key in the name of one that counts, for good. Refused with `key-untrusted` when
 * the key that says so does not count, `tree-unknown` when it saw another ledger, or one of long ago,
 * `signature-invalid` when it did not say so, `key-unknown` when nobody presented the key that is endorsed,
 * `key-judged` when that was said before, or may not be said any more.
 */
export function judgeKey(
  deciding: Deciding,
  { type: _, ...judging }: Judging,
): Decided<Answers['JudgeKey']> {
  const { by, signature, ...said } = judging;
  const { state } = deciding;
  const judge = state.keys.get(by);
  if (judge?.status !== 'counts' || judge.publicKey === null) {
    return refuse('key-untrusted', `Key ${by} does not count in this log.`, 'by', by);
  }
  const { position, merkleRoot, fingerprint, verdict } = said;
  if (!isSeenTree(deciding, said)) {
    const detail = `The tree of ${position} commits with root ${merkleRoot} is none of the newest of this ledger.`;
    return refuse('tree-unknown', detail, 'position', position);
  }
  const { clusterId } = standing(state);
  if (!isSignedBy({ clusterId, ...said }, judge.publicKey, signature)) {
    const detail = `Key ${by} did not sign that ${fingerprint} is ${verdict}, at the tree of ${position} commits.`;
    return refuse('signature-invalid', detail, 'signature');
  }
  const refusal = refusalOf(said, state);
  if (refusal !== null) return refusal;
  const type = verdict === 'endorsed' ? 'KeyEndorsed' : 'KeyRevoked';
  deciding.emit({ stream, type, data: { fingerprint, by, signature, position, merkleRoot } });
  return { answer: { fingerprint, status: verdict === 'endorsed' ? 'counts' : 'revoked' } };
}

/** What was said of the key before is final (the key ring of libs/events holds every log to it). */
function refusalOf(
  { verdict, fingerprint, position }: Pick<Judging, 'verdict' | 'fingerprint' | 'position'>,
  state: ClusterState,
): { refusal: Refusal } | null {
  const known = state.keys.get(fingerprint);
  if (known?.status === 'revoked') {
    const detail = `Key ${fingerprint} was revoked at position ${known.position}, for good.`;
    return refuse('key-judged', detail, 'fingerprint', fingerprint);
  }
  if (verdict === 'endorsed' && (known?.publicKey ?? null) === null) {
    const detail = `No manager presented key ${fingerprint} in this ledger.`;
    return refuse('key-unknown', detail, 'fingerprint', fingerprint);
  }
  if (verdict === 'endorsed' && known?.status === 'counts') {
    const detail = `Key ${fingerprint} counts since position ${known.position}.`;
    return refuse('key-judged', detail, 'fingerprint', fingerprint);
  }
  if (known === undefined || position >= known.judgedAt) return null;
  const detail =
    `The statement names the tree of ${position} commits; ` +
    `the last one about key ${fingerprint} named that of ${known.judgedAt}.`;
  return refuse('key-judged', detail, 'position', position);
}

/** One of the newest checkpoints', or the whole ledger's as it is durable: what can be known here. */
function isSeenTree(
  deciding: Deciding,
  { position, merkleRoot }: Pick<Judging, 'position' | 'merkleRoot'>,
): boolean {
  const { state } = deciding;
  if (!isInReach(deciding, position)) return false;
  const trees = [...(state.seals.get(ledgerKey)?.trees ?? []), standing(state)];
  return trees.some((tree) => tree.position === position && tree.merkleRoot === merkleRoot);
}

function isInReach({ position }: Deciding, of: number): boolean {
  return of >= 1 && of < position && of >= position - evidenceReach;
}
