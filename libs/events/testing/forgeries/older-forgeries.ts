import type { RuleId } from '../../src/log/rules.js';
import type { SampleLedger } from '../sample-ledger.js';
import { refused, type Forgery } from './forgery.js';
import { founder, otherHash, second, told, type Story } from './story.js';

const broken: readonly (readonly [string, RuleId, Story])[] = [
  ['a-seal-of-another-position', 'S2', (it) => it.sealAsBefore(founder, { position: 2 })],
  ['a-seal-of-another-cluster', 'S2', (it) => it.sealAsBefore(founder, { clusterId: 'c-2' })],
  ['a-seal-of-another-hash', 'S2', (it) => it.sealAsBefore(founder, { hash: otherHash })],
  ['a-seal-of-another-root', 'S2', (it) => it.sealAsBefore(founder, { merkleRoot: otherHash })],
  ['a-seal-of-another-epoch', 'S2', (it) => it.sealAsBefore(founder, { epoch: 7 })],
  ['a-seal-of-a-position-to-come', 'S2', (it) => it.sealAsBefore(founder, { position: 99 })],
  [
    'a-seal-signed-by-another-key',
    'S3',
    (it) => it.sealAsBefore({ ...second, fingerprint: founder.fingerprint }),
  ],
  ['a-checkpoint-in-format-1', 'K5', (it) => it.seal(founder)],
  [
    'a-verdict-in-format-1-that-names-a-tree',
    'K5',
    (it) => {
      it.present(second);
      it.judge(founder, 'endorsed', second);
    },
  ],
];

const honest: readonly (readonly [string, Story])[] = [
  ['honest-in-format-1', (it) => it.sealAsBefore(founder)],
  ['honest-in-format-1-and-then-2', goneOver],
  ['honest-in-format-1-with-another-key', endorsedSeal],
];

/** Ledgers that begin in format 1: some say what is not so. */
export function olderForgeries(): Forgery[] {
  const forged = broken.map(([name, rule, story]) => refused(name, rule, told(story, 1)));
  const judged = honest.map(([name, story]): Forgery => ({
    ...{ name, form: 'ledger', lines: told(story, 1), trust: founder.fingerprint },
    expected: { verdict: 'sealed' },
  }));
  return [...forged, ...judged];
}

/** What the last verdict says holds, also after a revocation. */
function endorsedSeal(ledger: SampleLedger): void {
  ledger.present(second);
  ledger.judgeAsBefore(founder, 'endorsed', second);
  ledger.judgeAsBefore(founder, 'revoked', second);
  ledger.judgeAsBefore(founder, 'endorsed', second);
  ledger.sealAsBefore(second);
}

function goneOver(ledger: SampleLedger): void {
  ledger.sealAsBefore(founder);
  ledger.format = 2;
  ledger.openEpoch(founder);
  ledger.work(1);
  ledger.seal(founder);
}
