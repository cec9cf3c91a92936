import { isSignedBy, sealsStream } from '@oakring/events';
import { clusterKey, ledgerKey } from '@oakring/model';
import type { Answers, Command } from '../command.js';
import { refuse, type Decided, type Deciding } from './deciding.js';

const stream = sealsStream;

/** States a seal; nothing when what it seals is sealed already. */
export function sealLedger(
  deciding: Deciding,
  { statement, fingerprint, signature }: Extract<Command, { type: 'SealLedger' }>,
): Decided<null> {
  const sealed = deciding.state.seals.get(ledgerKey)?.position ?? 0;
  if (statement.position <= sealed) return { answer: null };
  deciding.emit({ stream, type: 'LedgerSealed', data: { ...statement, fingerprint, signature } });
  return { answer: null };
}

/**
 * Endorses or revokes a key in the name of one that counts. Refused with `key-untrusted` when the
 * key that says so does not count, `signature-invalid` when it did not say so.
 */
export function judgeKey(
  deciding: Deciding,
  { verdict, fingerprint, by, signature }: Extract<Command, { type: 'JudgeKey' }>,
): Decided<Answers['JudgeKey']> {
  const judge = deciding.state.keys.get(by);
  if (judge?.status !== 'counts' || judge.publicKey === null) {
    return refuse('key-untrusted', `Key ${by} does not count in this log.`, 'by', by);
  }
  const clusterId = deciding.state.cluster.get(clusterKey)?.clusterId ?? '';
  if (!isSignedBy({ clusterId, verdict, fingerprint }, judge.publicKey, signature)) {
    const detail = `Key ${by} did not sign that ${fingerprint} is ${verdict}.`;
    return refuse('signature-invalid', detail, 'signature');
  }
  const status = verdict === 'endorsed' ? 'counts' : 'revoked';
  if (deciding.state.keys.get(fingerprint)?.status !== status) {
    const type = verdict === 'endorsed' ? 'KeyEndorsed' : 'KeyRevoked';
    deciding.emit({ stream, type, data: { fingerprint, by, signature } });
  }
  return { answer: { fingerprint, status } };
}
