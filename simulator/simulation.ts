import type { StoredEvent } from '@oakring/events';
import { faultsOf, type Plant } from './faults.js';
import { checkEnd } from './final-check.js';
import { Judge } from './judge.js';
import { SimulatedManager, type SchedulerHealth } from './manager.js';
import { Network } from './network.js';
import { StoredCommits } from './store.js';
import { capacityOf, Machine } from './workers.js';
import { Workload } from './workload.js';
import { World } from './world.js';

export interface Scale {
  readonly machines: number;
  /** How often people do something, milliseconds. */
  readonly actEveryMs: number;
}

export const usual: Scale = { machines: 30, actEveryMs: 2_000 };
export const large: Scale = { machines: 500, actEveryMs: 300 };

/** Faults come for so long … */
const troubledMs = 210_000;
/** … and this long after the last one everything must be as it is wanted. */
export const convergesWithinMs = 90_000;
const faultEveryMs = { least: 500, most: 9_000 };

export interface Verdict {
  readonly seed: number;
  /** The first broken promise; null: all were kept. */
  readonly violation: string | null;
  /** Hash of the ledger's head: the same for the same seed. */
  readonly hash: string;
  readonly commits: number;
  readonly faults: readonly string[];
}

/** One seed: five simulated minutes of a whole cluster. */
export async function simulate(
  seed: number,
  scale: Scale = usual,
  trace: Trace = () => {},
): Promise<Verdict> {
  const simulation = new Simulation(seed, scale, trace);
  return simulation.run();
}

/** Hears every event as it is committed, with the simulated time. */
export type Trace = (event: StoredEvent, atMs: number) => void;

class Simulation {
  private readonly world: World;
  private readonly network: Network;
  private readonly stored = new StoredCommits();
  private readonly judge: Judge;
  private readonly machines: Machine[];
  private readonly workload: Workload;
  private readonly scheduler: SchedulerHealth = { isAway: false };
  private readonly faults: string[] = [];
  private readonly kindsOfFault: ReturnType<typeof faultsOf>;
  private judgedUpTo = 0;
  private manager: SimulatedManager | null = null;
  private serving: SimulatedManager | null = null;

  constructor(
    private readonly seed: number,
    private readonly scale: Scale,
    private readonly trace: Trace,
  ) {
    this.world = new World(seed);
    this.network = new Network(this.world);
    this.judge = new Judge(this.world);
    const ids = Array.from({ length: scale.machines }, (_, index) => `node-${index + 1}`);
    this.machines = ids.map(
      (id, index) => new Machine(id, this.world, this.network, this.judge, capacityOf(index)),
    );
    this.workload = new Workload(this.world, () => this.current, this.machines);
    this.kindsOfFault = faultsOf(this.world);
  }

  /** The manager that answers, or the last one that did. */
  private get current(): SimulatedManager {
    const { serving } = this;
    if (serving === null) throw new Error('nobody serves yet');
    return serving;
  }

  async run(): Promise<Verdict> {
    await this.startManager();
    for (const machine of this.machines) machine.start();
    await this.world.runUntil(3_000);
    let nextActMs = this.world.nowMs;
    let nextFaultMs = 15_000;
    while (this.world.nowMs < troubledMs && this.judge.isQuiet) {
      if (this.world.nowMs >= nextActMs) {
        this.workload.act();
        nextActMs = this.world.nowMs + this.world.between(1, 2 * this.scale.actEveryMs);
      }
      if (this.world.nowMs >= nextFaultMs) {
        await this.fault();
        nextFaultMs = this.world.nowMs + this.world.between(faultEveryMs.least, faultEveryMs.most);
      }
      await this.world.runUntil(Math.min(nextActMs, nextFaultMs));
      this.checkAlive();
    }
    if (this.judge.isQuiet) await this.calmDown();
    const head = this.stored.commits.at(-1);
    return {
      seed: this.seed,
      violation: this.judge.violation?.message ?? null,
      hash: head?.hash ?? '',
      commits: this.stored.commits.length,
      faults: this.faults,
    };
  }

  private async startManager(): Promise<void> {
    const { world, network, stored, scheduler } = this;
    // What its predecessor wrote and never told is told now.
    const judged = (manager: SimulatedManager): void =>
      void manager.projection.onProjected((events, { position }) => {
        if (position <= this.judgedUpTo) return;
        this.judgedUpTo = position;
        this.judgeCommit(events, manager);
      });
    const manager = new SimulatedManager(world, network, stored, scheduler);
    this.manager = manager;
    judged(manager);
    await manager.start();
    this.serving = manager;
  }

  private judgeCommit(events: readonly StoredEvent[], manager: SimulatedManager): void {
    for (const event of events) this.trace(event, this.world.nowMs);
    this.judge.committed(events, manager.projection.state);
  }

  private checkAlive(): void {
    const failure = this.manager?.failure ?? null;
    if (failure !== null) this.judge.fail(`the manager ended: ${String(failure)}`);
    const bug = this.manager?.refused.find(({ code }) => code === 'internal');
    if (bug !== undefined) this.judge.fail(`a message could not be handled: ${bug.reason}`);
  }

  /** One of the things that go wrong in this seed. */
  private async fault(): Promise<void> {
    await this.world.pick(this.kindsOfFault)?.(this.plant);
  }

  private get plant(): Plant {
    const { world, network, stored, scheduler, machines } = this;
    return {
      ...{ world, network, stored, scheduler, machines },
      busy: () => this.workload.nodesAtWork,
      killManager: (forMs) => this.killManager(forMs),
      note: (what) => this.faults.push(`${(world.nowMs / 1000).toFixed(1)} s: ${what}`),
      later: (inMs, work) => this.later(inMs, work),
    };
  }

  private killManager(forMs: number): void {
    if (this.manager === null) return;
    this.plant.note('the manager is killed');
    this.manager.kill();
    this.manager = null;
    this.later(forMs, () => {
      if (this.manager === null) void this.startManager();
    });
  }

  private later(inMs: number, work: () => void): void {
    this.world.schedule(everybody, inMs, work);
  }

  private async calmDown(): Promise<void> {
    this.network.heal();
    this.stored.trouble = 0;
    this.stored.stalledUntilMs = 0;
    this.scheduler.isAway = false;
    if (this.manager === null) await this.startManager();
    for (const machine of this.machines) machine.start();
    this.workload.tidyUp();
    const endMs = this.world.nowMs + convergesWithinMs;
    for (let atMs = this.world.nowMs; atMs < endMs && this.judge.isQuiet; atMs += 1_000) {
      await this.world.runUntil(atMs);
      for (const machine of this.machines) machine.start();
      this.checkAlive();
    }
    const { workload, judge, stored } = this;
    const { state } = this.current.projection;
    if (judge.isQuiet) checkEnd({ state, workload, judge, commits: stored.commits });
  }
}

const everybody = { name: 'everybody', isDead: false, frozenUntilMs: 0 };
