import { sha256 } from '@oakring/crypto';
import { schemaVersion, type DomainEvent } from '../../src/catalogue/catalogue.js';
import { readCheckpoint, signCheckpoint, type Checkpoint } from '../../src/evidence/checkpoint.js';
import { rangeProof } from '../../src/evidence/merkle-tree.js';
import { decodeEvents } from '../../src/log/commit.js';
import type { RuleId } from '../../src/log/rules.js';
import { encodeStoredCommit } from '../../src/log/stored-commit.js';
import { canonicalJson } from '../../src/text/canonical-json.js';
import { bundleOf, notesIn } from '../sample-bundle.js';
import { numberedKey, SampleLedger } from '../sample-ledger.js';
import { refused, type Expected, type Forgery } from './forgery.js';
import { founder, second, third } from './story.js';

/**
 * Positions 1 to 11. A second key is presented (4) and endorsed (5); 1 to 7 are sealed by the first key; the
 * second is revoked (9), and seals 1 to 10 all the same.
 */
function story(): SampleLedger {
  const ledger = new SampleLedger(founder);
  ledger.work(2);
  ledger.present(second);
  ledger.judge(founder, 'endorsed', second);
  ledger.work(2);
  ledger.seal(founder);
  ledger.judge(founder, 'revoked', second);
  ledger.work(1);
  ledger.seal(second);
  return ledger;
}

const { commits } = story();
const [byFounder = '', byRevoked = ''] = notesIn(commits);
/** Lines: head, schemas, exhibits 1, 4, 5, checkpoint, range proof, commits 3 to 6. */
const honest = bundleOf(commits, 3, 6, byFounder);
const whole = bundleOf(commits, 1, 7, byFounder);
/** Exhibits 1, 4, 5 and 9. */
const revoked = bundleOf(commits, 3, 6, byRevoked);
const at = { head: 0, schemas: 1, first: 2, endorsed: 4, checkpoint: 5, proof: 6, range: 7 };

type Lines = readonly string[];

/** As `honest`, with the lines of two witnesses after the checkpoint. */
const witnessed = bundleOf(cosigned(story()), 3, 6, byFounder);

function cosigned(ledger: SampleLedger): SampleLedger['commits'] {
  ledger.cosign({ name: 'w.example', ...numberedKey(4) }, 7);
  ledger.cosign({ name: 'another.example', ...numberedKey(5) }, 7);
  return ledger.commits;
}

function changed(lines: Lines, index: number, was: string | RegExp, now: string): Lines {
  const line = lines[index] ?? '';
  const text = line.replace(was, () => now);
  if (text === line) throw new TypeError(`${String(was)} is not in ${line}`);
  return lines.with(index, text);
}

const swapped = (lines: Lines, one: number, other: number): Lines =>
  lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
const without = (lines: Lines, index: number): Lines => lines.toSpliced(index, 1);
const note = (content: string): string => JSON.stringify({ checkpoint: content });

/** A commit that says otherwise, hashed as if it were so. */
function rehashed(line: string, was: string | RegExp, now: string): string {
  const text = line.slice(0, -65).replace(was, () => now);
  return `${text}\t${sha256(text)}`;
}

function exhibitChanged(lines: Lines, index: number): Lines {
  // Every line of an exhibit has both.
  const { exhibit, proof } = JSON.parse(lines[index] ?? '') as { exhibit: string; proof: string[] };
  const forged = rehashed(exhibit, '"commitId":"commit-', '"commitId":"commit_');
  return lines.with(index, JSON.stringify({ exhibit: forged, proof }));
}

/** The founding key's checkpoint of 1 to 7, but for what it states falsely. */
function lying(lie: Partial<Checkpoint>): string {
  const read = readCheckpoint(byFounder);
  if (read.status === 'refused') throw new TypeError(read.reason);
  return note(signCheckpoint({ ...read.checkpoint, ...lie }, founder));
}

/** Of as many events of keys, in the words of those who signed them, and otherwise of other commits. */
function madeUp(): SampleLedger {
  const ledger = new SampleLedger(founder);
  for (const reason of ['never', 'nowhere']) {
    ledger.append([{ stream: 'nodes/n1', type: 'NodeBecameReady', data: { reason } }]);
  }
  ledger.present(second);
  for (const { stream, type, data } of commits.slice(4, 5).flatMap(decodeEvents)) {
    // As it was, under the name that it had.
    ledger.append([{ stream, type, data } as DomainEvent]);
  }
  ledger.work(2);
  ledger.seal(founder);
  return ledger;
}

/** A bundle of those, each hash and proof in order, under the checkpoint of what was. */
function underAnother(): Lines {
  const lines = bundleOf(madeUp().commits, 6, 6);
  return lines.with(at.checkpoint, note(byFounder));
}

function oneExhibitMore(): Lines {
  const [, commit] = commits;
  if (commit === undefined) throw new TypeError('there is no second commit');
  const hashes = commits.slice(0, 7).map(({ hash }) => hash);
  const proof = rangeProof(hashes, { from: 2, to: 2, size: 7 });
  const line = canonicalJson({ exhibit: encodeStoredCommit(commit), proof });
  return honest.toSpliced(at.first + 1, 0, line);
}

