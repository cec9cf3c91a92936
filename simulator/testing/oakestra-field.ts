import type { StoredEvent } from '@oakring/events';
import { Auditor } from '../auditor.js';
import { Judge } from '../judge.js';
import { Managers } from '../managers.js';
import { Network } from '../network.js';
import { OakestraMachine } from '../oakestra-machine.js';
import { SimulatedStore } from '../store.js';
import { Life, World } from '../world.js';

/** Something that was seen: an event that is durable, an order that is said, a word that is heard. */
export interface Seen {
  readonly what: string;
  readonly atMs: number;
  readonly nodeId: string | null;
  readonly event: StoredEvent | null;
}

const capacity = { cpuMillis: 8_000, memoryMiB: 4_096 };
const everybody = new Life('everybody');
/** A machine takes one of these. */
const large = 3_000;
/** What is to come true takes no longer. */
const patienceMs = 300_000;

/**
 * A cluster with workers of Oakestra where nothing goes wrong but what a test does: real managers and
 * the strict stand-in's engine, in simulated time.
 */
export class OakestraField {
  readonly world: World;
  readonly network: Network;
  readonly machines: readonly OakestraMachine[];
  readonly seen: Seen[] = [];
  private readonly judge: Judge;
  private readonly auditor: Auditor;
  private readonly managers: Managers;
  /** Hears what is seen next, until it says that it has heard enough. */
  private watcher: ((seen: Seen) => boolean) | null = null;

  private constructor(seed: number, managers: number, machines: number) {
    const world = new World(seed);
    this.world = world;
    this.judge = new Judge(world);
    this.auditor = new Auditor(world, this.judge, (event) => this.note(event.type, null, event));
    const store = new SimulatedStore(world, (written) => this.auditor.durable(written));
    this.network = new Network(world, {
      spoken: (_end, topic, payload) => {
        const { strict } = this.judge;
        const start = strict.startIn(topic, payload);
        this.note(`says ${topic.split('/').at(-1)}`, topic);
        return start;
      },
      heard: (topic) => {
        this.judge.strict.heard(topic);
        if (topic.endsWith('/job')) this.note('hears a word', topic);
      },
      cut: (nodeId, untilMs) => this.judge.strict.troubled(nodeId, untilMs),
      linked: (isLinked) => this.judge.strict.linked(isLinked),
    });
    const { network, judge } = this;
    const ground = { world, network, store, scheduler: { isAway: false }, root: null };
    this.managers = new Managers(ground, managers);
    const around = {
      ...{ world, network, judge },
      register: async (...asked: Parameters<OakestraField['register']>) => this.register(...asked),
    };
    this.machines = Array.from(
      { length: machines },
      (_, index) => new OakestraMachine(index, capacity, around),
    );
  }

  /** All workers are there, and each of so many runs a service of its own: `service-<n>`. */
  static async begin(
    managers: number,
    { machines, services }: { readonly machines: number; readonly services: number },
  ): Promise<OakestraField> {
    const field = new OakestraField(7, managers, machines);
    void field.managers.startAll();
    for (const machine of field.machines) machine.start();
    // One may lose the answer to its registration, and comes again half a minute later.
    await field.until(() => field.machines.every(({ isRegistered }) => isRegistered));
    for (let number = 0; number < services; number += 1) {
      await field.order(`service-${number}`, { memory: large });
      await field.until(() => field.isRight(`service-${number}`));
    }
    return field;
  }

  async pass(ms: number): Promise<void> {
    await this.world.runUntil(this.world.nowMs + ms);
    const { failure } = this.managers;
    if (failure !== null) this.judge.fail(failure);
  }

  /** Resolves once it is so; or when it is not so for too long. */
  async until(isSo: () => boolean): Promise<void> {
    for (const endMs = this.nowMs + patienceMs; this.nowMs < endMs && !isSo();) {
      await this.pass(100);
    }
  }

  get violation(): string | null {
    return this.judge.violation?.message ?? null;
  }

  get nowMs(): number {
    return this.world.nowMs;
  }

  /** As its root orders instance 0 of it. Rejects when nobody is there to take it. */
  async order(id: string, { image = 'app', memory = 10 } = {}): Promise<void> {
    const document = {
      ...{ job_name: `app.ns.${id}.ns`, image: `docker.io/sim/${image}:1`, memory },
      virtualization: 'docker',
    };
    const desk = await this.managers.open(null);
    const asked = { isOver: false };
    const answer = desk.order(id, 0, document).finally(() => (asked.isOver = true));
    await this.until(() => asked.isOver || this.managers.leading === null);
    // Whoever was to answer is dead: nobody waits for that.
    if (asked.isOver) await answer;
  }

  /** What the ledger says of instance 0 of it. */
  placeOf(id: string): string {
    const instance = this.auditor.state.instances.get(`${id}/0`);
    if (instance === undefined) return 'unknown';
    const { status, confirmed, nodeId, generation } = instance;
    return `${status}${confirmed ? ', confirmed' : ''} on ${nodeId}, start ${generation}`;
  }

  /** Machines that really run it. */
  homesOf(id: string): string[] {
    return this.judge
      .allRunning()
      .flatMap(({ nodeId, key }) => (key.startsWith(`${id}/`) ? [nodeId] : []));
  }

  /** It runs once, where the ledger has it. */
  isRight(id: string): boolean {
    const homes = this.homesOf(id);
    return homes.length === 1 && this.placeOf(id).startsWith(`running, confirmed on ${homes[0]},`);
  }

  machineOf(id: string): OakestraMachine {
    const [home] = this.homesOf(id);
    const machine = this.machines.find(({ nodeId }) => nodeId === home);
    if (machine === undefined) throw new Error(`nobody runs ${id}`);
    return machine;
  }

  /** Its line breaks, and it finds no way back for so long. */
  cut({ nodeId }: OakestraMachine, forMs: number): void {
    this.network.partition([nodeId], forMs);
    this.network.died(nodeId, false);
  }

  /** Every manager that leads is killed when this is seen for the next time, and started again. */
  killAt(what: string, afterMs: number): void {
    this.watcher = (seen) => {
      if (seen.what !== what) return false;
      if (afterMs === 0) this.killLeader();
      else this.world.schedule(everybody, afterMs, () => this.killLeader());
      return true;
    };
  }

  since(atMs: number, what: string): readonly Seen[] {
    return this.seen.filter((each) => each.atMs >= atMs && each.what === what);
  }

  /** What managers said to workers. */
  orders(sinceMs: number): readonly string[] {
    const said = this.seen.filter(({ atMs, what }) => atMs >= sinceMs && what.startsWith('says '));
    return said.map(({ what }) => what);
  }

  private killLeader(): void {
    const { leading } = this.managers;
    if (leading === null) return;
    this.note('killed', null);
    this.managers.kill(leading.host);
    this.world.schedule(everybody, 1_000, () => void this.managers.start(leading.host));
  }

  private async register(
    ...asked: Parameters<ConstructorParameters<typeof OakestraMachine>[2]['register']>
  ): ReturnType<ConstructorParameters<typeof OakestraMachine>[2]['register']> {
    return (await this.managers.open(null)).register(...asked);
  }

  private note(what: string, topic: string | null, event: StoredEvent | null = null): void {
    const nodeId = topic?.split('/')[1] ?? null;
    const seen = { what, atMs: this.world.nowMs, nodeId, event };
    this.seen.push(seen);
    const { watcher } = this;
    if (watcher === null) return;
    this.watcher = null;
    if (!watcher(seen)) this.watcher = watcher;
  }
}
