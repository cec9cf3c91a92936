import { describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '../../testing/index.js';
import { ledgerVerifier, type LedgerReport } from './ledger-verifier.js';
import { witnessedTo } from './stated-cosignature.js';

const founder = freshKey();
const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ name, ...freshKey() }));
if (a === undefined || b === undefined || c === undefined) throw new Error('three were made');

/** Checkpoints of 1, 4 and 7 commits. */
function reportOf(live: (ledger: SampleLedger) => void): LedgerReport {
  const ledger = new SampleLedger(founder);
  live(ledger);
  const verifier = ledgerVerifier({ trust: null });
  for (const commit of ledger.commits) expect(verifier.next(commit)).toBeNull();
  return verifier.report();
}

describe('A ledger with cosignatures', () => {
  it('was seen by so many witnesses up to the checkpoint that as many cosigned, or one after it', () => {
    const { cosigned } = reportOf((ledger) => {
      ledger.work(2);
      ledger.seal(founder);
      ledger.cosign(a, 3);
      ledger.cosign(b, 3);
      ledger.work(1);
      ledger.seal(founder);
      ledger.cosign(b, 7);
    });
    const upTo = (witnesses: (typeof a)[], quorum: number): number =>
      witnessedTo(cosigned, witnesses, quorum);
    expect([upTo([a, b], 1), upTo([a, b], 2), upTo([a], 1), upTo([b, c], 2)]).toEqual([7, 3, 3, 0]);
    expect(upTo([{ ...a, publicKey: c.publicKey }], 1)).toBe(0);
  });

  it('has no news in commits that speak of checkpoints only', () => {
    const report = reportOf((ledger) => {
      ledger.work(2);
      ledger.seal(founder);
      ledger.cosign(a, 3);
    });
    expect(report).toMatchObject({ newsAt: 3, sealedTo: 3, standing: 'sealed' });
  });
});