/** A key that was revoked is endorsed again in words of format 1, which name no tree. */
function formatFalls(): Lines {
  const ledger = new SampleLedger(founder);
  ledger.present(second);
  ledger.judge(founder, 'revoked', second);
  ledger.format = 1;
  ledger.judgeAsBefore(founder, 'endorsed', second);
  ledger.format = 2;
  ledger.work(1);
  ledger.seal(second);
  return bundleOf(ledger.commits, 5, 5);
}

function sealedAsBefore(): Lines {
  const ledger = new SampleLedger(founder);
  ledger.sealAsBefore(founder);
  ledger.work(1);
  ledger.seal(founder);
  return bundleOf(ledger.commits, 3, 3);
}

/** From a first commit that names one before it. */
function beganElsewhere(): Lines {
  const ledger = new SampleLedger(founder, 2, null, 'ab'.repeat(32));
  ledger.work(1);
  ledger.seal(founder);
  return bundleOf(ledger.commits, 1, 2);
}

const hash = /[0-9a-f]{64}/;
const zeros = '0'.repeat(64);

/** The same commits under a first line that promises no proof. */
const downgraded = [
  JSON.stringify({ format: 'oakring-bundle-2', from: 3, schemaVersion, sealed: 0, to: 6 }),
  ...honest.slice(1, 2),
  ...honest.slice(at.range),
];

