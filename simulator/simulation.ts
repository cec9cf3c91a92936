import { Auditor, type Trace } from './auditor.js';
import type { JsonObject, Resources } from '@oakring/contracts';
import { faultsOf, type Plant } from './faults.js';
import { checkCurrentViews, checkEnd } from './final-check.js';
import { Judge } from './judge.js';
import type { Address, ManagerEnd } from './lines.js';
import { Managers } from './managers.js';
import { Network } from './network.js';
import { OakestraMachine, type RegistrationDesk } from './oakestra-machine.js';
import { SimulatedRoot, type ServiceDesk } from './root.js';
import type { SchedulerHealth } from './scheduler.js';
import { SimulatedStore } from './store.js';
import { capacityOf, NativeMachine, type Machine } from './workers.js';
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
/** Of the machines, percent that have workers of Oakestra. */
const foreignPercent = [0, 10, 20, 40];
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
  private readonly oakestra: readonly OakestraMachine[];
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
    this.network = new Network(world, {
      spoken: (end, topic, payload) => this.spoken(end, topic, payload),
      heard: (topic) => this.judge.strict.heard(topic),
      cut: (nodeId, untilMs) => this.judge.strict.troubled(nodeId, untilMs),
      linked: (isLinked) => this.judge.strict.linked(isLinked),
    });
    const foreign = Math.round((scale.machines * (world.pick(foreignPercent) ?? 0)) / 100);
    const count =
      scale.managers ?? (world.happens(several.percent) ? world.between(2, several.most) : 1);
    const { network, store, scheduler, judge } = this;
    const root = foreign === 0 ? null : this.newRoot();
    this.managers = new Managers({ world, network, store, scheduler, root }, count);
    const ids = Array.from({ length: scale.machines - foreign }, (_, index) => `node-${index + 1}`);
    const native = ids.map(
      (id, index) => new NativeMachine(id, world, network, judge, capacityOf(index)),
    );
    const register: RegistrationDesk = (body, ip) => this.register(body, ip);
    this.oakestra = Array.from(
      { length: foreign },
      (_, index) =>
        new OakestraMachine(index, foreignCapacityOf(index), { world, network, judge, register }),
    );
    this.machines = [...native, ...this.oakestra];
    const { state } = this.auditor;
    const hasContainers = foreign > 0;
    this.workload = new Workload(
      ...([world, this.managers, state, this.machines, judge, hasContainers, root] as const),
    );
    this.kindsOfFault = faultsOf(world, count, hasContainers);
  }

  private newRoot(): SimulatedRoot {
    const desk: ServiceDesk = {
      order: async (host, ...asked) => (await this.managers.open(host)).order(...asked),
      end: async (host, ...asked) => (await this.managers.open(host)).end(...asked),
    };
    const wasOrdered = (id: string) => this.workload.services?.services.has(id) ?? false;
    return new SimulatedRoot(this.world, this.judge, desk, wasOrdered);
  }

  private async register(body: JsonObject, ip: string): ReturnType<RegistrationDesk> {
    return (await this.managers.open(null)).register(body, ip);
  }

  private spoken(end: ManagerEnd, topic: string, payload: string): Address | null {
    const { judge, auditor } = this;
    judge.spoke(end.machine, payload, auditor.epoch);
    if (judge.strict.isOrder(topic) && end.life !== auditor.writer) {
      judge.fail(`${end.machine} orders something on ${topic}, and another writes`);
    }
    return judge.strict.startIn(topic, payload);
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

  /** What an operator does with workers that speak under an id that nobody knows. */
  private startStrangers(): void {
    for (const machine of this.oakestra) {
      const isKnown = this.auditor.state.nodes.get(machine.nodeId) !== undefined;
      if (machine.isRegistered && !isKnown) machine.kill(false);
    }
  }

  private checkAlive(): void {
    const { failure } = this.managers;
    if (failure !== null) this.judge.fail(failure);
  }

  private get plant(): Plant {
    const { world, network, store, scheduler, machines, managers, oakestra } = this;
    const { services } = this.workload;
    return {
      ...{ world, network, store, scheduler, machines, managers, oakestra, services },
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
    const { services } = this.workload;
    if (services !== null) services.root.health = 'well';
    for (const host of managers.hosts) {
      host.route.cutUntilMs = host.clockErrorMs = 0;
      void managers.start(host);
    }
    for (const machine of machines) machine.start();
    this.workload.tidyUp();
    for (const machine of this.oakestra) machine.hasten();
    const endMs = world.nowMs + convergesWithinMs;
    for (let atMs = world.nowMs; atMs < endMs && this.judge.isQuiet; atMs += 1_000) {
      await world.runUntil(atMs);
      this.startStrangers();
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

/** Nearly all of these are large: most of what they run has nowhere else to go. */
function foreignCapacityOf(index: number): Resources {
  return index % 4 === 3
    ? { cpuMillis: 1_000, memoryMiB: 512 }
    : { cpuMillis: 4_000, memoryMiB: 4_096 };
}
