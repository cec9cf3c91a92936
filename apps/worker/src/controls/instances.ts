import { parseRequirement, type Ack, type Control, type Resources } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';
import {
  addressKey,
  type InstanceAddress,
  type InstanceExit,
  type Runtime,
} from '../runtimes/runtime.port.js';
import { addressOf } from './control-message.js';
import { decideControl, type InstanceStatus, type KnownInstance } from './decide-control.js';
import { Tombstones } from './tombstones.js';

/** Ended instances that are still reported; what they left is removed with the oldest. */
const maxEnded = 100;
/** At most one `progress` in this time, however much the runtime has to say. */
const progressEveryMs = 2_000;
/** Well under what an acknowledgement may carry, and under what a state of many has room for. */
const maxReasonCharacters = 300;

interface Instance extends KnownInstance {
  status: InstanceStatus;
  reason: string | null;
  readonly runtime: Runtime;
  /** Orders that the end of what is under way will answer. */
  orders: string[];
  readonly cancel: AbortController;
  /** Settled, never rejected, once the start has come to an end. */
  started: Promise<void>;
}

export type Acknowledge = (ack: Omit<Ack, 'incarnation'>) => void;

/**
 * The instances of this worker: carries orders out on its runtimes and knows what there is.
 * starting → running → completed | failed by itself; any → stopping → gone by `delete`, which
 * cancels a start that is under way and waits for its end before it removes anything.
 */
export class Instances {
  private readonly instances = new Map<string, Instance>();
  private readonly runtimes: ReadonlyMap<string, Runtime>;
  private readonly deleted = new Tombstones();

  constructor(
    runtimes: readonly Runtime[],
    private readonly clock: Clock,
    private readonly acknowledge: Acknowledge,
    /** An instance changed without an order that would tell. */
    private readonly changed: () => void,
  ) {
    this.runtimes = new Map(runtimes.map((runtime) => [runtime.technology, runtime]));
    for (const runtime of runtimes) {
      runtime.onExit((address, exit) => this.ended(address, exit));
    }
  }

  /** Takes up what is there since before this start. */
  async adopt(): Promise<void> {
    for (const runtime of this.runtimes.values()) {
      for (const { status, reason, ...address } of await runtime.existing()) {
        this.add(address, runtime, status, reason);
      }
    }
  }

  list(): readonly KnownInstance[] {
    return [...this.instances.values()];
  }

  /** Use of one instance as its runtime last measured it. */
  usageOf(address: InstanceAddress): Resources | null {
    return this.instances.get(addressKey(address))?.runtime.usageOf(address) ?? null;
  }

