import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { emptyHead, headOf, type Commit, verifyChain } from '@oakring/events';
import type { EventLogWriter } from './event-log.port.js';
import { openLmdbEventLog } from './lmdb/lmdb-event-log.js';
import { MemoryEventLog } from './memory/memory-event-log.js';
import { commitMaker } from '@oakring/events/testing';

const streams = ['a', 'b', 'jobs/c', 'jobs/c2', 'ü'];
const someStreams = fc.array(fc.constantFrom(...streams), { minLength: 1, maxLength: 5 });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('append'), streams: someStreams }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('append stale'), streams: someStreams }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('append again'), streams: someStreams }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reopen'), streams: someStreams }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read'), streams: someStreams }) },
);
type Step = { readonly do: string; readonly streams: string[] };

describe.each([
  ['memory', 60],
  ['lmdb', 25],
])('Any history on the %s log', (kind, numRuns) => {
  it('is what a plain list of commits would be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const folder = mkdtempSync(join(tmpdir(), 'oakring-property-'));
        const open = (): Promise<EventLogWriter> => openLmdbEventLog(folder);
        let log = kind === 'lmdb' ? await open() : new MemoryEventLog();
        const model: Commit[] = [];
        try {
          for (const current of steps) {
            if (current.do === 'reopen' && kind === 'lmdb') {
              await log.close();
              log = await open();
            }
            await obey(log, model, current);
          }
          expect(verifyChain(await log.read({ from: 1, limit: 1000 }), emptyHead)).toEqual({
            status: 'intact',
            head: await log.head(),
          });
        } finally {
          await log.close();
          rmSync(folder, { recursive: true });
        }
      }),
      { seed: 20261129, numRuns },
    );
  });
});

/** Does the step on the log and on the model, and compares. */
async function obey(log: EventLogWriter, model: Commit[], { do: what, ...step }: Step) {
  const newest = model.at(-1);
  const head = newest === undefined ? emptyHead : headOf(newest);
  switch (what) {
    case 'append': {
      const commit = next(model, step.streams);
      expect(await log.append(commit)).toEqual({ status: 'appended' });
      model.push(commit);
      return;
    }
    case 'append stale': {
      if (newest === undefined) return;
      // Another time: else it could be the newest commit itself.
      const stale = next(model.slice(0, -1), step.streams, newest.at + 1);
      expect(await log.append(stale)).toEqual({ status: 'deposed', head });
      return;
    }
    case 'append again':
      if (newest !== undefined) expect(await log.append(newest)).toEqual({ status: 'appended' });
      return;
    default:
      expect(await log.head()).toEqual(head);
      await compareReads(log, model, step.streams);
  }
}

async function compareReads(log: EventLogWriter, model: readonly Commit[], names: string[]) {
  const [stream = ''] = names;
  const limit = names.length;
  const from = 1 + Math.floor(model.length / 2);
  const later = model.filter(({ position }) => position >= from);
  expect(await log.read({ from, limit })).toEqual(later.slice(0, limit));
  const ofStream = later.filter((commit) => commit.streams.includes(stream));
  expect(await log.read({ from, limit, stream })).toEqual(ofStream.slice(0, limit));
  const counts = new Map(names.map((name) => [name, countOf(model, name)]));
  expect(await log.streamVersions(names)).toEqual(counts);
}

function countOf(model: readonly Commit[], stream: string): number {
  const quoted = JSON.stringify(stream);
  return model.reduce((sum, { events }) => sum + events.split(`"stream":${quoted},`).length - 1, 0);
}

/** The commit that continues this history. */
function next(history: readonly Commit[], names: readonly string[], at?: number): Commit {
  const maker = commitMaker(emptyHead);
  for (const commit of history) maker.keep(commit);
  return maker.next(names, at === undefined ? {} : { at });
}
