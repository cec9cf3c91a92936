import { describe, expect, it } from '@jest/globals';
import { decodeEvents, ledgerVerifier, ownCatalogue } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { ClusterState } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import { MemoryEventLog } from '@oakring/stores';
import { Projection } from '../views/projection.js';
import { openEpoch } from './open-epoch.js';

const ports = simulatedPorts(1);
const leader = {
  ...{ clusterName: 'c', clusterLocation: '', software: 's', host: 'h', pid: 1, url: 'http://h' },
  key: freshKey(),
};

/** Opens epochs on what lies there, one after the other; types of events of the commits that do. */
async function opened(log: MemoryEventLog, epochs: readonly number[]): Promise<string[][]> {
  const projection = new Projection(new ClusterState(false), ports);
  const before = await log.read({ from: 1, limit: 1_000 });
  for (const epoch of epochs) {
    await openEpoch(epoch, { log, place: 'memory', projection, leader, ports });
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
});
