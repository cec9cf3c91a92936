import type { DomainEvent } from '../../src/catalogue/catalogue.js';
import { signCheckpoint } from '../../src/evidence/checkpoint.js';
import { writeVerifierKey } from '../../src/evidence/verifier-key.js';
import type { RuleId } from '../../src/log/rules.js';
import { catalogueStated, numberedKey, SampleLedger } from '../sample-ledger.js';
import { refused, type Forgery } from './forgery.js';
import {
  founded,
  founder,
  manifest,
  opened,
  otherHash,
  ready,
  second,
  third,
  told,
  type Story,
} from './story.js';

/** The checkpoint that would be honest, as it was changed after it was signed. */
function stated(ledger: SampleLedger, change: (note: string) => string): void {
  const note = change(signCheckpoint(ledger.stands, founder));
  ledger.append([{ stream: 'checkpoints', type: 'CheckpointSigned', data: { note } }]);
}

function openedLate(ledger: SampleLedger): void {
  ledger.forge([ready, opened(2)], ({ header }) => ({
    header: header.replace('"epoch":1', '"epoch":2'),
  }));
}

const asSecond = { ...third, fingerprint: second.fingerprint };

const stories: readonly (readonly [string, RuleId, Story])[] = [
  ['a-second-founding', 'O1', (ledger) => ledger.append([founded])],
  ['an-epoch-opened-twice', 'O2', (ledger) => ledger.append([opened(1)])],
  ['an-epoch-opened-late-in-its-commit', 'O2', openedLate],
  [
    'another-epoch-opened',
    'O2',
    (ledger) =>
      ledger.forge([opened(3)], ({ header }) => ({
        header: header.replace('"epoch":1', '"epoch":2'),
      })),
  ],
  [
    'a-catalogue-stated-at-any-time',
    'O3',
    (it) => it.append([ready, catalogueStated({ hash: otherHash })]),
  ],
  ['a-catalogue-stated-twice', 'O3', (it) => it.openEpoch(founder, [catalogueStated()])],
  [
    'a-catalogue-that-falls',
    'O3',
    (it) => it.openEpoch(founder, [catalogueStated({ schemaVersion: 5, hash: otherHash })]),
  ],
  [
    'an-event-of-an-older-schema',
    'O3',
    (it) =>
      it.forge([ready], ({ events }) => ({ events: events.replace(/"schema":\d+/, '"schema":5') })),
  ],
  [
    'manifests-that-contradict-each-other',
    'M1',
    (ledger) => ledger.append([manifest(1), manifest(2)]),
  ],
  ['a-manifest-that-ends-before-it-begins', 'M1', (ledger) => ledger.append([manifest(1, 6)])],
  [
    'a-key-of-another-fingerprint',
    'K1',
    (ledger) => ledger.present({ ...second, fingerprint: third.fingerprint }),
  ],
  ['a-key-that-is-none', 'K1', (ledger) => ledger.present({ ...second, publicKey: 'AAAA' })],
  ['a-founding-key-presented-later', 'K2', (ledger) => ledger.present(second, { founding: true })],
  ['a-verdict-by-nobody', 'K3', (ledger) => ledger.judge(second, 'revoked', founder)],
  [
    'a-verdict-signed-by-another',
    'K4',
    (ledger) => {
      ledger.present(second);
      ledger.judge({ ...third, fingerprint: founder.fingerprint }, 'endorsed', second);
    },
  ],
  [
    'a-verdict-for-another-cluster',
    'K4',
    (ledger) => {
      ledger.present(second);
      ledger.judge(founder, 'endorsed', second, { clusterId: 'c-2' });
    },
  ],
  [
    'a-verdict-that-names-no-tree',
    'K5',
    (ledger) => {
      ledger.present(second);
      ledger.judgeAsBefore(founder, 'endorsed', second);
    },
  ],
  ['a-seal-of-format-1-in-format-2', 'K5', (ledger) => ledger.sealAsBefore(founder)],
  [
    'a-verdict-at-a-tree-of-another-ledger',
    'K6',
    (ledger) => {
      ledger.present(second);
      ledger.judge(founder, 'endorsed', second, { merkleRoot: otherHash });
    },
  ],
  [
    'a-verdict-at-a-tree-to-come',
    'K6',
    (ledger) => {
      ledger.present(second);
      ledger.judge(founder, 'endorsed', second, { position: 99 });
    },
  ],
  [
    'an-endorsement-before-the-key-was-presented',
    'K7',
    (ledger) => ledger.judge(founder, 'endorsed', second),
  ],
  [
    'an-endorsement-after-a-revocation',
    'K7',
    (ledger) => {
      ledger.present(second);
      ledger.judge(founder, 'revoked', second);
      ledger.judge(founder, 'endorsed', second);
    },
  ],
  [
    'an-endorsement-replayed',
    'K7',
    (ledger) => {
      ledger.present(second);
      const { position, merkleRoot } = ledger.stands;
      ledger.judge(founder, 'endorsed', second);
      ledger.judge(founder, 'endorsed', second, { position, merkleRoot });
    },
  ],
  [
    'a-verdict-older-than-the-last',
    'K7',
    (ledger) => {
      ledger.present(second);
      const { position, merkleRoot } = ledger.stands;
      ledger.work(1);
      ledger.judge(founder, 'endorsed', second);
      ledger.judge(founder, 'revoked', second, { position, merkleRoot });
    },
  ],
  ['a-checkpoint-that-is-none', 'S1', (ledger) => stated(ledger, () => 'no note')],
  [
    'a-checkpoint-with-a-leading-zero',
    'S1',
    (ledger) => stated(ledger, (note) => note.replace(/epoch \d+/, 'epoch 01')),
  ],
  [
    'a-checkpoint-signed-by-others-as-well',
    'S1',
    (ledger) =>
      stated(ledger, (note) => {
        const [line = ''] = note.split('\n').slice(-2);
        return `${note}${line.replace('oakring/c-1', 'witness')}\n`;
      }),
  ],
  ['a-checkpoint-of-another-hash', 'S2', (it) => it.seal(founder, { hash: otherHash })],
  ['a-checkpoint-of-another-root', 'S2', (it) => it.seal(founder, { merkleRoot: otherHash })],
  ['a-checkpoint-of-another-cluster', 'S2', (it) => it.seal(founder, { clusterId: 'c-2' })],
  ['a-checkpoint-of-another-epoch', 'S2', (it) => it.seal(founder, { epoch: 7 })],
  ['a-checkpoint-of-a-position-to-come', 'S2', (it) => it.seal(founder, { position: 99 })],
  ['a-checkpoint-of-its-own-position', 'S2', (it) => it.seal(founder, { position: 4 })],
  [
    'a-checkpoint-signed-by-another-key',
    'S3',
    (ledger) => {
      ledger.present(second);
      ledger.seal(asSecond);
    },
  ],
  ['a-checkpoint-by-a-key-that-nobody-presented', 'S3', (ledger) => ledger.seal(third)],
  [
    'a-checkpoint-changed-after-it-was-signed',
    'S3',
    (ledger) => {
      const { position } = ledger.stands;
      // Of a position that is sealed in the same words but one.
      ledger.work(1);
      const now = ledger.stands;
      const honest = signCheckpoint({ ...now, position }, founder);
      const note = honest.replace(`\n${position}\n`, `\n${now.position}\n`);
      ledger.append([{ stream: 'checkpoints', type: 'CheckpointSigned', data: { note } }]);
    },
  ],
];

