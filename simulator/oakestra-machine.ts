import type { JsonObject, Resources } from '@oakring/contracts';
import { arrivalIn } from '../apps/manager/src/wires/spoken.js';
import type { Order } from '../infra/oakestra/control.js';
import { Engine, keyOf } from '../infra/oakestra/engine.js';
import { exitCodeOf, faultOf, pullMsOf, runMsOf } from './images.js';
import type { Judge } from './judge.js';
import type { Address } from './lines.js';
import type { Network } from './network.js';
import { OakestraLine } from './oakestra-line.js';
import type { Machine } from './workers.js';
import { Life, type World } from './world.js';

/** Registers a machine that calls from an address: what it is answered. */
export type RegistrationDesk = (
  body: JsonObject,
  ip: string,
) => Promise<{ readonly id: string; readonly MQTT_BROKER_PORT: string }>;

interface Surroundings {
  readonly world: World;
  readonly network: Network;
  readonly judge: Judge;
  readonly register: RegistrationDesk;
}

/** One start of its worker. */
interface Start {
  readonly life: Life;
  line: OakestraLine | null;
  readonly engine: Engine;
}

const periodMs = 2_000;
/** What it could not say is kept this often. */
const keptEveryMs = 7_000;
/** Its supervisor starts it again. */
const startedAgainMs = 30_000;
const lateListMs = 300;
/** A registration that nobody answers for so long is one that nobody can answer any more. */
const unansweredMs = 10_000;
const everybody = new Life('everybody');

/**
 * A machine with a worker of Oakestra: the strict stand-in's engine on a simulated line, as NodeEngine was
 * seen to behave (docs/oakestra.md). Its containers go on without it, until it is started again.
 */
export class OakestraMachine implements Machine {
  readonly nodeId: string;
  private current: Start | null = null;
  private readonly body: JsonObject;
  private readonly ip: string;
  private readonly runtimes: readonly string[];
  /** Which start each of its containers is of: only its judge knows. */
  private readonly held = new Map<string, Address>();

  constructor(
    index: number,
    capacity: Resources,
    private readonly around: Surroundings,
  ) {
    this.ip = `10.1.0.${index + 1}`;
    this.runtimes = index % 2 === 0 ? ['docker'] : ['docker', 'runc'];
    this.body = bodyOf(index, capacity, { ip: this.ip, runtimes: this.runtimes });
    this.nodeId = idOf(this.body, this.ip);
    around.judge.hasMachine(this.nodeId, capacity);
    around.judge.strict.has(this.nodeId);
  }

  get isUp(): boolean {
    return this.current !== null;
  }

  /** It removes what its containers are, and registers: what it was before it does not know. */
  start(): void {
    if (this.current !== null) return;
    const { world, judge } = this.around;
    judge.died(this.nodeId);
    this.held.clear();
    const life = new Life(this.nodeId);
    const started: Start = { life, line: null, engine: this.newEngine(life) };
    this.current = started;
    world.schedule(life, world.between(50, 2_000), () => this.register(started));
  }

  kill(isSilent: boolean): void {
    const { current: started } = this;
    if (started === null) return;
    const { judge, network } = this.around;
    this.current = null;
    judge.strict.troubled(this.nodeId, Number.POSITIVE_INFINITY);
    started.life.isDead = true;
    if (isSilent) judge.died(this.nodeId);
    network.died(this.nodeId, isSilent);
  }

  async stop(): Promise<void> {
    const { current: started } = this;
    if (started === null) return;
    this.current = null;
    this.around.judge.strict.troubled(this.nodeId, Number.POSITIVE_INFINITY);
    started.engine.terminate();
    this.around.judge.died(this.nodeId);
    started.life.isDead = true;
    started.line?.end(100);
  }

  freeze(forMs: number): void {
    const { current: started } = this;
    const { world, judge } = this.around;
    if (started === null) return;
    started.life.freeze(world.nowMs + forMs);
    judge.strict.troubled(this.nodeId, world.nowMs + forMs);
  }

  /** One of its workloads crashes; null: it has none. */
  crash(): string | null {
    const engine = this.current?.engine;
    const key = this.around.world.pick(engine?.running ?? []);
    if (engine === undefined || key === undefined) return null;
    engine.end(key, 137);
    return key;
  }

  /** Its next try to reach the broker is now. */
  hasten(): void {
    this.current?.line?.hasten();
  }

  /** It has registered, and has not ended since. */
  get isRegistered(): boolean {
    return this.current?.line !== null && this.current !== null;
  }

  private register(started: Start): void {
    const { network, world, register, judge } = this.around;
    if (network.isCutOff(this.nodeId)) return this.giveUp(started);
    // Who is to answer may die before that: its connection breaks.
    const broken = world.schedule(started.life, unansweredMs, () => this.giveUp(started));
    const answer = register(this.body, this.ip).finally(() => broken.cancel());
    answer.then(
      ({ id }) => {
        if (started.life.isDead) return;
        if (id !== this.nodeId) judge.fail(`${this.nodeId} registered, and is called ${id}`);
        // An answer that is lost is one that was not given.
        const isLost = network.isCutOff(this.nodeId) || world.happens(5);
        if (isLost || !this.begin(started)) this.giveUp(started);
      },
      () => {
        if (!started.life.isDead) this.giveUp(started);
      },
    );
  }

