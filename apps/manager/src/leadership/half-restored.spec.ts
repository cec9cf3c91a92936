import { beforeEach, describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { ClusterState } from '@oakring/model';
import { seededRandomness, simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { MemoryLeaseStore, type LeaseRecord } from '@oakring/stores';
import { Projection } from '../views/projection.js';
import { Leadership } from './leadership.js';
import { partsOf } from './testing/model-parts.js';
import { RemoteLog, SharedCommits } from './testing/shared-store.js';

/** A restore leaves its mark just after each lease was taken. */
class LateMark extends MemoryLeaseStore {
  isLeft = false;

  override async swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    const isSwapped = await super.swap(from, to);
    this.isLeft = true;
    return isSwapped;
  }
}

describe('A manager on a store that a backup is put into', () => {
  let ports: SimulatedPorts;
  let commits: SharedCommits;
  let leases: LateMark;
  let leadership: Leadership;
  beforeEach(() => {
    ports = simulatedPorts(1);
    commits = new SharedCommits();
    leases = new LateMark();
    const log = new RemoteLog(commits, seededRandomness(1), ports.timers);
    leadership = new Leadership(leases, () => 'http://m', {
      ...partsOf(log, new Projection(new ClusterState(false), ports), 'm', ports),
      refuseHalfRestored: async () => {
        if (!leases.isLeft) return;
        throw new OakringError({ code: 'restore-unfinished', detail: 'It did not end.' });
      },
    });
  });

  async function ends(): Promise<void> {
    const failed = expect(leadership.failed).rejects.toMatchObject({ code: 'restore-unfinished' });
    await leadership.start();
    await ports.advance(5_000);
    await failed;
    expect(commits.size).toBe(0);
  }

  it('ends without asking for the lease, also where it was started before', async () => {
    leases.isLeft = true;
    await ends();
    expect(await leases.read()).toBeNull();
  });

  it('gives back the lease that it took in between, and writes nothing', async () => {
    await ends();
    expect(await leases.read()).toMatchObject({ holder: '' });
  });
});