const broken: readonly (readonly [string, RuleId, Lines])[] = [
  ['a-bundle-with-exhibits-out-of-order', 'B1', swapped(honest, 3, 4)],
  ['a-bundle-with-a-line-between', 'B1', honest.toSpliced(2, 0, '{"note":"x"}')],
  ['a-bundle-with-a-line-before-its-commits', 'B7', honest.toSpliced(at.range, 0, '{"note":"x"}')],
  ['a-bundle-with-a-line-after-its-commits', 'B7', [...honest, '{"note":"x"}']],
  ['a-bundle-with-a-blank-line-at-its-end', 'B7', [...honest, '']],
  ['a-bundle-without-schemas', 'B1', without(honest, at.schemas)],
  ['a-bundle-with-a-checkpoint-before-its-exhibits', 'B1', swapped(honest, 4, at.checkpoint)],
  ['a-bundle-without-a-checkpoint', 'B1', without(honest, at.checkpoint)],
  ['a-bundle-with-a-blank-in-a-line', 'B1', changed(honest, at.proof, '":[', '": [')],
  ['a-bundle-with-a-member-twice', 'B1', changed(honest, at.proof, '{', '{"rangeProof":[],')],
  ['a-bundle-with-a-proof-that-is-none', 'B1', honest.with(at.proof, '{"rangeProof":"x"}')],
  ['a-bundle-with-a-blank-in-its-head', 'B2', changed(honest, at.head, '{"f', '{ "f')],
  ['a-bundle-that-promises-more', 'B2', changed(honest, at.head, '{"f', '{"a":1,"f')],
  ['a-bundle-that-promises-twice', 'B2', changed(honest, at.head, '"from":3', '"from":2,"from":3')],
  ['a-bundle-from-nothing', 'B2', changed(honest, at.head, '"from":3', '"from":0')],
  ['a-bundle-that-ends-first', 'B2', changed(honest, at.head, '"to":6', '"to":2')],
  ['a-bundle-sealed-too-early', 'B2', changed(honest, at.head, '"sealed":7', '"sealed":5')],
  ['a-bundle-of-half-a-position', 'B2', changed(honest, at.head, '"from":3', '"from":3.5')],
  ['a-bundle-with-other-schemas', 'B3', changed(honest, at.schemas, '"object"', '"abject"')],
  [
    'a-bundle-of-another-schema-version',
    'B3',
    changed(honest, at.head, /"schemaVersion":\d+/, '"schemaVersion":5'),
  ],
  [
    'a-bundle-without-a-proof-and-with-other-schemas',
    'B3',
    changed(downgraded, at.schemas, '"object"', '"abject"'),
  ],
  [
    'a-bundle-with-a-schema-less',
    'B3',
    changed(honest, at.schemas, /"NodeBecameReady":\{.*?\},"Node/, '"Node'),
  ],
  ['a-bundle-that-hides-a-key-event', 'B4', without(honest, 3)],
  ['a-bundle-that-hides-the-last-key-event', 'B4', without(revoked, 5)],
  ['a-bundle-with-an-exhibit-too-many', 'B4', oneExhibitMore()],
  ['a-bundle-that-hides-its-beginning', 'B4', without(honest, at.first)],
  ['a-bundle-with-an-exhibit-of-another-ledger', 'B5', exhibitChanged(honest, at.endorsed)],
  [
    'a-bundle-with-another-proof-of-an-exhibit',
    'B5',
    changed(honest, 3, /","[0-9a-f]{64}/, `","${zeros}`),
  ],
  ['a-bundle-with-another-range-proof', 'B5', changed(honest, at.proof, hash, zeros)],
  ['a-bundle-with-a-range-proof-too-short', 'B6', changed(honest, at.proof, /"[0-9a-f]{64}",/, '')],
  ['a-bundle-of-another-tree', 'B6', changed(honest, at.head, '"sealed":7', '"sealed":9000')],
  ['a-bundle-without-its-last-commit', 'B7', honest.slice(0, -1)],
  ['a-bundle-with-commits-out-of-order', 'C5', swapped(honest, at.range, at.range + 1)],
  ['a-bundle-with-a-commit-changed', 'C4', changed(honest, at.range, 'round', 'sound')],
  [
    'a-bundle-with-a-commit-forged',
    'C6',
    honest.with(at.range, rehashed(honest[at.range] ?? '', 'round', 'sound')),
  ],
  [
    'a-bundle-with-its-last-commit-forged',
    'B5',
    honest.with(honest.length - 1, rehashed(honest.at(-1) ?? '', 'round', 'sound')),
  ],
  ['a-bundle-that-begins-elsewhere', 'C6', beganElsewhere()],
  ['a-bundle-whose-format-falls', 'C9', formatFalls()],
  [
    'a-bundle-with-a-blank-in-an-event',
    'E1',
    honest.with(at.range, rehashed(honest[at.range] ?? '', '[{', '[ {')),
  ],
  ['a-bundle-with-a-note-that-is-none', 'S1', honest.with(at.checkpoint, note('x'))],
  [
    'a-bundle-with-the-checkpoint-of-another-tree',
    'B4',
    honest.with(at.checkpoint, note(byRevoked)),
  ],
  [
    'a-bundle-with-the-checkpoint-of-another-cluster',
    'S2',
    honest.with(at.checkpoint, lying({ clusterId: 'c-2' })),
  ],
  ['a-bundle-of-commits-made-up', 'S2', underAnother()],
  [
    'a-bundle-with-the-checkpoint-of-another-hash',
    'S2',
    whole.with(at.checkpoint, lying({ hash: 'ab'.repeat(32) })),
  ],
  [
    'a-bundle-with-the-checkpoint-of-another-epoch',
    'S2',
    whole.with(at.checkpoint, lying({ epoch: 7 })),
  ],
  ['a-bundle-with-a-seal-of-format-1', 'K5', sealedAsBefore()],
  [
    'a-bundle-with-a-cosignature-of-another',
    'S5',
    changed(witnessed, at.proof, '"w.example', '"x.example'),
  ],
  [
    'a-bundle-with-a-cosignature-twice',
    'S4',
    witnessed.with(at.proof + 1, witnessed[at.proof] ?? ''),
  ],
  [
    'a-bundle-with-a-cosignature-before-its-checkpoint',
    'B1',
    swapped(witnessed, at.checkpoint, at.proof),
  ],
  [
    'a-bundle-with-a-checkpoint-changed',
    'S3',
    changed(honest, at.checkpoint, String.raw`\nepoch 1`, String.raw`\nepoch 2`),
  ],
];

type Trusting = readonly [string, Exclude<Expected['verdict'], 'refused'>, Lines, string | null];

const { fingerprint } = founder;
const trusting: readonly Trusting[] = [
  ['an-honest-bundle', 'sealed', honest, null],
  ['an-honest-bundle-and-trust', 'sealed', honest, fingerprint],
  ['an-honest-bundle-of-all-that-is-sealed', 'sealed', whole, fingerprint],
  ['an-honest-bundle-with-cosignatures', 'sealed', witnessed, fingerprint],
  ['an-honest-bundle-without-schemas', 'sealed', honest.with(at.schemas, '{"schemas":{}}'), null],
  ['a-bundle-downgraded-to-unsealed', 'unsealed', downgraded, fingerprint],
  ['a-bundle-downgraded-and-no-trust-asked', 'unsealed', downgraded, null],
  ['a-bundle-sealed-by-a-revoked-key', 'unsealed', revoked, fingerprint],
  ['a-bundle-and-trust-in-a-key-that-never-was', 'unknown-key', honest, third.fingerprint],
];

export function bundleForgeries(): Forgery[] {
  const forged = broken.map(([name, rule, lines]) => refused(name, rule, lines, 'bundle'));
  const judged = trusting.map(([name, verdict, lines, trust]): Forgery => ({
    ...{ name, form: 'bundle', lines, trust, expected: { verdict } },
  }));
  return [...forged, ...judged, ...altered()];
}

function altered(): Forgery[] {
  return [
    {
      ...refused('a-bundle-cut-short', 'B1', honest, 'bundle'),
      altered: (bytes) => bytes.subarray(0, -1),
    },
    {
      ...refused('a-bundle-with-bytes-that-are-no-text', 'P3', honest, 'bundle'),
      altered: (bytes) => bytes.fill(0xff, bytes.lastIndexOf('round'), bytes.lastIndexOf('ound')),
    },
  ];
}
