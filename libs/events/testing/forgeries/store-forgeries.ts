import { toBufferKey } from 'ordered-binary';
import { fieldsOf, headerOf, recordsIn, type Commit } from '../../src/log/commit.js';
import type { RuleId } from '../../src/log/rules.js';
import { canonicalJson } from '../../src/text/canonical-json.js';
import { numberedKey, SampleLedger } from '../sample-ledger.js';
import type { Expected, Forgery } from './forgery.js';
import { ready } from './story.js';

const key = numberedKey(1);

/** What it is refused for, or that it is not. */
type Outcome = RuleId | 'sealed' | 'unsealed';

function story(format: 1 | 2 = 2): SampleLedger {
  const ledger = new SampleLedger(key, format);
  ledger.work(3);
  return ledger;
}

function sealedStory(): SampleLedger {
  const ledger = story();
  ledger.seal(key);
  return ledger;
}

/** An entry of a tree of lmdb: the bytes of key and value, in hexadecimal. */
interface Entry {
  readonly tree: 'commits' | 'streams';
  readonly key: Buffer;
  readonly value: Buffer;
}

type Entries = readonly Entry[];

function entriesOf({ commits, lines }: SampleLedger): Entries {
  const stored = lines.map((line, index) => at(index + 1, Buffer.from(line)));
  return [...stored, ...commits.flatMap(indexOf)];
}

function at(position: number, value: Buffer): Entry {
  return { tree: 'commits', key: toBufferKey(position), value };
}

function indexOf(commit: Commit): Entries {
  // The sample's own.
  const records = recordsIn(commit) as readonly { stream: string; version: number }[];
  return records.map(({ stream, version }) => indexed(stream, commit.position, version));
}

function indexed(stream: string, position: number, version: number | string): Entry {
  return {
    ...{ tree: 'streams', key: toBufferKey([stream, position]) },
    value: toBufferKey(version),
  } as const;
}

function linesOf(entries: Entries): string[] {
  return entries.map(({ tree, key: at, value }) =>
    canonicalJson({ tree, key: at.toString('hex'), value: value.toString('hex') }),
  );
}

const honestEntries = entriesOf(sealedStory());
/** Of the third commit. */
const [third = at(3, Buffer.alloc(0))] = honestEntries.slice(2);
const last = honestEntries.length - 1;

function brokenText(): Buffer {
  const bytes = Buffer.from(third.value);
  return bytes.fill(0xff, bytes.indexOf('round') + 1, bytes.indexOf('round') + 2);
}

const inLmdb: readonly (readonly [string, Outcome, Entries])[] = [
  ['an-honest-ledger', 'sealed', honestEntries],
  ['a-commit-under-another-key', 'P2', honestEntries.with(2, { ...third, key: toBufferKey(2.5) })],
  [
    'a-commit-under-a-key-that-is-a-text',
    'P2',
    [...honestEntries, { ...third, key: toBufferKey('3') }],
  ],
  ['a-commit-left-out', 'C5', honestEntries.toSpliced(2, 1)],
  ['bytes-that-are-no-text', 'P3', honestEntries.with(2, at(3, brokenText()))],
  ['an-index-without-an-entry', 'P4', honestEntries.toSpliced(last, 1)],
  ['an-index-with-an-entry-more', 'P4', [...honestEntries, indexed('nodes/n9', 3, 1)]],
  ['an-index-with-another-version', 'P4', honestEntries.with(last, indexed('checkpoints', 5, 2))],
  [
    'an-index-with-a-version-that-is-a-text',
    'P4',
    honestEntries.with(last, indexed('checkpoints', 5, '1')),
  ],
];

/** The `_id` as MongoDB's Extended JSON has it. */
type Document = Readonly<Record<string, unknown>>;

const long = (value: number | string) => ({ $numberLong: String(value) });

function documentOf(commit: Commit): Document {
  const { position, streams, events, hash } = commit;
  const _id = long(position);
  if (commit.format !== 1) return { _id, streams, header: headerOf(commit), events, hash };
  const date = { $date: long(commit.at) };
  const epoch = { $numberInt: String(commit.epoch) };
  return { ...fieldsOf(commit), _id, at: date, epoch, hash };
}

const documents = sealedStory().commits.map(documentOf);
const older = story(1).commits.map(documentOf);

type Change = (document: Document) => Document;

/** The third document of an honest ledger, as it is altered. */
function altered(all: readonly Document[], change: Change): readonly Document[] {
  return all.map((document, index) => (index === 2 ? change(document) : document));
}

