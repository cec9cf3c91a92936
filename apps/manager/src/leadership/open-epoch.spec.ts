import { describe, expect, it } from '@jest/globals';
import {
  accessStream,
  decodeEvents,
  encodeEvent,
  ledgerVerifier,
  ownCatalogue,
  sealCommit,
} from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { ClusterState, foldCommit } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import { MemoryEventLog } from '@oakring/stores';
import { Projection } from '../views/projection.js';
import { openEpoch, type GrantedCredential } from './open-epoch.js';

const ports = simulatedPorts(1);
const leader = {
  ...{ clusterName: 'c', clusterLocation: '', software: 's', host: 'h', pid: 1, url: 'http://h' },
  key: freshKey(),
};

/** Opens epochs on what lies there, one after the other; types of events of the commits that do. */
async function opened(
  log: MemoryEventLog,
  epochs: readonly number[],
  credentials: readonly GrantedCredential[] = [],
): Promise<string[][]> {
  const projection = new Projection(new ClusterState(false), ports);
  const before = await log.read({ from: 1, limit: 1_000 });
  for (const epoch of epochs) {
    await openEpoch(epoch, {
      ...{ log, place: 'memory', projection, ports },
      leader: { ...leader, credentials },
    });
  }
  const commits = await log.read({ from: 1, limit: 1_000 });
  const verifier = ledgerVerifier({ trust: null });
  expect(commits.map((commit) => verifier.next(commit))).toEqual(commits.map(() => null));
  return commits.slice(before.length).map((commit) => decodeEvents(commit).map(({ type }) => type));
}

describe('opening an epoch', () => {
  it('commits the ledger to its schemas when it founds it, and not again', async () => {
    const log = new MemoryEventLog();
    expect(await opened(log, [1, 2])).toEqual([
      ['ClusterFounded', 'EpochOpened', 'CatalogueChanged', 'KeyPresented'],
      ['EpochOpened'],
    ]);
    const [first] = await log.read({ from: 1, limit: 1 });
    const stated = first === undefined ? undefined : decodeEvents(first)[2]?.data;
    expect(stated).toEqual(ownCatalogue());
  });

  it('commits a ledger to its schemas that was written with others', async () => {
    const log = new MemoryEventLog();
    const older = new SampleLedger(freshKey(), 1);
    older.work(2);
    for (const commit of older.commits) await log.append(commit);
    expect(await opened(log, [2, 3])).toEqual([
      ['EpochOpened', 'CatalogueChanged', 'KeyPresented'],
      ['EpochOpened'],
    ]);
  });

  it("grants the credentials of the leader's machine that the ledger does not know, once", async () => {
    const log = new MemoryEventLog();
    const admin = { name: 'admin-1', role: 'admin', hash: 'a'.repeat(64) };
    const scheduler = { name: 'scheduler-1', role: 'scheduler', hash: 'b'.repeat(64) };
    const [founding, again] = await opened(log, [1, 2], [admin, scheduler]);
    expect(founding?.filter((type) => type === 'TokenGranted')).toHaveLength(2);
    expect(again).toEqual(['EpochOpened']);
    // Its file was lost, and another made: the one before holds no more.
    const other = { ...admin, hash: 'c'.repeat(64) };
    expect(await opened(log, [3], [other, scheduler])).toEqual([['EpochOpened', 'TokenGranted']]);
    const state = await stateOf(log);
    expect([...state.tokens.values()].map(({ name, hash, by }) => [name, hash, by])).toEqual([
      ['scheduler-1', scheduler.hash, 'manager/leadership'],
      ['admin-1', other.hash, 'manager/leadership'],
    ]);
  });

  it('leaves a credential of its own revoked', async () => {
    const log = new MemoryEventLog();
    const admin = { name: 'admin-1', role: 'admin', hash: 'a'.repeat(64) };
    await opened(log, [1], [admin]);
    await revoke(log, 'admin-1');
    expect(await opened(log, [2], [admin])).toEqual([['EpochOpened']]);
    expect((await stateOf(log)).tokens.get('admin-1')?.revoked).not.toBeNull();
  });
});

async function stateOf(log: MemoryEventLog): Promise<ClusterState> {
  const state = new ClusterState(false);
  for (const commit of await log.read({ from: 1, limit: 1_000 })) {
    foldCommit(state, commit, decodeEvents(commit));
  }
  return state;
}

/** As a command of the epoch that is open would. */
async function revoke(log: MemoryEventLog, name: string): Promise<void> {
  const { head } = await stateOf(log);
  const event = { stream: accessStream, type: 'TokenRevoked', data: { name } } as const;
  const versions = await log.streamVersions([accessStream]);
  const text = encodeEvent(event, (versions.get(accessStream) ?? 0) + 1, {
    ...{ by: 'api/admin-1', cause: 'request:1' },
  });
  const commit = sealCommit(head, {
    ...{ epoch: head.epoch, commitId: ports.ids.next(), at: head.at, commands: [] },
    ...{ streams: [accessStream], events: [text] },
  });
  expect((await log.append(commit)).status).toBe('appended');
}
