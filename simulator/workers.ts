import type { Resources } from '@oakring/contracts';
import { MemoryWorkerStore, Session, SimulatedRuntime } from '../apps/worker/src/index.js';
import type { WorkerOptions } from '../apps/worker/src/index.js';
import {
  addressKey,
  type InstanceAddress,
  type InstanceToCheck,
  type InstanceToStart,
} from '../apps/worker/src/runtimes/runtime.port.js';
import type { Judge } from './judge.js';
import { nativeLinkOf } from './native-link.js';
import type { Network } from './network.js';
import { Life, type World } from './world.js';

/** A runtime whose every start and stop is seen by the judge. */
class JudgedRuntime extends SimulatedRuntime {
  constructor(
    private readonly nodeId: string,
    private readonly judge: Judge,
    private readonly life: Life,
    world: World,
  ) {
    super(0, world.portsOf(life));
  }

  override async start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void> {
    await super.start(instance, signal, progress);
    if (this.life.isDead) return;
    this.judge.started(this.nodeId, instance);
    this.judge.illnesses.started(this.nodeId, addressKey(instance), instance.description);
  }

  override async check(instance: InstanceToCheck): Promise<string | null> {
    await super.check(instance);
    return this.judge.illnesses.look(this.nodeId, addressKey(instance));
  }

  override async stop(address: InstanceAddress): Promise<void> {
    await super.stop(address);
    if (!this.life.isDead) this.judge.stopped(this.nodeId, address);
  }

  override onExit(listener: Parameters<SimulatedRuntime['onExit']>[0]): void {
    super.onExit((address, exit) => {
      this.judge.ended(this.nodeId, address);
      listener(address, exit);
    });
  }
}

/** One machine, and the worker that comes and goes on it. */
export interface Machine {
  readonly nodeId: string;
  readonly isUp: boolean;
  start(): void;
  /** `kill -9`, or the machine loses its power (`isSilent`). */
  kill(isSilent: boolean): void;
  /** SIGTERM. */
  stop(): Promise<void>;
  freeze(forMs: number): void;
}

/** One with a worker of ours, and what that has on its disk. */
export class NativeMachine implements Machine {
  private session: Session | null = null;
  private life: Life | null = null;
  private store = new MemoryWorkerStore();
  private starts = 0;

  constructor(
    readonly nodeId: string,
    private readonly world: World,
    private readonly network: Network,
    private readonly judge: Judge,
    private readonly capacity: Resources,
  ) {
    judge.hasMachine(nodeId, capacity);
  }

  get isUp(): boolean {
    return this.life !== null;
  }

  start(): void {
    if (this.life !== null) return;
    if (this.starts > 0) this.store = this.store.restarted();
    this.starts += 1;
    const life = new Life(this.nodeId);
    this.life = life;
    const runtime = new JudgedRuntime(this.nodeId, this.judge, life, this.world);
    const link = nativeLinkOf(this.network, this.world, this.nodeId, life);
    const ports = this.world.portsOf(life);
    const parts = { store: this.store, runtimes: [runtime], link, ports, log: () => {} };
    this.session = new Session({ options: optionsOf(this.nodeId, this.capacity), ...parts });
    void this.session.start();
  }

  /** Its instances end with it. */
  kill(isSilent: boolean): void {
    if (this.life === null) return;
    this.life.isDead = true;
    this.life = null;
    this.session = null;
    this.judge.died(this.nodeId);
    this.network.died(this.nodeId, isSilent);
  }

  async stop(): Promise<void> {
    const { session, life } = this;
    if (session === null || life === null) return;
    this.session = null;
    this.life = null;
    await session.stop();
    life.isDead = true;
    this.judge.died(this.nodeId);
  }

  freeze(forMs: number): void {
    this.life?.freeze(this.world.nowMs + forMs);
  }
}

/** Every third machine is small: what comes to it must be counted well. */
export function capacityOf(index: number): Resources {
  return index % 3 === 0
    ? { cpuMillis: 250, memoryMiB: 256 }
    : { cpuMillis: 2_000, memoryMiB: 4_096 };
}

function optionsOf(id: string, capacity: Resources): WorkerOptions {
  return {
    ...{ id, name: id, mqttUrl: 'mqtt://simulated', username: null, password: null },
    ...{ dataFolder: '', runtimes: ['simulated'], labels: {}, ip: '10.0.0.1', port: 0 },
    ...{ capacity, startDelayMs: 0, dockerHost: '' },
  };
}
