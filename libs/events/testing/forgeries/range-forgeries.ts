import type { EventData } from '../../src/catalogue/catalogue.js';
import { writeVerifierKey } from '../../src/evidence/verifier-key.js';
import type { RuleId } from '../../src/log/rules.js';
import { bundleOf, notesIn } from '../sample-bundle.js';
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
  type Story,
} from './story.js';

/** A bundle from position 3 on of what is told from 4 on, all of it sealed by the founding key. */
function told(story: Story): readonly string[] {
  return after((ledger) => ledger.work(2), story);
}

/** The same, of which something else happened in position 2, which is not in the range. */
function after(before: Story, story: Story): readonly string[] {
  const ledger = new SampleLedger(founder);
  before(ledger);
  story(ledger);
  ledger.work(1);
  const { position } = ledger.stands;
  ledger.seal(founder);
  const lines = bundleOf(ledger.commits, 3, position, notesIn(ledger.commits).at(-1) ?? null);
  // What was forged is no text that our own writer makes.
  return [...lines.slice(0, 2 - position), ...ledger.lines.slice(2, position)];
}

const sealed = (lie: Parameters<SampleLedger['seal']>[1]): Story => {
  return (ledger) => ledger.seal(founder, lie);
};
const said = (change: (texts: { header: string; events: string }) => object): Story => {
  return (ledger) => ledger.forge([ready], change);
};

const stories: readonly (readonly [string, RuleId, Story])[] = [
  ['a-range-with-a-founding', 'O1', (it) => it.append([founded])],
  ['a-range-with-an-epoch-opened-twice', 'O2', (it) => it.append([opened(1)])],
  [
    'a-range-with-a-commit-id-twice',
    'C10',
    said(({ header }) => ({ header: header.replace('commit-4', 'commit-3') })),
  ],
  [
    'a-range-with-an-event-of-an-older-schema',
    'O3',
    said(({ events }) => ({ events: events.replace(/"schema":\d+/, '"schema":5') })),
  ],
  ['a-range-with-manifests-that-contradict', 'M1', (it) => it.append([manifest(1), manifest(2)])],
  [
    'a-range-with-a-checkpoint-that-is-none',
    'S1',
    (it) =>
      it.append([{ stream: 'checkpoints', type: 'CheckpointSigned', data: { note: 'no note' } }]),
  ],
  ['a-range-with-a-checkpoint-of-another-hash', 'S2', sealed({ hash: otherHash })],
  ['a-range-with-a-checkpoint-of-another-root', 'S2', sealed({ merkleRoot: otherHash })],
  ['a-range-with-a-checkpoint-of-another-cluster', 'S2', sealed({ clusterId: 'c-2' })],
  ['a-range-with-a-checkpoint-of-a-position-to-come', 'S2', sealed({ position: 99 })],
  ['a-range-with-a-checkpoint-that-counts-more', 'S2', sealed({ keyEvents: 9 })],
  ['a-range-with-a-checkpoint-by-nobody', 'S3', (it) => it.seal(second)],
  [
    'a-range-with-a-checkpoint-by-a-key-presented-later',
    'S3',
    (it) => {
      it.seal(second);
      it.present(second);
    },
  ],
  [
    'a-range-with-an-epoch-that-nobody-opened',
    'O2',
    (it) => {
      it.epoch = 2;
      it.work(1);
    },
  ],
  [
    'a-range-with-a-catalogue-stated-at-any-time',
    'O3',
    (it) => it.append([ready, catalogueStated({ hash: otherHash })]),
  ],
  [
    'a-range-with-a-verdict-on-another-tree',
    'K6',
    (it) => {
      it.present(second);
      it.judge(founder, 'endorsed', second, { position: 3, merkleRoot: otherHash });
    },
  ],
  [
    'a-range-with-a-verdict-on-another-tree-before-it',
    'K6',
    (it) => {
      it.present(second);
      it.judge(founder, 'endorsed', second, { position: 2, merkleRoot: otherHash });
    },
  ],
  ['a-range-with-a-cosignature-of-no-checkpoint', 'S4', cosigned({ position: 2 })],
  ['a-range-with-a-cosignature-of-another', 'S5', cosigned({ witness: otherWitness() })],
  ['a-range-with-a-stamp-of-no-checkpoint', 'T1', (it) => it.stamp(stampOf(2))],
  [
    'a-range-with-a-stamp-repeated',
    'T1',
    (it) => {
      // Of a checkpoint that may lie before the range.
      it.stamp(stampOf(1));
      it.stamp(stampOf(1));
    },
  ],
];

