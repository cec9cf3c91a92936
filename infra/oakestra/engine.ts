import type { Timers } from '@oakring/ports';
import { controlIn, type Order } from './control.js';

/** What it says: on which of its topics, and what. */
export type Say = (topic: 'job' | 'jobs/resources', payload: object) => void;

interface Container {
  readonly order: Order;
  state: 'pulling' | 'running' | 'ending';
  /** Orders that came during the pull. */
  repeats: number;
}

export interface EngineOptions {
  /** What it advertises: `docker` and others of its containerd. */
  readonly runtimes: readonly string[];
  /** How long it takes to fetch an image; 0: it is there. */
  readonly pullMs?: (image: string) => number;
  /** The newest that each instance has printed. */
  readonly log?: string;
  /** Why an image cannot be started; null, and without this: it can. */
  readonly faultOf?: (image: string) => string | null;
  /** Hears what really happens, whoever is told of it. */
  readonly witness?: Witness;
}

export interface Witness {
  started(order: Order): void;
  /** `isTold`: an order made an end of it. */
  gone(order: Order, isTold: boolean): void;
}

const startMs = 100;
const endMs = 30;
const alreadyThere = 'task already deployed';
const uselessDetail = 'Container is starting up';
const containerId = /^[A-Za-z0-9]+(?:[._-](?:[A-Za-z0-9]+))*$/;

/**
 * What a worker of Oakestra does with its orders, in the way and in about the time of the real one: it
 * acknowledges nothing, drops what it cannot read, fails in words, is silent where it does not know the
 * instance, and panics.
 */
export class Engine {
  /** Names with numbers of what it runs. */
  get running(): readonly string[] {
    return [...this.containers].flatMap(([key, { state }]) => (state === 'pulling' ? [] : [key]));
  }

  /** Whether it has this, or is fetching it. */
  holds(key: string): boolean {
    return this.containers.has(key);
  }

  hasPanicked = false;
  /** Orders that it could read. */
  readonly orders: string[] = [];
  /** Those of them that nobody gives who knows what is there: what has begun is to begin, or ends by another runtime. */
  readonly needless: string[] = [];
  dropped = 0;
  /** What ends with an error as soon as it was started. */
  readonly crashing = new Set<string>();
  private readonly containers = new Map<string, Container>();
  /** What the first of its runtimes listed the last time. */
  private seenBefore: { readonly services: readonly object[] } = { services: [] };

  constructor(
    private readonly options: EngineOptions,
    private readonly say: Say,
    private readonly timers: Timers,
    private readonly panic: () => void = () => {},
  ) {}

  control(kind: 'deploy' | 'delete', payload: string): void {
    if (this.hasPanicked) return;
    const heard = controlIn(payload, this.options.runtimes);
    switch (heard.is) {
      case 'dropped':
        this.dropped += 1;
        return;
      case 'panic':
        this.hasPanicked = true;
        this.containers.clear();
        return this.panic();
      case 'order':
        this.orders.push(`${kind} ${keyOf(heard.order)}`);
        return kind === 'deploy' ? this.deploy(heard.order) : this.delete(heard.order);
    }
  }

  /** It was ordered before, by another cluster, and runs. */
  adopt(order: Pick<Order, 'job_name' | 'instance_number' | 'image'>): void {
    const whole = { virtualization: 'docker', one_shot: false, ...order };
    this.containers.set(keyOf(whole), { order: whole, state: 'running', repeats: 0 });
  }

  /** A workload ends by itself. */
  end(key: string, exitCode: number): void {
    const container = this.containers.get(key);
    if (container === undefined) return;
    const { order } = container;
    this.remove(container, false);
    const isDone = exitCode === 0 && order.one_shot;
    this.word(order, isDone ? 'COMPLETED' : 'DEAD', uselessDetail);
  }

  /** It is told to stop: it says of each that it is gone. */
  terminate(): void {
    for (const { order } of this.containers.values()) this.word(order, 'DEAD', uselessDetail);
    this.containers.clear();
  }

