import { numberedKey, type SampleLedger } from '../sample-ledger.js';
import type { Expected, Forgery } from './forgery.js';
import { founder, second, third, told, type Story } from './story.js';

type Trusting = readonly [string, Exclude<Expected['verdict'], 'refused'>, Story, string | null];

const trusting: readonly Trusting[] = [
  ['honest', 'sealed', (it) => it.seal(founder), null],
  ['honest-and-trusted', 'sealed', (it) => it.seal(founder), founder.fingerprint],
  ['honest-with-another-key', 'sealed', endorsedSeal, founder.fingerprint],
  ['honest-with-a-key-revoked-later', 'sealed', revokedLater, founder.fingerprint],
  ['honest-with-a-key-presented-twice', 'sealed', presentedTwice, founder.fingerprint],
  ['honest-with-names-like-numbers', 'sealed', numberNames, null],
  ['honest-with-cosignatures', 'sealed', cosignedTwice, founder.fingerprint],
  ['honest-with-two-epochs', 'sealed', twoEpochs, founder.fingerprint],
  ['a-seal-by-the-key-that-is-trusted-alone', 'sealed', endorsedSeal, second.fingerprint],
  ['commits-after-the-last-seal', 'unsealed-tail', sealedThenWorked, founder.fingerprint],
  ['no-seal-at-all', 'unsealed', () => undefined, founder.fingerprint],
  ['no-seal-at-all-and-no-trust-asked', 'unsealed', () => undefined, null],
  ['a-seal-before-the-endorsement', 'unsealed', sealedTooEarly, founder.fingerprint],
  ['a-seal-after-the-revocation', 'unsealed', sealedTooLate, founder.fingerprint],
  ['a-seal-by-a-key-that-nobody-endorsed', 'unsealed', sealedByNobody, founder.fingerprint],
  [
    'an-endorsement-by-a-key-that-does-not-count',
    'unsealed',
    endorsedByNobody,
    founder.fingerprint,
  ],
  [
    'a-seal-and-trust-in-a-key-that-never-was',
    'unknown-key',
    (it) => it.seal(founder),
    third.fingerprint,
  ],
];

/** Nothing is broken in them; what they prove to whom is another question. */
export function trustCases(): Forgery[] {
  return trusting.map(([name, verdict, story, trust]) => ({
    ...{ name, form: 'ledger', lines: told(story), trust, expected: { verdict } },
  }));
}

function endorsedSeal(ledger: SampleLedger): void {
  ledger.present(second);
  ledger.judge(founder, 'endorsed', second);
  ledger.seal(second);
}

function revokedLater(ledger: SampleLedger): void {
  endorsedSeal(ledger);
  ledger.judge(founder, 'revoked', second);
  ledger.seal(founder);
}

function presentedTwice(ledger: SampleLedger): void {
  endorsedSeal(ledger);
  ledger.present(second);
  ledger.seal(second);
}

function numberNames(ledger: SampleLedger): void {
  const data = { incarnation: 1, from: 1, upTo: 1, entries: [{ 9: 1, 10: 1 }] };
  ledger.append([{ stream: 'nodes/n1', type: 'WorkerHistoryRecorded', data }]);
  ledger.seal(founder);
}

function twoEpochs(ledger: SampleLedger): void {
  ledger.openEpoch(founder);
  ledger.work(1);
  ledger.seal(founder);
}

/** The one of the older checkpoint comes late. */
function cosignedTwice(ledger: SampleLedger): void {
  ledger.seal(founder);
  ledger.cosign({ name: 'another.example', ...numberedKey(5) }, 3);
  ledger.work(1);
  ledger.seal(founder);
  const witness = { name: 'w.example', ...numberedKey(4) };
  ledger.cosign(witness, 6);
  ledger.cosign(witness, 3);
}

function sealedThenWorked(ledger: SampleLedger): void {
  ledger.seal(founder);
  ledger.work(2);
}

function sealedTooEarly(ledger: SampleLedger): void {
  ledger.present(second);
  ledger.seal(second);
  ledger.judge(founder, 'endorsed', second);
}

function sealedTooLate(ledger: SampleLedger): void {
  ledger.present(second);
  ledger.judge(founder, 'endorsed', second);
  ledger.judge(founder, 'revoked', second);
  ledger.seal(second);
}

function sealedByNobody(ledger: SampleLedger): void {
  ledger.present(second);
  ledger.seal(second);
}

function endorsedByNobody(ledger: SampleLedger): void {
  ledger.present(second);
  ledger.present(third);
  ledger.judge(second, 'endorsed', third);
  ledger.seal(third);
}
