import { describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { damageAt, LogDamaged, type Commit } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { simulatedPorts } from '@oakring/ports';
import type { EventLogReader } from '@oakring/stores';
import { LedgerVerification } from './ledger-verification.js';

const dayMs = 24 * 3_600_000;

/** A founded ledger, and its verification under way; what a read costs on the clock is the test's. */
function scene({ readMs = 0 } = {}) {
  const ports = simulatedPorts();
  const key = freshKey();
  const ledger = new SampleLedger(key);
  const said: string[] = [];
  const seen = { reads: 0, spentMs: 0 };
  const faults: { away: boolean; altered: ((commit: Commit) => Commit) | null } = {
    ...{ away: false, altered: null },
  };
  const log: EventLogReader = {
    head: async () => Promise.reject(new Error('nobody asks')),
    read: async ({ from, limit }) => {
      if (faults.away) throw new OakringError({ code: 'store-away', detail: 'an election' });
      seen.reads += 1;
      seen.spentMs += readMs;
      const commits = ledger.commits.slice(from - 1, from - 1 + limit);
      return commits.map((commit) => faults.altered?.(commit) ?? commit);
    },
    close: async () => {},
  };
  const clock = {
    wallMs: () => ports.clock.wallMs() + seen.spentMs,
    monotonicMs: () => ports.clock.monotonicMs() + seen.spentMs,
  };
  const verification = new LedgerVerification({
    ...{ log, ports: { clock, timers: ports.timers }, place: 'here' },
    projection: {
      get position() {
        return ledger.commits.length;
      },
    },
    warn: (line) => said.push(line),
  });
  return { ports, key, ledger, said, seen, faults, verification };
}

/** A bit of what a commit says is another. */
const alteredAt = (position: number) => (commit: Commit) =>
  commit.position === position
    ? { ...commit, events: commit.events.replace('round', 'lound') }
    : commit;

describe('The verification beside everything else', () => {
  it('goes from the first commit to the last, and on with what comes', async () => {
    const { ports, key, ledger, verification } = scene();
    ledger.work(150);
    ledger.seal(key);
    expect(verification.result).toMatchObject({ status: 'verifying', verifiedTo: 0, atMs: null });
    verification.start();
    await ports.advance(2_000);
    expect(verification.result).toMatchObject({
      ...{ status: 'whole', verifiedTo: 152, head: 152, sealedTo: 151, passes: 1, damage: null },
    });
    ledger.work(3);
    expect(verification.result).toMatchObject({ status: 'verifying', verifiedTo: 152, head: 155 });
    await ports.advance(2_000);
    expect(verification.result).toMatchObject({ status: 'whole', verifiedTo: 155, passes: 1 });
    expect(verification.ageMs).toBeLessThanOrEqual(1_000);
    verification.stop();
  });

  it('says damage once, with its position and kind, and goes no further', async () => {
    const { ports, ledger, said, seen, faults, verification } = scene();
    ledger.work(10);
    faults.altered = alteredAt(7);
    verification.start();
    await ports.advance(5_000);
    const { reads } = seen;
    await ports.advance(2 * dayMs);
    expect(seen.reads).toBe(reads);
    expect(verification.result).toMatchObject({
      status: 'damaged',
      verifiedTo: 6,
      damage: { position: 7, kind: 'hash' },
    });
    expect(said).toEqual([
      expect.stringMatching(/^The event log in here is damaged at position 7 \(hash\): .* goes on/),
    ]);
    expect(verification.trouble?.reason).toContain('at position 7 (hash)');
  });

  it('finds damage that a store finds when it reads', async () => {
    const { ports, ledger, said, faults, verification } = scene();
    ledger.work(2);
    faults.altered = () => {
      throw new LogDamaged('here', damageAt(2, 'C1', 'no commit'));
    };
    verification.start();
    await ports.advance(100);
    expect(verification.result.damage).toMatchObject({ position: 2, detail: 'no commit' });
    expect(said).toHaveLength(1);
  });

  it('asks again while its store is away, and calls that no damage', async () => {
    const { ports, faults, said, verification } = scene();
    faults.away = true;
    verification.start();
    await ports.advance(10_000);
    expect(verification.result).toMatchObject({ status: 'verifying', damage: null });
    expect(verification.ageMs).toBe(10_000);
    faults.away = false;
    await ports.advance(2_000);
    expect(verification.result.status).toBe('whole');
    expect(said).toEqual([]);
    verification.stop();
  });

  it('looks at all of it again once a day: what was sound may not be any more', async () => {
    const { ports, ledger, seen, faults, verification } = scene();
    ledger.work(10);
    verification.start();
    await ports.advance(2_000);
    faults.altered = alteredAt(4);
    seen.spentMs += dayMs - 10_000;
    await ports.advance(2_000);
    expect(verification.result).toMatchObject({ status: 'whole', verifiedTo: 11 });
    await ports.advance(10_000);
    expect(verification.result).toMatchObject({ status: 'damaged', damage: { position: 4 } });
  });

  it('rests nineteen times as long as it worked', async () => {
    const { ports, ledger, seen, verification } = scene({ readMs: 10 });
    ledger.work(2_000);
    verification.start();
    await ports.advance(1_900);
    expect(seen.spentMs).toBe(100);
    verification.stop();
  });
});