  /**
   * One copy for each runtime, also when there is nothing. They look at different times: right after a change the
   * first has seen it, and the others not.
   */
  report(): void {
    const now = this.list();
    for (let copy = 0; copy < this.options.runtimes.length; copy += 1) {
      this.say('jobs/resources', copy === 0 ? now : this.seenBefore);
    }
    this.seenBefore = now;
  }

  /** What it has just now. */
  list(): { readonly services: readonly object[] } {
    const logs = this.options.log ?? 'hello\n';
    const services = [...this.containers.values()]
      .filter(({ state }) => state !== 'pulling')
      .map(({ order }) => ({
        ...{ cpu_percent: '1.5', memory_percent: '0.01', disk: '4096', logs },
        ...{ job_name: order.job_name, virtualization: 'docker' },
        instance: order.instance_number,
      }));
    return { services };
  }

  private deploy(order: Order): void {
    const key = keyOf(order);
    const there = this.containers.get(key);
    if (there !== undefined) this.needless.push(`deploy ${key} (${there.state})`);
    if (there?.state === 'pulling') {
      there.repeats += 1;
      return;
    }
    if (there?.state === 'ending') return this.word(order, 'FAILED', 'snapshot: already exists');
    const fault = there === undefined ? this.faultOf(order) : alreadyThere;
    if (fault !== null) {
      this.timers.after(startMs, () => this.word(order, 'FAILED', fault));
      return;
    }
    const container: Container = { order, state: 'pulling', repeats: 0 };
    this.containers.set(key, container);
    const pullMs = this.options.pullMs?.(order.image) ?? 0;
    this.timers.after(pullMs + startMs, () => {
      if (this.hasPanicked || this.containers.get(key) !== container) return;
      container.state = 'running';
      this.options.witness?.started(order);
      this.word(order, 'CREATED', '');
      for (let repeat = 0; repeat < container.repeats; repeat += 1) {
        this.word(order, 'FAILED', alreadyThere);
      }
      if (this.crashing.has(key)) this.end(key, 1);
    });
  }

  private faultOf(order: Order): string | null {
    const { virtualization, image, job_name: name } = order;
    if (!this.options.runtimes.includes(virtualization)) return `${virtualization} is not active`;
    const id = `${name}.instance.${order.instance_number}`;
    if (id.length > 76 || !containerId.test(id)) return `identifier "${id}" must match`;
    const isWhole = /^[^/]+\.[^/]+\/.*:[^/]+$/.test(image);
    if (!isWhole) return `failed to resolve reference "${image}"`;
    return this.options.faultOf?.(image) ?? null;
  }

  private delete(order: Order): void {
    const key = keyOf(order);
    const container = this.containers.get(key);
    // Of what is still fetched, or was ordered for another runtime, it knows nothing.
    const isKnown = container?.order.virtualization === order.virtualization;
    if (container !== undefined && !isKnown) this.needless.push(`delete ${key} (another runtime)`);
    if (container?.state !== 'running' || !isKnown) return;
    container.state = 'ending';
    this.word(order, 'UNDEPLOYED', '');
    this.timers.after(endMs, () => {
      if (this.containers.get(key) !== container) return;
      this.remove(container, true);
      this.word(order, 'DEAD', uselessDetail);
    });
  }

  private remove({ order, state }: Container, isTold: boolean): void {
    this.containers.delete(keyOf(order));
    if (state !== 'pulling') this.options.witness?.gone(order, isTold);
  }

  private word(order: Order, status: string, detail: string): void {
    const { job_name: sname, instance_number: instance } = order;
    this.say('job', { sname, status, status_detail: detail, instance, publicip: '' });
  }
}

export function keyOf({
  job_name: name,
  instance_number: number,
}: Pick<Order, 'job_name' | 'instance_number'>): string {
  return `${name}/${number}`;
}
