import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { emptyHead } from '@oakring/events';
import { describeEventLog } from '../event-log.contract.js';
import { commitMaker } from '@oakring/events/testing';
import { openLmdbEventLog } from './lmdb-event-log.js';

describeEventLog('The lmdb log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-log-'));
  return {
    open: () => openLmdbEventLog(folder),
    reopen: () => openLmdbEventLog(folder),
    cleanUp: async () => rmSync(folder, { recursive: true }),
  };
});

describe('The lmdb log, written by two at once', () => {
  it('lets exactly one have each position, and deposes the other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-log-'));
    const logs = [await openLmdbEventLog(folder), await openLmdbEventLog(folder)];
    const maker = commitMaker(emptyHead);
    for (let round = 0; round < 50; round += 1) {
      const commits = logs.map((_, writer) => maker.next([`writer-${writer}`]));
      const outcomes = await Promise.all(
        logs.map((log, writer) => log.append(commits[writer] ?? maker.next([]))),
      );
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['appended', 'deposed']);
      const winner = commits[outcomes.findIndex(({ status }) => status === 'appended')];
      if (winner !== undefined) maker.keep(winner);
      expect(await Promise.all(logs.map((log) => log.head()))).toEqual([maker.head, maker.head]);
    }
    for (const log of logs) await log.close();
    rmSync(folder, { recursive: true });
  });

  it('fails no append that two callers make at once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oakring-log-'));
    const log = await openLmdbEventLog(folder);
    const maker = commitMaker(emptyHead);
    const first = maker.next(['a']);
    maker.keep(first);
    const second = maker.next(['a']);
    const outcomes = await Promise.all([log.append(first), log.append(second)]);
    expect(outcomes).toEqual([{ status: 'appended' }, { status: 'appended' }]);
    expect(await log.read({ from: 1, limit: 10 })).toEqual([first, second]);
    await log.close();
    rmSync(folder, { recursive: true });
  });
});