  /** It ends: all but a right answer, and a broker that is there, is the end of it. */
  private giveUp(started: Start): void {
    started.life.isDead = true;
    if (this.current === started) this.current = null;
    this.around.world.schedule(everybody, startedAgainMs, () => this.start());
  }

  private begin(started: Start): boolean {
    const { world, network } = this.around;
    const { life, engine } = started;
    const line = new OakestraLine(this.nodeId, life, world, network, (kind, payload, start) =>
      this.obey(engine, { kind, payload, start }),
    );
    if (!line.connect()) return false;
    started.line = line;
    this.around.judge.strict.isWell(this.nodeId);
    this.repeat(line, life, () => line.say('information', this.heartbeat()));
    for (const _ of this.runtimes) {
      // Each copy is a moment old.
      this.repeat(line, life, () => {
        const list = engine.list();
        world.schedule(life, world.between(0, lateListMs), () => {
          line.say('jobs/resources', list);
        });
      });
    }
    return true;
  }

  private repeat(line: OakestraLine, life: Life, say: () => void): void {
    const { world } = this.around;
    let keptMs = 0;
    const beat = (): void => {
      if (!line.isConnected && world.nowMs - keptMs < keptEveryMs) return;
      keptMs = world.nowMs;
      say();
    };
    world.schedule(life, world.between(0, periodMs), () => {
      world.schedule(life, periodMs, beat, periodMs);
    });
  }

  private newEngine(life: Life): Engine {
    const { world, judge } = this.around;
    const { timers } = world.portsOf(life);
    const witness = {
      started: (order: Order) => {
        const key = keyOf(order);
        const address = this.held.get(key);
        if (address === undefined) return judge.fail(`${this.nodeId} started ${key}: whose is it?`);
        judge.started(this.nodeId, address);
        const runMs = runMsOf(order.image);
        if (runMs === null) return;
        timers.after(runMs, () => {
          if (this.held.get(key) === address) engine.end(key, exitCodeOf(order.image));
        });
      },
      gone: (order: Order, isTold: boolean) => {
        const key = keyOf(order);
        const address = this.held.get(key);
        this.held.delete(key);
        if (address === undefined) return;
        if (isTold) judge.stopped(this.nodeId, address);
        else judge.ended(this.nodeId, address);
      },
    };
    const engine: Engine = new Engine(
      { runtimes: this.runtimes, pullMs: pullMsOf, faultOf, witness },
      (topic, payload) => {
        if (topic === 'job') judge.strict.said(this.nodeId, payload as Record<string, unknown>);
        this.current?.line?.say(topic, payload);
      },
      timers,
      () => judge.fail(`${this.nodeId} panics`),
    );
    return engine;
  }

  private obey(
    engine: Engine,
    { kind, payload, start }: { kind: 'deploy' | 'delete'; payload: string; start: Address | null },
  ): void {
    const { judge } = this.around;
    if (kind === 'deploy') {
      const order = JSON.parse(payload) as Order;
      const key = keyOf(order);
      if (start === null) return judge.fail(`${this.nodeId} is to start ${key}, nobody knows why`);
      const there = engine.holds(key) ? this.held.get(key) : undefined;
      if (there !== undefined && there.generation !== start.generation) {
        const what = `${start.job}/${start.instance}/${start.generation}`;
        judge.fail(`${this.nodeId} is to start ${what} while it has /${there.generation}`);
      }
      if (there === undefined) this.held.set(key, start);
    }
    const { dropped } = engine;
    engine.control(kind, payload);
    if (engine.dropped > dropped) judge.fail(`${this.nodeId} dropped ${kind} ${payload}`);
  }

  /** Everything else is there, and empty. */
  private heartbeat(): object {
    return {
      ...{ id: '', host: '', port: '', system_info: null, network_info: null, disk_info: null },
      ...{ architecture: '', virtualization: null, supported_addons: null, csi_drivers: null },
      ...{ ip: this.ip, cpu_percent: 12.5, vcpus: 4, memory_percent: 25.5, memory: 3_000 },
      ...{ gpu_driver: '-', gpu_temp: 0, gpu_usage: 0, vram: 0, vram_percent: 0, vgpus: 0 },
    };
  }
}

function bodyOf(
  index: number,
  { cpuMillis, memoryMiB }: Resources,
  { ip, runtimes }: { readonly ip: string; readonly runtimes: readonly string[] },
): JsonObject {
  const stats = JSON.stringify({ hostid: `host-${index + 1}` });
  return {
    ...{ id: '', host: `oak-${index + 1}`, ip, port: '3000', architecture: 'amd64' },
    ...{ cpu_percent: 12.5, vcpus: Math.ceil(cpuMillis / 1_000), memory: memoryMiB },
    ...{ memory_percent: 25.5, gpu_driver: '-', gpu_usage: 0, vgpus: 0, gpu_temp: 0 },
    ...{ vram: 0, vram_percent: 0, virtualization: runtimes, supported_addons: [] },
    system_info: { kernel_version: '6.1', full_stats: stats },
    network_info: { eth0: `02:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}` },
    ...{ disk_info: {}, csi_drivers: [], Overlay: false, NetManagerPort: 0 },
  };
}

/** Of a cluster that knows nobody yet; the same for ever. */
function idOf(body: JsonObject, ip: string): string {
  const arrival = arrivalIn(body, ip);
  if (!arrival.ok) throw new Error(arrival.refusal.detail);
  return arrival.value.claimOf({ nodes: [], isHeard: () => false }).registration.id;
}