const witness = { name: 'w.example', ...numberedKey(4) };
const witnessKey = writeVerifierKey(witness, 'cosignature');

/** The commits of a ledger with a checkpoint of 3 commits, in its fourth. */
const cosigned: readonly (readonly [string, RuleId, Story])[] = [
  [
    'a-cosignature-by-a-witness-that-did-not',
    'S5',
    (it) => it.cosign({ ...witness, sign: second.sign }, 3),
  ],
  [
    'a-cosignature-with-the-key-of-another',
    'S5',
    (it) =>
      it.cosign(witness, 3, { witness: writeVerifierKey({ ...witness, ...third }, 'cosignature') }),
  ],
  [
    'a-cosignature-by-a-witness-that-is-no-key',
    'S5',
    (it) => it.cosign(witness, 3, { witness: witnessKey.replace('w.example', 'w.exemple') }),
  ],
  [
    'a-cosignature-of-another-checkpoint',
    'S5',
    (it) => {
      it.work(1);
      it.seal(founder);
      it.cosign(witness, 3, { position: 5 });
    },
  ],
  ['a-cosignature-of-no-checkpoint', 'S4', (it) => it.cosign(witness, 3, { position: 2 })],
  [
    'a-cosignature-repeated',
    'S4',
    (it) => {
      it.cosign(witness, 3);
      it.cosign(witness, 3);
    },
  ],
  [
    'a-cosignature-of-a-checkpoint-of-long-ago',
    'S4',
    (it) => {
      for (let count = 0; count < 8; count += 1) it.seal(founder);
      it.cosign(witness, 3);
    },
  ],
];

function sealedFirst(story: Story): Story {
  return (ledger) => {
    ledger.seal(founder);
    story(ledger);
  };
}

/** Each breaks one rule about who opened, who may sign, and what is signed. */
export function evidenceForgeries(): Forgery[] {
  return [
    ...stories.map(([name, rule, story]) => refused(name, rule, told(story))),
    ...cosigned.map(([name, rule, story]) => refused(name, rule, told(sealedFirst(story)))),
    refused('nobody-founded-it', 'O1', unfounded()),
    refused('two-founding-keys', 'K2', twoFounders()),
    refused('a-catalogue-that-nobody-stated', 'O3', uncommitted()),
  ];
}

/** The first commit without its first event, or with a second founding key. */
function unfounded(): readonly string[] {
  return new SampleLedger(founder, 2, [opened(1)]).lines;
}

function uncommitted(): readonly string[] {
  return new SampleLedger(founder, 2, [founded, opened(1)]).lines;
}

function twoFounders(): readonly string[] {
  const keys = [founder, second].map(({ fingerprint, publicKey }): DomainEvent => ({
    ...({ stream: 'seals', type: 'KeyPresented' } as const),
    data: { fingerprint, publicKey, founding: true },
  }));
  return new SampleLedger(founder, 2, [founded, opened(1), catalogueStated(), ...keys]).lines;
}
