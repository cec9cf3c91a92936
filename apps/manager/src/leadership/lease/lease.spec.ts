import { describe, expect, it } from '@jest/globals';
import { MemoryLeaseStore, type LeaseRecord, type LeaseStore } from '@oakring/stores';
import { simulatedPorts, type SimulatedPorts, type Timers } from '@oakring/ports';
import { Candidate } from './candidate.js';
import { HeldLease } from './held-lease.js';

const rest = { validForMs: 2_000, reachesBroker: true };

/** A store whose replies can be lost and that can be away. */
class UnsteadyLeases implements LeaseStore {
  isAway = false;
  losesReplies = false;
  failsReads = false;
  /** What each write takes until its answer is there. */
  writeMs = 0;
  private readonly kept = new MemoryLeaseStore();

  constructor(private readonly timers?: Timers) {}

  async read(): Promise<LeaseRecord | null> {
    if (this.isAway || this.failsReads) throw new Error('away');
    return this.kept.read();
  }

  async swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    if (this.isAway) throw new Error('away');
    const swapped = await this.kept.swap(from, to);
    if (this.writeMs > 0) await this.timers?.sleep(this.writeMs);
    if (this.losesReplies) throw new Error('reply lost');
    return swapped;
  }

  async ask(): Promise<void> {}

  async asked(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}
}

function candidate(store: LeaseStore, ports: SimulatedPorts, name: string): Candidate {
  return new Candidate(store, () => `http://${name}`, ports);
}

/** Looks every 100 ms until the lease is free, and takes it. */
async function takeWhenFree(one: Candidate, ports: SimulatedPorts): Promise<HeldLease | null> {
  for (let look = 0; look < 200; look += 1) {
    const isFree = await one.look().catch(() => false);
    if (isFree) return one.take(0);
    await ports.advance(100);
  }
  return null;
}