function cosigned(lie: Partial<EventData<'CheckpointCosigned'>>): Story {
  return (ledger) => {
    ledger.seal(founder);
    ledger.cosign({ name: 'w.example', ...numberedKey(4) }, 3, lie);
  };
}

function otherWitness(): string {
  return writeVerifierKey({ name: 'w.example', ...numberedKey(5) }, 'cosignature');
}

const stampOf = (position: number) => ({
  position,
  time: '2026-11-29T00:00:00.000Z',
  token: 'AA==',
});

const presentedIn = (ledger: SampleLedger, inEpoch = false): void => {
  const { fingerprint, publicKey } = second;
  const data = { fingerprint, publicKey, founding: false };
  const presented = { stream: 'seals', type: 'KeyPresented', data } as const;
  if (inEpoch) ledger.openEpoch(founder, [presented]);
  else ledger.append([presented]);
};

/** What an exhibit right before the range says of it. */
const neighbours: readonly (readonly [string, RuleId, Story, Story])[] = [
  [
    'a-range-that-does-not-continue-an-exhibit',
    'C6',
    (it) => presentedIn(it),
    said(({ header }) => ({ header: header.replace(/"prev":"[^"]*"/, `"prev":"${otherHash}"`) })),
  ],
  [
    'a-range-of-an-epoch-before-that-of-an-exhibit',
    'C7',
    (it) => presentedIn(it, true),
    said(({ header }) => ({ header: header.replace('"epoch":2', '"epoch":1') })),
  ],
  [
    'a-range-of-a-time-before-that-of-an-exhibit',
    'C8',
    (it) => presentedIn(it),
    said(({ header }) => ({ header: header.replace(/"at":"\d{4}/, '"at":"1999') })),
  ],
];

/** Bundles of which a commit of the range breaks what it would break in a ledger, and an honest one. */
export function rangeForgeries(): Forgery[] {
  const alone = stories.map(([name, rule, story]) => refused(name, rule, told(story), 'bundle'));
  const strangers = neighbours.map(([name, rule, before, story]) =>
    refused(name, rule, after(before, story), 'bundle'),
  );
  const honest: Forgery = {
    ...{ name: 'an-honest-range-of-all-kinds', form: 'bundle', lines: told(honestly), trust: null },
    expected: { verdict: 'sealed' },
  };
  return [...alone, ...strangers, ofOlder(), unproved(), honest];
}

function ofOlder(): Forgery {
  const ledger = new SampleLedger(founder, 1);
  ledger.seal(founder);
  ledger.format = 2;
  ledger.openEpoch(founder);
  ledger.seal(founder);
  const lines = bundleOf(ledger.commits, 2, 3, notesIn(ledger.commits)[1]);
  return refused('a-range-with-a-checkpoint-in-format-1', 'K5', lines, 'bundle');
}

/** Without a proof nothing is known of keys; what a seal looks like is. */
function unproved(): Forgery {
  const ledger = new SampleLedger(founder);
  ledger.sealAsBefore(founder);
  const lines = bundleOf(ledger.commits, 1, 2, null);
  return refused('a-range-without-a-proof-and-with-a-seal-of-format-1', 'K5', lines, 'bundle');
}

function honestly(ledger: SampleLedger): void {
  ledger.seal(founder);
  ledger.cosign({ name: 'w.example', ...numberedKey(4) }, 3);
  ledger.append([manifest(1)]);
  ledger.openEpoch(founder, [], catalogueStated({ hash: otherHash }));
  ledger.present(second);
  ledger.seal(founder);
}
