import { describe, expect, it } from '@jest/globals';
import { headOf, type SigningKey } from '@oakring/events';
import { commitOfNextRelease, freshKey } from '@oakring/events/testing';
import { MemoryLeaseStore } from '@oakring/stores';
import { seededRandomness, simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { ClusterState } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { Leadership } from './leadership.js';
import { noConnection, partsOf } from './testing/model-parts.js';
import { RemoteLog, SharedCommits, UnsteadyLeases } from './testing/shared-store.js';

/** Managers on one store, each with its own way to the broker and its own clock. */
class Managers {
  readonly ports = simulatedPorts(1);
  readonly warnings: string[] = [];
  /** How often a holder was asked to give way. */
  asked = 0;
  private readonly commits = new SharedCommits();
  private readonly leases = new MemoryLeaseStore();

  /** Of whoever leads, which is of a later release. */
  appendAsNextRelease(): void {
    const last = this.commits.at(this.commits.size);
    if (last === undefined) throw new Error('nobody has led yet');
    this.commits.put(commitOfNextRelease(headOf(last), last.epoch));
  }

  async start(name: string, key?: SigningKey): Promise<Manager> {
    const manager = new Manager(name, this.ports);
    const { timers } = this.ports;
    const ids = { next: () => `${name}-${this.ports.ids.next()}` };
    const ports = { ...this.ports, ids, clock: manager.clock };
    const log = new RemoteLog(this.commits, seededRandomness(1), timers);
    const usual = partsOf(log, new Projection(new ClusterState(false), ports), name, ports);
    const parts = {
      ...usual,
      leader: () => ({ ...usual.leader(), ...(key === undefined ? {} : { key }) }),
      connection: manager.connection,
      reachesBroker: async () => manager.isReaching || manager.isReachedByProbe,
      storeTime: async () => this.ports.clock.wallMs(),
      warn: (line: string) => void this.warnings.push(`${name}: ${line}`),
    };
    const leases = new UnsteadyLeases(this.leases, seededRandomness(1));
    const [ask, read] = [leases.ask.bind(leases), leases.read.bind(leases)];
    // As over a network: no two answers are one object.
    leases.read = async () => structuredClone(await read());
    leases.ask = (of) => {
      this.asked += 1;
      return ask(of);
    };
    manager.die = () => {
      leases.isDead = true;
    };
    manager.leadership = new Leadership(leases, () => `http://${name}`, parts);
    await manager.leadership.start();
    return manager;
  }
}

class Manager {
  leadership: Leadership | null = null;
  /** Its lease is neither renewed nor given back. */
  die: () => void = () => {};
  /** How far its clock is ahead of the store's. */
  aheadMs = 0;
  /** A new connection is taken, while the one that there is hears nothing. */
  isReachedByProbe = false;
  private lostMs: number | null = null;

  constructor(
    readonly name: string,
    private readonly ports: SimulatedPorts,
  ) {}

  get clock() {
    const { clock } = this.ports;
    return {
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => clock.wallMs() + this.aheadMs,
    };
  }

  get isReaching(): boolean {
    return this.lostMs === null;
  }

  /** Half open: it still counts as connected. */
  loseBroker(): void {
    this.lostMs = this.ports.clock.monotonicMs();
  }

  findBroker(): void {
    this.lostMs = null;
  }

  get connection() {
    const unreachedMs = (): number =>
      this.lostMs === null ? 0 : this.ports.clock.monotonicMs() - this.lostMs;
    return {
      ...noConnection,
      get unreachedMs() {
        return unreachedMs();
      },
    };
  }

  get status() {
    if (this.leadership === null) throw new Error('not started');
    const { leading, ready, detail } = this.leadership.status;
    return { leading, ready, detail };
  }

  get epoch(): number | undefined {
    return this.leadership?.current?.lease.epoch;
  }
}

const leading = { leading: true, ready: true, detail: 'leading' };
const following = { leading: false, ready: true, detail: 'following' };

describe('What is measured of a leadership', () => {
  it('is the margin of a lease that is renewed, and how current a follower is', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(3_000);
    const b = await managers.start('b');
    for (let look = 0; look < 20; look += 1) {
      await managers.ports.advance(130);
      const [margin, lag] = [a.leadership?.leaseMarginMs ?? 0, b.leadership?.lagMs ?? Infinity];
      // Renewed every half second for two; read to its end every tenth.
      expect({ margin, isRenewed: margin > 0 && margin <= 10_000 }).toMatchObject({
        isRenewed: true,
      });
      expect({ lag, isCurrent: lag < 2_000 }).toMatchObject({ isCurrent: true });
    }
    expect([a.leadership?.lagMs, a.leadership?.reachesBroker]).toEqual([0, true]);
    expect([b.leadership?.leaseMarginMs, b.leadership?.reachesBroker]).toEqual([null, null]);
  });
});