describe('a lease', () => {
  it('is taken at once when there is none, and stays held while it is renewed', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    expect(lease?.epoch).toBe(1);
    for (let second = 0; second < 30; second += 1) {
      await ports.advance(1_000);
      expect(lease?.isHeld).toBe(true);
    }
  });

  it('takes an epoch above the log’s and above the lease’s', async () => {
    const ports = simulatedPorts(1);
    const one = candidate(new UnsteadyLeases(), ports, 'a');
    await one.look();
    expect((await one.take(41))?.epoch).toBe(42);
  });

  it('is late two seconds after its last renewal, and held again with the same epoch', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    await ports.advance(600);
    store.isAway = true;
    await ports.advance(1_000);
    expect(lease?.isHeld).toBe(true);
    await ports.advance(1_500);
    expect(lease?.isHeld).toBe(false);
    store.isAway = false;
    await ports.advance(600);
    expect(lease).toMatchObject({ isHeld: true, epoch: 1 });
  });

  it('is renewed although every reply is lost', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    store.losesReplies = true;
    for (let second = 0; second < 10; second += 1) {
      await ports.advance(1_000);
      expect(lease?.isHeld).toBe(true);
    }
  });

  it('is taken although the reply to that was lost', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const one = candidate(store, ports, 'a');
    await one.look();
    store.losesReplies = true;
    await expect(one.take(0)).rejects.toThrow('reply lost');
    store.losesReplies = false;
    expect(await one.look()).toBe(true);
    expect((await one.take(0))?.epoch).toBe(1);
  });

  it('goes to the next one two seconds after its holder died, at once when it was released', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    await takeWhenFree(candidate(store, ports, 'a'), ports).then((lease) => lease?.release());
    const released = candidate(store, ports, 'b');
    expect(await released.look()).toBe(true);
    // Taken by somebody who never renews: dead at once.
    await store.swap(released.seen, {
      epoch: 5,
      holder: 'dead',
      renewal: 0,
      url: 'http://dead',
      ...rest,
    });
    const next = candidate(store, ports, 'c');
    await next.look();
    await ports.advance(1_900);
    expect(await next.look()).toBe(false);
    await ports.advance(100);
    expect(await next.look()).toBe(true);
    expect((await next.take(0))?.epoch).toBe(6);
  });

  it('is given back although the newest renewal was not heard of', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    store.losesReplies = store.failsReads = true;
    await ports.advance(600);
    store.losesReplies = store.failsReads = false;
    await lease?.release();
    expect((await store.read())?.holder).toBe('');
  });

  it('counts a holder’s silence from zero after the store was away', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    await store.swap(null, {
      epoch: 1,
      holder: 'other',
      renewal: 3,
      url: 'http://other',
      ...rest,
    });
    const one = candidate(store, ports, 'a');
    await one.look();
    await ports.advance(1_500);
    store.isAway = true;
    await expect(one.look()).rejects.toThrow('away');
    store.isAway = false;
    await ports.advance(1_500);
    expect(await one.look()).toBe(false);
    await ports.advance(2_000);
    expect(await one.look()).toBe(true);
  });

  it('is lost for good once somebody else has it', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    const stolen = { epoch: 7, holder: 'b', renewal: 0, url: 'http://b', ...rest };
    await store.swap(await store.read(), stolen);
    await ports.advance(600);
    expect(lease?.isHeld).toBe(false);
    expect(await lease?.lost).toBe(7);
    await lease?.release();
    expect(await store.read()).toEqual(stolen);
  });

  it('stays held while each write takes a second and a half, after one gap', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases(ports.timers);
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    const waiting = candidate(store, ports, 'b');
    store.writeMs = 1_500;
    await ports.advance(4_000);
    for (let tenth = 0; tenth < 300; tenth += 1) {
      await ports.advance(100);
      expect({ tenth, isHeld: lease?.isHeld }).toEqual({ tenth, isHeld: true });
      expect(await waiting.look()).toBe(false);
    }
  });

  it('is waited for as long as it states, and short again after quick renewals', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases(ports.timers);
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    store.writeMs = 1_500;
    await ports.advance(6_000);
    expect((await store.read())?.validForMs).toBe(6_000);
    store.writeMs = 0;
    await ports.advance(6_000);
    expect((await store.read())?.validForMs).toBe(2_000);
    expect(lease?.isHeld).toBe(true);
    // Its holder dies while it states more.
    const dead = { epoch: 5, holder: 'dead', renewal: 9, url: 'http://dead', ...rest };
    await store.swap(await store.read(), { ...dead, validForMs: 6_000 });
    const next = candidate(store, ports, 'c');
    await next.look();
    await ports.advance(5_900);
    expect(await next.look()).toBe(false);
    await ports.advance(100);
    expect(await next.look()).toBe(true);
  });

  it('states no more after a store was away for long: only slow writes make it longer', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases(ports.timers);
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    // Done, and nothing is heard of it for half a minute.
    store.losesReplies = true;
    store.failsReads = true;
    await ports.advance(30_000);
    store.losesReplies = false;
    store.failsReads = false;
    await ports.advance(1_100);
    expect(lease?.isHeld).toBe(true);
    expect((await store.read())?.validForMs).toBe(2_000);
  });

  it('is waited for ten seconds at most, whatever it states', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const dead = { epoch: 5, holder: 'dead', renewal: 9, url: 'http://dead', ...rest };
    await store.swap(null, { ...dead, validForMs: 1e12 });
    const next = candidate(store, ports, 'c');
    await next.look();
    await ports.advance(10_000);
    expect(await next.look()).toBe(true);
  });

  it('counts a renewal from its first sending when a later attempt finds it', async () => {
    const ports = simulatedPorts(1);
    const store = new UnsteadyLeases();
    const lease = await takeWhenFree(candidate(store, ports, 'a'), ports);
    // Sent at 500 ms and done; the answer is lost, and so is the look-up's.
    store.losesReplies = true;
    store.failsReads = true;
    await ports.advance(600);
    // The attempt at 1 000 ms finds it; nothing comes through after that.
    store.failsReads = false;
    await ports.advance(500);
    store.isAway = true;
    await ports.advance(1_300);
    expect(lease?.isHeld).toBe(true);
    await ports.advance(200);
    expect(lease?.isHeld).toBe(false);
  });
});
