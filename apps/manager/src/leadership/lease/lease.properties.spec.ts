import { describe, expect, it } from '@jest/globals';
import { MemoryLeaseStore, type LeaseRecord, type LeaseStore } from '@oakring/stores';
import {
  seededRandomness,
  simulatedPorts,
  type Randomness,
  type SimulatedPorts,
} from '@oakring/ports';
import { Candidate } from './candidate.js';
import type { HeldLease } from './held-lease.js';

const runs = Number(process.env['OAKRING_RUNS'] ?? '20');
const steps = 600;
const stepMs = 50;

/** What becomes of each call on one manager's line: chances in percent, and a delay each way. */
interface Weather {
  readonly lostOnTheWay: number;
  readonly lostOnTheWayBack: number;
  readonly failedReads: number;
  readonly delayMs: number;
}

const fine: Weather = { lostOnTheWay: 0, lostOnTheWayBack: 0, failedReads: 0, delayMs: 2 };

/** One manager's own line to the lease that all share. */
class Line implements LeaseStore {
  weather = fine;

  constructor(
    private readonly shared: LeaseStore,
    private readonly chance: Randomness,
    private readonly ports: SimulatedPorts,
  ) {}

  async read(): Promise<LeaseRecord | null> {
    await this.delay();
    if (this.happens(this.weather.failedReads)) throw new Error('no answer');
    const found = await this.shared.read();
    await this.delay();
    return found;
  }

  async swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    await this.delay();
    if (this.happens(this.weather.lostOnTheWay)) throw new Error('never arrived');
    const swapped = await this.shared.swap(from, to);
    await this.delay();
    if (this.happens(this.weather.lostOnTheWayBack)) throw new Error('the answer was lost');
    return swapped;
  }

  async ask(): Promise<void> {}

  async asked(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}

  private delay(): Promise<void> {
    return this.ports.timers.sleep(this.chance.integer(this.weather.delayMs));
  }

  private happens(percent: number): boolean {
    return this.chance.integer(100) < percent;
  }
}

/** A manager that wants to lead for as long as it lives. */
class Manager {
  readonly line: Line;
  readonly leases: HeldLease[] = [];
  private readonly candidate: Candidate;

  constructor(name: string, shared: LeaseStore, chance: Randomness, ports: SimulatedPorts) {
    this.line = new Line(shared, chance, ports);
    this.candidate = new Candidate(this.line, () => `http://${name}`, ports);
    void this.live(ports);
  }

  get isHolder(): boolean {
    return this.leases.some((lease) => lease.isHeld);
  }

  private async live(ports: SimulatedPorts): Promise<never> {
    for (;;) {
      const isFree = await this.candidate.look().catch(() => false);
      const lease = isFree ? await this.candidate.take(0).catch(() => null) : null;
      if (lease !== null) {
        this.leases.push(lease);
        await lease.lost;
      }
      await ports.timers.sleep(100);
    }
  }
}

function weather(chance: Randomness): Weather {
  const kind = chance.integer(6);
  if (kind === 0) return fine;
  // Cut: and what it sent before that may have been done.
  if (kind < 3 && kind > 0) return { ...fine, lostOnTheWay: 100, failedReads: 100 };
  // Each write is done and nobody hears of it.
  if (kind === 3) return { ...fine, lostOnTheWayBack: 100, failedReads: chance.integer(101) };
  if (kind === 4) return { ...fine, delayMs: 50 + chance.integer(1_500) };
  return {
    lostOnTheWay: chance.integer(60),
    lostOnTheWayBack: chance.integer(60),
    failedReads: chance.integer(60),
    delayMs: 1 + chance.integer(400),
  };
}

describe('A lease among managers that each have a bad line of their own', () => {
  it('is held by one at a time, and each epoch once', async () => {
    let takeOvers = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      const chance = seededRandomness(seed);
      const ports = simulatedPorts(seed);
      const shared = new MemoryLeaseStore();
      const managers = ['a', 'b', 'c'].map((name) => new Manager(name, shared, chance, ports));
      for (let step = 0; step < steps; step += 1) {
        for (const { line } of managers) {
          if (chance.integer(50) === 0) line.weather = weather(chance);
        }
        await ports.advance(stepMs);
        const holders = managers.filter(({ isHolder }) => isHolder).length;
        expect({ seed, step, holders }).toEqual({ seed, step, holders: Math.min(1, holders) });
      }
      const epochs = managers.flatMap(({ leases }) => leases.map(({ epoch }) => epoch));
      expect(new Set(epochs).size).toBe(epochs.length);
      takeOvers += epochs.length - 1;
    }
    // Lines on which nobody ever takes over would prove nothing.
    expect(takeOvers).toBeGreaterThan(runs / 2);
  }, 240_000);
});