describe('A leader that does not reach the broker', () => {
  it('gives way within seconds to a manager that does, and does not call itself ready', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    const b = await managers.start('b');
    await managers.ports.advance(1_000);
    expect([a.status, b.status]).toEqual([leading, following]);
    a.loseBroker();
    await managers.ports.advance(5_100);
    expect(a.status.ready).toBe(false);
    await managers.ports.advance(2_500);
    expect([a.status, b.status]).toEqual([following, leading]);
    expect(managers.warnings.at(-1)).toMatch(
      /^a: Giving the lease back: the MQTT broker is not reached from here/,
    );
  });

  it('is asked for its lease once for each renewal', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    await managers.start('b');
    await managers.ports.advance(1_000);
    a.loseBroker();
    // It reaches it again by itself: nobody else is to lead.
    a.isReachedByProbe = true;
    await managers.ports.advance(5_000);
    const before = managers.asked;
    await managers.ports.advance(10_000);
    expect(managers.asked - before).toBeGreaterThan(10);
    expect(managers.asked - before).toBeLessThanOrEqual(21);
  });

  it('leads on in one epoch while nobody else reaches it either', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    const b = await managers.start('b');
    a.loseBroker();
    b.loseBroker();
    for (let second = 0; second < 120; second += 1) {
      await managers.ports.advance(1_000);
      expect({ second, leading: a.status.leading }).toEqual({ second, leading: true });
    }
    expect({ epoch: a.epoch, ready: a.status.ready }).toEqual({ epoch: 1, ready: false });
    // Whoever reaches it first leads.
    b.findBroker();
    await managers.ports.advance(4_000);
    expect(b.status).toEqual(leading);
  });

  it('keeps its lease when it was only asked long ago', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    const b = await managers.start('b');
    a.loseBroker();
    await managers.ports.advance(5_200);
    // It is back when the other one has just asked.
    a.findBroker();
    b.loseBroker();
    await managers.ports.advance(20_000);
    a.loseBroker();
    await managers.ports.advance(20_000);
    expect({ leading: a.status.leading, epoch: a.epoch }).toEqual({ leading: true, epoch: 1 });
  });
});

describe('A lease that is free', () => {
  it('is taken by the manager that reaches the broker', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    const b = await managers.start('b');
    const c = await managers.start('c');
    b.loseBroker();
    void a.leadership?.stop();
    await managers.ports.advance(3_000);
    expect([b.status.leading, c.status]).toEqual([false, leading]);
  });

  it('is taken all the same when nobody reaches the broker for a while', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    a.loseBroker();
    await managers.ports.advance(4_000);
    expect(a.status.leading).toBe(false);
    await managers.ports.advance(2_500);
    expect(a.status.leading).toBe(true);
  });
});

describe('A manager that starts', () => {
  it('is ready to be asked once somebody leads, and not by the word of a dead one', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    expect(a.status).toMatchObject({ leading: false, ready: false });
    await managers.ports.advance(1_000);
    expect(a.status).toEqual(leading);
    a.die();
    const b = await managers.start('b');
    await managers.ports.advance(500);
    expect(b.status).toEqual({ leading: false, ready: false, detail: 'nobody leads yet' });
    await managers.ports.advance(3_000);
    expect(b.status).toEqual(leading);
    const c = await managers.start('c');
    await managers.ports.advance(1_000);
    expect(c.status).toEqual(following);
  });
});

