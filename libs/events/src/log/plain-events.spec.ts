import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clusterStream, nodeStream } from '../catalogue/streams.js';
import { emptyHead, encodeEvent, sealCommit, type Commit } from './commit.js';
import { parsedEvents } from './commit-problem.js';
import { plainEvents } from './plain-events.js';
import { decodeStoredCommit } from './stored-commit.js';

const folder = new URL('../../forgeries/', import.meta.url);

function commitOf(events: string): Commit {
  const parts = { epoch: 1, commitId: 'c', at: 1, streams: ['s'], commands: [] };
  const before = { ...emptyHead, position: 6 };
  return { ...sealCommit(before, { ...parts, events: [] }), events };
}

function headsOf(commit: Commit): unknown {
  const parsed = parsedEvents(commit);
  if ('rule' in parsed) return parsed;
  return parsed.map(({ stream, version, type, schema }) => ({
    ...{ stream, version, type, schema },
    data: null,
  }));
}

const told = { by: nodeStream('a'), cause: 'message:nodes/a/status' };
const reason = { reason: 'no message for 6 s' };
const texts = [
  encodeEvent({ stream: nodeStream('a'), type: 'NodeSuspected', data: reason }, 7, told),
  encodeEvent(
    {
      stream: nodeStream('a'),
      type: 'NodeClaimedTwice',
      data: { incarnation: 1, current: 2, ...reason },
    },
    8,
    { by: 'manager', cause: '6-0', deviceAt: 12 },
  ),
  encodeEvent(
    {
      stream: nodeStream('b'),
      type: 'DriftDetected',
      data: { missing: ['a/1/1', 'a/2/1'], outdated: [], unexpected: [''] },
    },
    1,
    { by: 'manager', cause: '7-1' },
  ),
  encodeEvent(
    {
      stream: nodeStream('b'),
      type: 'NodeRegistrationRefused',
      data: { code: 'c', detail: 'd', name: 'n', ip: '::1', incarnation: null },
    },
    2,
    told,
  ),
  // A row of one type, and what ends it.
  ...[9, 10, 11].map((version) =>
    encodeEvent({ stream: nodeStream('a'), type: 'NodeSuspected', data: reason }, version, told),
  ),
  encodeEvent({ stream: nodeStream('a'), type: 'NodeBecameReady', data: reason }, 12, told),
];
const plain = `[${texts.join(',')}]`;

describe('The events that are found without parsing', () => {
  it('are those that parsing finds', () => {
    const commit = commitOf(plain);
    expect(plainEvents(commit)).toHaveLength(texts.length);
    expect(plainEvents(commit)).toEqual(headsOf(commit));
  });

  it('are sound wherever they are found: whatever one puts, leaves out or changes anywhere', () => {
    const pieces = [
      ...Array.from('0123456789-+eE."\\{}[],: \n\tä\u007f'),
      '""',
      '{}',
      '[]',
      'null',
      'true',
      '1-0',
    ];
    const edit = fc.record({
      at: fc.nat(plain.length - 1),
      out: fc.nat(3),
      put: fc.oneof(
        fc.constantFrom(...pieces),
        fc.string({ unit: 'binary', maxLength: 3 }),
        fc.constantFrom(...(plain.match(/"\w+":|"[^"]*"|\d+/g) ?? [])),
      ),
    });
    let found = 0;
    fc.assert(
      fc.property(edit, ({ at, out, put }) => {
        const commit = commitOf(plain.slice(0, at) + put + plain.slice(at + out));
        const events = plainEvents(commit);
        if (events === null) return;
        found += 1;
        expect(headsOf(commit)).toEqual(events);
      }),
      { seed: 20_261_129, numRuns: 2_000 },
    );
    // Letters within texts, mostly.
    expect(found).toBeGreaterThan(50);
  });

  it.each([
    ['a text with an escape', 'no message', 'no \\"message'],
    ['a letter beyond ASCII', 'no message', 'nö message'],
    ['a cause to come', '"cause":"7-1"', '"cause":"7-2"'],
    ['a position with a leading zero', '"cause":"6-0"', '"cause":"06-0"'],
    [
      'a number beyond those that all readers agree on',
      '"current":2',
      '"current":9007199254740993',
    ],
    ['half a number', '"current":2', '"current":2.5'],
    ['a number below its least', '"current":2', '"current":-2'],
    ['minus zero', '"current":2', '"current":-0'],
    ['a further member', '"current":2', '"current":2,"d":1'],
    ['a member that is missing', '"current":2,', ''],
    ['a member twice', '"current":2', '"current":2,"current":2'],
    ['members out of order', '"current":2,"incarnation":1', '"incarnation":1,"current":2'],
    ['a comma too many in an object', 'for 6 s"}', 'for 6 s",}'],
    ['a comma too many in a list', '"a/2/1"]', '"a/2/1",]'],
    ['a comma missing', '"a/1/1","a/2/1"', '"a/1/1""a/2/1"'],
    ['a stream of others', '"stream":"nodes/a"', '"stream":"jobs/a"'],
    ['a stream without a name', '"stream":"nodes/a"', '"stream":"nodes/"'],
    ['another schema', '"schema":6', '"schema":5'],
    ['a type that is none', 'NodeSuspected', 'NodeExpected'],
    ['a version from zero', '"version":7', '"version":0'],
    ['nobody', '"by":"manager"', '"by":""'],
    ['somebody of a name too long', '"by":"manager"', `"by":"${'m'.repeat(1_025)}"`],
    ['a text too long', 'no message', 'm'.repeat(8_193)],
    ['a blank between', '},{', '}, {'],
    ['something behind', ']', '] '],
  ])('are not %s', (_what, said, instead) => {
    expect(plain).toContain(said);
    const text = said === ']' ? `${plain} ` : plain.replace(said, instead);
    expect(plainEvents(commitOf(text))).toBeNull();
  });

  it('are none of a commit whose data the order of commits is judged by', () => {
    const data = { clusterId: 'c', name: 'n', location: '' };
    const founded = encodeEvent({ stream: clusterStream, type: 'ClusterFounded', data }, 1, told);
    expect(plainEvents(commitOf(`[${founded}]`))).toBeNull();
    expect(plainEvents(commitOf('[]'))).toBeNull();
  });

  it('are sound in every forged file as well', () => {
    const files = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as readonly {
      file: string;
      form: string;
    }[];
    for (const { file } of files.filter(({ form }) => form === 'ledger')) {
      const lines = readFileSync(new URL(file, folder), 'utf8').split('\n').slice(0, -1);
      for (const [index, line] of lines.entries()) {
        const decoded = decodeStoredCommit(line, index + 1);
        const events = decoded.status === 'commit' ? plainEvents(decoded.commit) : null;
        if (decoded.status !== 'commit' || events === null) continue;
        expect(headsOf(decoded.commit)).toEqual(events);
      }
    }
  });
});