  /** Carries out one order; every order is acknowledged, repeated ones too. Never rejects. */
  async obey(control: Control): Promise<void> {
    const action = decideControl(control, {
      instances: this.list(),
      deletedGeneration: this.deleted.generationOf(control.job.id, control.instance),
      offered: [...this.runtimes.keys()],
    });
    const { commandId, generation } = control;
    this.acknowledge({ commandId, generation, phase: 'received', reason: null });
    switch (action.do) {
      case 'answer':
        if (control.command === 'delete') this.deleted.add(addressOf(control));
        this.acknowledge({ commandId, generation, phase: action.phase, reason: action.reason });
        break;
      case 'join':
        this.join(control);
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

  private start(control: Control): Promise<void> {
    const { commandId, generation } = control;
    const requirement = parseRequirement(control.job);
    const runtime = this.runtimes.get(String(control.job['technology']));
    if (!requirement.ok || runtime === undefined) {
      const reason = requirement.ok ? 'no such runtime' : requirement.refusal.detail;
      this.acknowledge({ commandId, generation, phase: 'failed', reason });
      return Promise.resolve();
    }
    const address = addressOf(control);
    this.forgetEnded(({ job, instance }) => job === address.job && instance === address.instance);
    const instance = this.add(address, runtime, 'starting', null);
    instance.orders = [commandId];
    instance.started = this.run(instance, control, requirement.value.resources);
    return instance.started;
  }

  private async run(instance: Instance, control: Control, resources: Resources): Promise<void> {
    const { signal } = instance.cancel;
    const order = { ...addressOf(control), description: control.job, resources };
    let saidMs = this.clock.monotonicMs();
    const progress = (what: string): void => {
      const nowMs = this.clock.monotonicMs();
      if (signal.aborted || nowMs - saidMs < progressEveryMs) return;
      saidMs = nowMs;
      this.answer(instance.orders, instance, 'progress', what);
    };
    const { orders } = instance;
    let failure: string | null = null;
    try {
      await instance.runtime.start(order, signal, progress);
    } catch (error) {
      failure = reasonOf(error);
    }
    if (signal.aborted) {
      // The `delete` that cancelled it has its own orders; these will never run.
      this.answer(orders, instance, 'failed', 'deleted before it ran');
      return;
    }
    // An exit may have come first: then that is what is known.
    if (instance.status === 'starting') {
      instance.status = failure === null ? 'running' : 'failed';
      instance.reason = failure;
    }
    instance.orders = [];
    const phase = instance.status === 'failed' ? 'failed' : 'succeeded';
    this.answer(orders, instance, phase, instance.reason);
  }

  private async stop(control: Control): Promise<void> {
    const address = addressOf(control);
    const instance = this.instances.get(addressKey(address));
    if (instance === undefined) return;
    const { status, reason } = instance;
    instance.status = 'stopping';
    instance.orders = [control.commandId];
    instance.cancel.abort();
    await instance.started;
    try {
      await instance.runtime.stop(address);
      this.instances.delete(addressKey(address));
      this.deleted.add(address);
      this.answer(instance.orders, instance, 'succeeded', null);
    } catch (error) {
      instance.status = status === 'starting' ? 'failed' : status;
      instance.reason = reason;
      this.answer(
        instance.orders,
        instance,
        'failed',
        `it could not be stopped: ${reasonOf(error)}`,
      );
      instance.orders = [];
    }
  }

  private join(control: Control): void {
    const instance = this.instances.get(addressKey(addressOf(control)));
    // The list is shared with the work that is under way: its end answers what is in it then.
    if (instance?.orders.includes(control.commandId) === false) {
      instance.orders.push(control.commandId);
    }
  }

  private ended(address: InstanceAddress, exit: InstanceExit): void {
    const instance = this.instances.get(addressKey(address));
    if (instance === undefined || instance.status === 'stopping') return;
    instance.status = exit.status;
    instance.reason = exit.reason.slice(0, maxReasonCharacters);
    const ended = [...this.instances.values()].filter(isEnded);
    const oldest = new Set(ended.slice(0, Math.max(0, ended.length - maxEnded)));
    if (oldest.size > 0) this.forgetEnded((candidate) => oldest.has(candidate));
    this.changed();
  }

  /** Removes what ended instances left behind (a container, its logs). */
  private forgetEnded(matches: (instance: Instance) => boolean): void {
    for (const [key, instance] of this.instances) {
      if (!isEnded(instance) || !matches(instance)) continue;
      this.instances.delete(key);
      instance.runtime.stop(instance).catch(() => {
        // It has ended: the next start of the worker finds it again and can be told to delete it.
      });
    }
  }

  private answer(
    orders: readonly string[],
    { generation }: Instance,
    phase: Ack['phase'],
    reason: string | null,
  ): void {
    for (const commandId of orders) {
      this.acknowledge({ commandId, generation, phase, reason });
    }
  }

  private add(
    address: InstanceAddress,
    runtime: Runtime,
    status: InstanceStatus,
    reason: string | null,
  ): Instance {
    const instance: Instance = {
      ...address,
      runtime,
      status,
      reason,
      orders: [],
      cancel: new AbortController(),
      started: Promise.resolve(),
    };
    this.instances.set(addressKey(address), instance);
    return instance;
  }
}

function isEnded({ status }: KnownInstance): boolean {
  return status === 'completed' || status === 'failed';
}

function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, maxReasonCharacters);
}