/** What is told of the key of a leader. */
function troubleOf({ leadership }: Manager) {
  const told = leadership?.processes.find(({ name }) => name === 'seal key');
  if (told === undefined) throw new Error('it does not lead');
  return told.trouble;
}

/** Of two managers the one that leads founded the cluster; nobody has vouched for the other's key. */
async function withAStranger() {
  const managers = new Managers();
  const founder = await managers.start('a');
  await managers.ports.advance(1_000);
  const key = freshKey();
  const stranger = await managers.start('b', key);
  await managers.ports.advance(1_000);
  return { managers, founder, stranger, key };
}

describe('A manager with a key that nobody vouched for', () => {
  it('leads all the same, and says at each of its terms that its seals prove nothing', async () => {
    const { managers, founder, stranger, key } = await withAStranger();
    founder.die();
    await managers.ports.advance(10_000);
    expect(stranger.status).toEqual(leading);
    expect(managers.warnings.filter((line) => line.startsWith('b: '))).toEqual([
      expect.stringContaining(`oakring audit endorse ${key.fingerprint} --key`),
    ]);
  });

  it('is degraded for as long as it leads, and one whose key counts is not', async () => {
    const { managers, founder, stranger, key } = await withAStranger();
    expect(troubleOf(founder)).toBeNull();
    founder.die();
    await managers.ports.advance(10_000);
    expect(troubleOf(stranger)?.reason).toContain(`oakring audit endorse ${key.fingerprint} --key`);
  });

  it('is not one whose key founded the cluster', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    await managers.start('b');
    await managers.ports.advance(1_000);
    a.die();
    await managers.ports.advance(10_000);
    expect(managers.warnings.filter((line) => line.includes('audit endorse'))).toEqual([]);
  });
});

describe('A manager whose clock is wrong', () => {
  it.each([25 * 3_600_000, -3_600_000, 6_000])(
    'does not lead while it is %d ms ahead, says so, and does once it is set right',
    async (aheadMs) => {
      const managers = new Managers();
      const a = await managers.start('a');
      a.aheadMs = aheadMs;
      await managers.ports.advance(10_000);
      expect(a.status).toMatchObject({ leading: false, ready: false });
      expect(a.status.detail).toMatch(/^following: this machine's clock is \d+ s (ahead|behind)/);
      expect(managers.warnings).toEqual([
        expect.stringMatching(/does not take over: this machine/),
      ]);
      a.aheadMs = 0;
      await managers.ports.advance(1_000);
      expect(a.status).toEqual(leading);
    },
  );

  it('gives way when it goes wrong while it leads', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    await managers.ports.advance(1_000);
    const b = await managers.start('b');
    a.aheadMs = 25 * 3_600_000;
    await managers.ports.advance(1_500);
    expect([a.status.leading, b.status]).toEqual([false, leading]);
  });

  it('may be a little off', async () => {
    const managers = new Managers();
    const a = await managers.start('a');
    a.aheadMs = 4_000;
    await managers.ports.advance(1_000);
    expect(a.status).toEqual(leading);
  });
});

describe('A manager of an older release', () => {
  it('ends with both versions once a newer one has led, and takes nothing over', async () => {
    const managers = new Managers();
    const newer = await managers.start('newer');
    await managers.ports.advance(1_000);
    const older = await managers.start('older');
    await managers.ports.advance(1_000);
    const failed = expect(older.leadership?.failed).rejects.toMatchObject({
      code: 'ledger-newer',
      message: expect.stringContaining('known are 1 to'),
    });
    managers.appendAsNextRelease();
    newer.die();
    await managers.ports.advance(10_000);
    await failed;
    expect(older.status.leading).toBe(false);
  });
});