const having = (more: Document) => altered(documents, (document) => ({ ...document, ...more }));
const olderHaving = (more: Document) => altered(older, (document) => ({ ...document, ...more }));
const lacking = (all: readonly Document[], member: string) =>
  altered(all, ({ [member]: _, ...rest }) => rest);
const outcome = (value: unknown) =>
  olderHaving({ commands: [{ id: 'POST /x#1', outcome: { value } }] });

const inMongodb: readonly (readonly [string, Outcome, readonly Document[]])[] = [
  ['an-honest-ledger', 'sealed', documents],
  ['an-honest-ledger-of-format-1', 'unsealed', older],
  ['a-further-member', 'P5', having({ note: 'x' })],
  ['a-further-member-in-format-1', 'P5', olderHaving({ note: 'x' })],
  ['a-document-without-its-header', 'P5', lacking(documents, 'header')],
  ['a-document-without-its-events', 'P5', lacking(documents, 'events')],
  ['a-document-without-its-hash', 'P5', lacking(documents, 'hash')],
  ['a-document-without-its-streams', 'P5', lacking(documents, 'streams')],
  ['a-document-without-its-time', 'P5', lacking(older, 'at')],
  [
    'events-that-are-bytes',
    'P5',
    having({ events: { $binary: { base64: 'AAAA', subType: '00' } } }),
  ],
  ['a-hash-that-is-a-number', 'P5', having({ hash: { $numberInt: '1' } })],
  ['streams-of-another-commit', 'P5', having({ streams: ['nodes/n9'] })],
  ['streams-that-are-a-text', 'P5', having({ streams: 'nodes/n1' })],
  ['a-time-that-is-a-text', 'P5', olderHaving({ at: '2023-11-14T22:13:20.002Z' })],
  ['a-year-of-five-digits', 'C3', olderHaving({ at: { $date: long(300_000_000_000_000) } })],
  ['an-epoch-that-is-a-text', 'C3', olderHaving({ epoch: '1' })],
  ['an-outcome-with-a-date', 'P5', outcome({ $date: long(0) })],
  ['an-outcome-with-a-number-too-large', 'P5', outcome(long('9007199254740993'))],
  ['an-outcome-with-bytes', 'P5', outcome({ $binary: { base64: 'AAAA', subType: '00' } })],
  ['another-hash', 'C4', having({ hash: 'ab'.repeat(32) })],
  ['a-commit-left-out', 'C5', documents.toSpliced(2, 1)],
  ['a-commit-under-another-id', 'C5', having({ _id: long(9) })],
  ['a-commit-id-twice', 'C10', idTwice()],
  ['an-id-that-is-an-int', 'P6', having({ _id: { $numberInt: '3' } })],
  ['an-id-that-is-a-double', 'P6', having({ _id: { $numberDouble: '3.0' } })],
  ['a-document-of-nothing', 'P6', [...documents, { ...documents[2], _id: long(0) }]],
  ['a-document-before-all', 'P6', [...documents, { ...documents[2], _id: long(-1) }]],
  ['a-document-of-somebody-else', 'P6', [...documents, { _id: { $oid: 'ab'.repeat(12) }, a: 'x' }]],
  ['a-document-with-a-text-as-its-id', 'P6', [...documents, { ...documents[2], _id: '3' }]],
];

function idTwice(): readonly Document[] {
  const ledger = story();
  ledger.forge([ready], ({ header }) => ({ header: header.replace('"commit-5"', '"commit-4"') }));
  return ledger.lines.map((line, index) => {
    const [header = '', events, hash] = line.split('\t');
    const { streams } = JSON.parse(header) as { streams: unknown };
    return { _id: long(index + 1), streams, header, events, hash };
  });
}

/** Ledgers in stores: entries of lmdb's two trees, and documents of MongoDB, one a line. */
export function storeForgeries(): Forgery[] {
  return [
    ...inLmdb.map(([name, said, entries]) => forgery(name, 'lmdb', said, linesOf(entries))),
    forgery('a-data-file-cut-short', 'lmdb', 'P1', [
      ...linesOf(honestEntries),
      canonicalJson({ keptBytes: 8192 }),
    ]),
    ...inMongodb.map(([name, said, all]) =>
      forgery(
        name,
        'mongodb',
        said,
        all.map((document) => JSON.stringify(document)),
      ),
    ),
  ];
}

function forgery(
  name: string,
  form: 'lmdb' | 'mongodb',
  said: Outcome,
  lines: readonly string[],
): Forgery {
  const isWhole = said === 'sealed' || said === 'unsealed';
  const expected: Expected = isWhole ? { verdict: said } : { verdict: 'refused', rule: said };
  return { name, form, lines, trust: null, expected };
}
