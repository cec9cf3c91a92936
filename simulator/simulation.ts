import { Auditor, type Trace } from './auditor.js';
import { faultsOf, type Plant } from './faults.js';
import { checkCurrentViews, checkEnd } from './final-check.js';
import { Judge } from './judge.js';
import { Managers } from './managers.js';
import { Network } from './network.js';
import type { SchedulerHealth } from './scheduler.js';
import { SimulatedStore } from './store.js';
import { capacityOf, Machine } from './workers.js';
import { Workload } from './workload.js';
import { Life, World } from './world.js';

export interface Scale {
  /** One on a folder, or so many on a store that they share; null: the seed draws it. */
  readonly managers: number | null;
  readonly machines: number;
  /** How often people do something, milliseconds. */
  readonly actEveryMs: number;
}

export const usual: Scale = { managers: 1, machines: 30, actEveryMs: 2_000 };
export const large: Scale = { managers: 1, machines: 500, actEveryMs: 300 };

/** Faults come for so long … */
const troubledMs = 210_000;
/** … and this long after the last one everything must be as it is wanted. */
export const convergesWithinMs = 90_000;
const faultEveryMs = { least: 500, most: 9_000 };
/** In between, views are compared with what they are folded from. */
const compareEveryMs = 30_000;
/** Of seeds that draw the number of their managers, percent that have several, and how many at most. */
const several = { percent: 25, most: 5 };

export interface Verdict {
  readonly seed: number;
  readonly managers: number;
  /** How often somebody took over. */
  readonly epochs: number;
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

class Simulation {
  private readonly world: World;
  private readonly network: Network;
  private readonly store: SimulatedStore;
  private readonly auditor: Auditor;
  private readonly judge: Judge;
  private readonly managers: Managers;
  private readonly machines: Machine[];
  private readonly workload: Workload;
  private readonly scheduler: SchedulerHealth = { isAway: false };
  private readonly faults: string[] = [];
  private readonly kindsOfFault: ReturnType<typeof faultsOf>;

  constructor(
    private readonly seed: number,
    private readonly scale: Scale,
    trace: Trace,
  ) {
    const world = new World(seed);
    this.world = world;
    this.judge = new Judge(world);
    this.auditor = new Auditor(world, this.judge, trace);
    this.store = new SimulatedStore(world, (written) => this.auditor.durable(written));
    this.network = new Network(world, ({ machine }, payload) =>
      this.judge.spoke(machine, payload, this.auditor.epoch),
    );
    const count =
      scale.managers ?? (world.happens(several.percent) ? world.between(2, several.most) : 1);
    const { network, store, scheduler } = this;
    this.managers = new Managers({ world, network, store, scheduler }, count);
    const ids = Array.from({ length: scale.machines }, (_, index) => `node-${index + 1}`);
    this.machines = ids.map(
      (id, index) => new Machine(id, world, network, this.judge, capacityOf(index)),
    );
    this.workload = new Workload(
      world,
      this.managers,
      this.auditor.state,
      this.machines,
      this.judge,
    );
    this.kindsOfFault = faultsOf(world, count);
  }

  async run(): Promise<Verdict> {
    void this.managers.startAll();
    for (const machine of this.machines) machine.start();
    await this.world.runUntil(3_000);
    let nextActMs = this.world.nowMs;
    let nextFaultMs = 15_000;
    let nextLookMs = compareEveryMs;
    while (this.world.nowMs < troubledMs && this.judge.isQuiet) {
      if (this.world.nowMs >= nextActMs) {
        this.workload.act();
        nextActMs = this.world.nowMs + this.world.between(1, 2 * this.scale.actEveryMs);
      }
      if (this.world.nowMs >= nextFaultMs) {
        await this.world.pick(this.kindsOfFault)?.(this.plant);
        nextFaultMs = this.world.nowMs + this.world.between(faultEveryMs.least, faultEveryMs.most);
      }
      if (this.world.nowMs >= nextLookMs) {
        checkCurrentViews(this.managers, this.auditor.state, this.judge);
        nextLookMs += compareEveryMs;
      }
      await this.world.runUntil(Math.min(nextActMs, nextFaultMs));
      this.checkAlive();
    }
    if (this.judge.isQuiet) await this.calmDown();
    return {
      seed: this.seed,
      managers: this.managers.hosts.length,
      epochs: this.auditor.epoch,
      violation: this.judge.violation?.message ?? null,
      hash: this.store.head.hash,
      commits: this.store.commits.length,
      faults: this.faults,
    };
  }

  private checkAlive(): void {
    const { failure } = this.managers;
    if (failure !== null) this.judge.fail(failure);
  }

  private get plant(): Plant {
    const { world, network, store, scheduler, machines, managers } = this;
    return {
      ...{ world, network, store, scheduler, machines, managers },
      busy: () => this.workload.nodesAtWork,
      note: (what) => this.faults.push(`${(world.nowMs / 1000).toFixed(1)} s: ${what}`),
      later: (inMs, work) => this.later(inMs, work),
    };
  }

  private later(inMs: number, work: () => void): void {
    this.world.schedule(everybody, inMs, work);
  }

  private async calmDown(): Promise<void> {
    const { managers, machines, store, world } = this;
    this.network.heal();
    store.trouble = store.stalledUntilMs = store.electingUntilMs = 0;
    this.scheduler.isAway = false;
    for (const host of managers.hosts) {
      host.route.cutUntilMs = host.clockErrorMs = 0;
      void managers.start(host);
    }
    for (const machine of machines) machine.start();
    this.workload.tidyUp();
    const endMs = world.nowMs + convergesWithinMs;
    for (let atMs = world.nowMs; atMs < endMs && this.judge.isQuiet; atMs += 1_000) {
      await world.runUntil(atMs);
      for (const machine of machines) machine.start();
      for (const host of managers.hosts) void managers.start(host);
      this.checkAlive();
    }
    const { workload, judge, auditor } = this;
    const { commits } = store;
    if (judge.isQuiet) checkEnd({ state: auditor.state, workload, judge, commits, managers });
  }
}

const everybody = new Life('everybody');
