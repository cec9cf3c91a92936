import { parseRequirement, type Ack, type Control, type Resources } from '@oakring/contracts';
import { defaultRequest } from '@oakring/contracts';
import { addressKey, type InstanceAddress, type Runtime } from '../runtimes/runtime.port.js';
import { decideControl, type KnownInstance } from './decide-control.js';

/** Ended instances are reported this many times over; older ones are forgotten. */
const maxEnded = 1_000;

interface Instance extends KnownInstance {
  readonly resources: Resources;
  /** Ids of the orders that wait for what is under way. */
  readonly orders: readonly string[];
  readonly cancel: AbortController;
}

export type Acknowledge = (ack: Pick<Ack, 'commandId' | 'generation' | 'phase' | 'reason'>) => void;

/** The instances of this worker: carries orders out on its runtimes and knows what there is. */
export class Instances {
  private readonly instances = new Map<string, Instance>();
  private readonly runtimes: ReadonlyMap<string, Runtime>;

  constructor(
    runtimes: readonly Runtime[],
    private readonly acknowledge: Acknowledge,
    /** An instance changed without an order that would tell. */
    private readonly changed: () => void,
  ) {
    this.runtimes = new Map(runtimes.map((runtime) => [runtime.technology, runtime]));
    for (const runtime of runtimes) {
      runtime.onExit((address, exit) => {
        const instance = this.instances.get(addressKey(address));
        if (instance === undefined) return;
        this.put({ ...instance, status: exit.status, reason: exit.reason });
        this.forgetOldest();
        this.changed();
      });
    }
  }

  /** Takes up what runs since before this start. */
  async adopt(): Promise<void> {
    for (const runtime of this.runtimes.values()) {
      for (const address of await runtime.existing()) {
        this.put({
          ...address,
          technology: runtime.technology,
          status: 'running',
          reason: 'ran since before the worker started',
          resources: { cpuMillis: 0, memoryMiB: 0 },
          orders: [],
          cancel: new AbortController(),
        });
      }
    }
  }

  list(): readonly KnownInstance[] {
    return [...this.instances.values()];
  }

  /** What the runtimes say their instances use; null when one leaves that to the machine. */
  used(): Resources | null {
    let cpuMillis = 0;
    let memoryMiB = 0;
    for (const runtime of this.runtimes.values()) {
      const used = runtime.used();
      if (used === null) return null;
      cpuMillis += used.cpuMillis;
      memoryMiB += used.memoryMiB;
    }
    return { cpuMillis, memoryMiB };
  }

  /** Use of one instance as it is reported: half of what it reserved, where nothing is measured. */
  usedBy(known: KnownInstance): Resources {
    const resources = this.instances.get(addressKey(known))?.resources;
    const isSimulated = known.technology === 'simulated';
    if (resources === undefined || !isSimulated) return { cpuMillis: 0, memoryMiB: 0 };
    return { cpuMillis: resources.cpuMillis / 2, memoryMiB: resources.memoryMiB / 2 };
  }

  /** Carries out one order; every order is acknowledged, repeated ones too. */
  async obey(control: Control): Promise<void> {
    const action = decideControl(control, this.list(), [...this.runtimes.keys()]);
    this.answer(control, 'received', null);
    switch (action.do) {
      case 'nothing':
        this.answer(control, action.phase, action.reason);
        break;
      case 'wait':
        this.addOrder(control);
        break;
      case 'start':
        await this.start(control);
        break;
      case 'stop':
        await this.stop(control);
        break;
    }
  }

  async close(): Promise<void> {
    for (const instance of this.instances.values()) instance.cancel.abort();
    await Promise.all([...this.runtimes.values()].map((runtime) => runtime.close()));
  }

  private async start(control: Control): Promise<void> {
    const requirement = parseRequirement(control.job);
    const runtime = this.runtimes.get(String(control.job['technology']));
    if (!requirement.ok || runtime === undefined) {
      const reason = requirement.ok ? 'no such runtime' : requirement.refusal.detail;
      return this.answer(control, 'failed', reason);
    }
    const address = addressOf(control);
    const key = addressKey(address);
    const resources = requirement.value.resources ?? defaultRequest;
    const cancel = new AbortController();
    this.put({
      ...address,
      technology: runtime.technology,
      status: 'starting',
      reason: null,
      resources,
      orders: [control.commandId],
      cancel,
    });
    const order = { ...address, description: control.job, resources };
    try {
      await runtime.start(order, cancel.signal, (what) => this.answer(control, 'progress', what));
      this.conclude(key, 'running', 'succeeded', null);
    } catch (error) {
      // A start that was cancelled is being deleted: that order answers.
      if (cancel.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.conclude(key, 'failed', 'failed', reason);
      this.instances.delete(key);
    }
  }

  /** Sets the status unless an exit came first, and answers everyone who waits. */
  private conclude(
    key: string,
    status: 'running' | 'failed',
    phase: 'succeeded' | 'failed',
    reason: string | null,
  ): void {
    const instance = this.instances.get(key);
    if (instance === undefined) return;
    if (instance.status === 'starting') this.put({ ...instance, status, reason, orders: [] });
    for (const commandId of instance.orders) {
      this.acknowledge({ commandId, generation: instance.generation, phase, reason });
    }
  }

  private async stop(control: Control): Promise<void> {
    const address = addressOf(control);
    const key = addressKey(address);
    const instance = this.instances.get(key);
    if (instance === undefined) return this.answer(control, 'succeeded', 'it is not here');
    instance.cancel.abort();
    this.put({ ...instance, status: 'stopping', orders: [control.commandId] });
    try {
      await this.runtimes.get(instance.technology)?.stop(address);
      const orders = this.instances.get(key)?.orders ?? [];
      this.instances.delete(key);
      for (const commandId of orders) {
        this.acknowledge({
          commandId,
          generation: address.generation,
          phase: 'succeeded',
          reason: null,
        });
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.put({ ...instance, status: 'running', reason, orders: [] });
      this.answer(control, 'failed', reason);
    }
  }

  private addOrder(control: Control): void {
    const instance = this.instances.get(addressKey(addressOf(control)));
    if (instance === undefined || instance.orders.includes(control.commandId)) return;
    this.put({ ...instance, orders: [...instance.orders, control.commandId] });
  }

  private answer(control: Control, phase: Ack['phase'], reason: string | null): void {
    const { commandId, generation } = control;
    this.acknowledge({ commandId, generation, phase, reason });
  }

  private put(instance: Instance): void {
    this.instances.set(addressKey(instance), instance);
  }

  private forgetOldest(): void {
    const ended = [...this.instances].filter(
      ([, { status }]) => status === 'completed' || status === 'failed',
    );
    for (const [key] of ended.slice(0, Math.max(0, ended.length - maxEnded))) {
      this.instances.delete(key);
    }
  }
}

function addressOf(control: Control): InstanceAddress {
  return {
    job: control.job.id,
    instance: control.instance,
    generation: control.generation,
  };
}
