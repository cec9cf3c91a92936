import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { emptyHead, headOf, type Commit } from '@oakring/events';
import type { EventLogWriter } from './event-log.port.js';
import { commitMaker } from '@oakring/events/testing';

/** A store under test. */
export interface LogUnderTest {
  /** An empty log. */
  open(): Promise<EventLogWriter>;
  /** The same log again, after `close`; null when the store forgets. */
  reopen: (() => Promise<EventLogWriter>) | null;
  cleanUp(): Promise<void>;
}

/** What every event log does, whatever it is kept in. */
export function describeEventLog(name: string, prepare: () => LogUnderTest): void {
  describe(`${name}, as an event log`, () => {
    let store: LogUnderTest | undefined;
    let log: EventLogWriter | undefined;

    const start = async (): Promise<EventLogWriter> => {
      store = prepare();
      log = await store.open();
      return log;
    };
    const filled = async (
      contents: readonly (readonly string[])[],
    ): Promise<{ log: EventLogWriter; commits: Commit[] }> => {
      const opened = await start();
      const maker = commitMaker(emptyHead);
      const commits: Commit[] = [];
      for (const streams of contents) {
        const commit = maker.next(streams);
        expect(await opened.append(commit)).toEqual({ status: 'appended' });
        maker.keep(commit);
        commits.push(commit);
      }
      return { log: opened, commits };
    };

    afterEach(async () => {
      await log?.close();
      await store?.cleanUp();
      log = undefined;
      store = undefined;
    });

    it('is empty at first', async () => {
      const opened = await start();
      expect(await opened.head()).toEqual(emptyHead);
      expect(await opened.read({ from: 1, limit: 10 })).toEqual([]);
    });

    it('gives back every commit as it was appended, in order', async () => {
      const { log: opened, commits } = await filled([['a'], ['b', 'a'], ['a', 'a', 'c']]);
      expect(await opened.read({ from: 1, limit: 10 })).toEqual(commits);
      expect(await opened.head()).toEqual(headOf(at(commits, 2)));
    });

    it('reads from a position, inclusive, and no more than asked for', async () => {
      const { log: opened, commits } = await filled([['a'], ['a'], ['a'], ['a']]);
      expect(await opened.read({ from: 2, limit: 2 })).toEqual(commits.slice(1, 3));
      expect(await opened.read({ from: 5, limit: 2 })).toEqual([]);
    });

    it('reads the commits of one stream only, across others', async () => {
      const { log: opened, commits } = await filled([['a'], ['ab'], ['a', 'b'], ['b'], ['a']]);
      const ofA = await opened.read({ from: 1, limit: 10, stream: 'a' });
      expect(ofA).toEqual([at(commits, 0), at(commits, 2), at(commits, 4)]);
      const later = await opened.read({ from: 2, limit: 1, stream: 'a' });
      expect(later).toEqual([at(commits, 2)]);
      expect(await opened.read({ from: 1, limit: 10, stream: 'none' })).toEqual([]);
    });

    it('counts the events of each stream', async () => {
      const { log: opened } = await filled([['a'], ['a', 'b', 'a'], ['b']]);
      const versions = await opened.streamVersions(['a', 'b', 'none']);
      expect(versions).toEqual(
        new Map([
          ['a', 3],
          ['b', 2],
          ['none', 0],
        ]),
      );
    });

    it('deposes a writer whose position is taken, or leaves a gap', async () => {
      const { log: opened, commits } = await filled([['a'], ['a']]);
      const head = headOf(at(commits, 1));
      const stale = commitMaker(headOf(at(commits, 0))).next(['b']);
      expect(await opened.append(stale)).toEqual({ status: 'deposed', head });
      const ahead = commitMaker({ ...head, position: 3 }).next(['a']);
      expect(await opened.append(ahead)).toEqual({ status: 'deposed', head });
      expect(await opened.read({ from: 1, limit: 10 })).toEqual(commits);
    });

    it('deposes a writer whose prev is another hash', async () => {
      const { log: opened, commits } = await filled([['a']]);
      const head = headOf(at(commits, 0));
      const forked = commitMaker({ ...head, hash: 'f'.repeat(64) }).next(['a']);
      expect(await opened.append(forked)).toEqual({ status: 'deposed', head });
      expect(await opened.streamVersions(['a'])).toEqual(new Map([['a', 1]]));
    });

    it('deposes a writer of a lower epoch', async () => {
      const opened = await start();
      const maker = commitMaker(emptyHead);
      const opening = maker.next(['cluster'], { epoch: 7 });
      await opened.append(opening);
      maker.keep(opening);
      const head = headOf(opening);
      expect(await opened.append(maker.next(['a'], { epoch: 6 }))).toEqual({
        status: 'deposed',
        head,
      });
      expect(await opened.append(maker.next(['a'], { epoch: 9 }))).toEqual({ status: 'appended' });
    });

    it('takes the very same commit again as what it is: appended', async () => {
      const { log: opened, commits } = await filled([['a'], ['a']]);
      expect(await opened.append(at(commits, 1))).toEqual({ status: 'appended' });
      expect(await opened.read({ from: 1, limit: 10 })).toEqual(commits);
      expect((await opened.append(at(commits, 0))).status).toBe('deposed');
    });

    it('keeps the hash that anybody can recompute from the documented rule', async () => {
      const { log: opened } = await filled([['a'], ['b', 'a']]);
      let prev = '0'.repeat(64);
      for (const commit of await opened.read({ from: 1, limit: 10 })) {
        expect(commit.prev).toBe(prev);
        expect(commit.hash).toBe(independentHash(commit));
        prev = commit.hash;
      }
    });

    it('holds everything after it was closed and opened again', async () => {
      const { log: opened, commits } = await filled([['a'], ['a', 'b']]);
      // Only a store that keeps something can be asked.
      const reopen = store?.reopen;
      if (reopen === undefined || reopen === null) return;
      await opened.close();
      log = await reopen();
      expect(await log.head()).toEqual(headOf(at(commits, 1)));
      expect(await log.read({ from: 1, limit: 10 })).toEqual(commits);
      expect(await log.streamVersions(['a', 'b'])).toEqual(
        new Map([
          ['a', 2],
          ['b', 1],
        ]),
      );
      const maker = commitMaker(headOf(at(commits, 1)));
      expect(await log.append(maker.next(['c']))).toEqual({ status: 'appended' });
    });
  });
}

/** The rule of docs/ledger-format.md, written a second time: members in order, no white space, SHA-256. */
function independentHash(commit: Commit): string {
  const commands = commit.commands.map(
    ({ id, outcome }) => `{"id":${JSON.stringify(id)},"outcome":${JSON.stringify(outcome)}}`,
  );
  const text =
    `{"_id":${commit.position},"at":"${new Date(commit.at).toISOString()}",` +
    `"commands":[${commands.join(',')}],"commitId":${JSON.stringify(commit.commitId)},` +
    `"epoch":${commit.epoch},"format":2,"prev":"${commit.prev}",` +
    `"streams":${JSON.stringify(commit.streams)}}\t${commit.events}`;
  return createHash('sha256').update(text).digest('hex');
}

function at(commits: readonly Commit[], index: number): Commit {
  const commit = commits[index];
  if (commit === undefined) throw new Error(`there is no commit with index ${index}`);
  return commit;
}
