import { parseRequirement, type Control, type JsonObject } from '@oakring/contracts';
import { leaseOf } from '../lease/leases.js';
import type { Remembered, RememberedInstance } from '../memory/worker-store.port.js';
import { addressKey, type InstanceAddress, type Runtime } from '../runtimes/runtime.port.js';
import { addressOf } from './control-message.js';
import { isEnded, newInstance, rememberedOf, type Instance } from './instance.js';
import { Tombstones } from './tombstones.js';

/** Ended instances that are still reported; what they left is removed with the oldest. */
const maxEnded = 100;

/** What is on this worker, what was, and what is to be remembered of both. */
export class InstanceTable {
  private readonly instances = new Map<string, Instance>();
  private readonly runtimes: ReadonlyMap<string, Runtime>;
  private readonly deleted: Tombstones;

  constructor(
    runtimes: readonly Runtime[],
    private readonly before: Remembered,
  ) {
    this.runtimes = new Map(runtimes.map((runtime) => [runtime.technology, runtime]));
    this.deleted = new Tombstones(before.deleted);
  }

  get technologies(): readonly string[] {
    return [...this.runtimes.keys()];
  }

  all(): Iterable<Instance> {
    return this.instances.values();
  }

  list(): readonly Instance[] {
    return [...this.instances.values()];
  }

  get(address: InstanceAddress): Instance | undefined {
    return this.instances.get(addressKey(address));
  }

  /** What the runtimes still have, and what is remembered; `isWanted`: it is to be started again. */
  async adopt(): Promise<readonly { instance: Instance; isWanted: boolean }[]> {
    const adopted: { instance: Instance; isWanted: boolean }[] = [];
    const remembered = new Map(this.before.instances.map((each) => [keyOf(each), each]));
    for (const runtime of this.runtimes.values()) {
      for (const { status, reason, ...address } of await runtime.existing()) {
        const known = remembered.get(addressKey(address));
        remembered.delete(addressKey(address));
        const description = known?.job ?? null;
        const leaseMs = description === null ? null : leaseOf(description);
        const instance = newInstance({ address, runtime, description, leaseMs }, status, reason);
        this.instances.set(addressKey(address), instance);
        adopted.push({ instance, isWanted: false });
      }
    }
    for (const each of remembered.values()) {
      const instance = this.revive(each);
      if (instance !== null) adopted.push({ instance, isWanted: each.status === 'wanted' });
    }
    return adopted;
  }

  private revive({
    job,
    instance,
    generation,
    status,
    reason,
  }: RememberedInstance): Instance | null {
    const runtime = this.runtimes.get(String(job['technology']));
    if (runtime === undefined) return null;
    const address = { job: job.id, instance, generation };
    const made = { address, runtime, description: job, leaseMs: leaseOf(job) };
    const revived = newInstance(made, status === 'wanted' ? 'starting' : status, reason);
    this.instances.set(addressKey(address), revived);
    return revived;
  }

  /** Why an order cannot be carried out here at all; null when it can. */
  problemOf(job: JsonObject, leaseMs: number | null): string | null {
    const requirement = parseRequirement(job);
    if (!requirement.ok) return requirement.refusal.detail;
    const runtime = this.runtimes.get(String(job['technology']));
    if (runtime === undefined) return 'no such runtime';
    return leaseMs !== null && runtime.outlives
      ? `${runtime.technology} instances outlive their worker: stopOnWorkerAfterMs cannot be kept`
      : null;
  }

  /** Takes the place of ended instances of the same number. `problemOf` has said null. */
  addOrdered(control: Control, leaseMs: number | null): Instance {
    const address = addressOf(control);
    const { job, instance } = address;
    this.forgetEnded((known) => known.job === job && known.instance === instance);
    const runtime = this.runtimes.get(String(control.job['technology']));
    if (runtime === undefined) throw new Error('no such runtime');
    const description = control.job;
    const added = newInstance({ address, runtime, description, leaseMs }, 'starting', null);
    this.instances.set(addressKey(address), added);
    return added;
  }

  remove(instance: Instance): void {
    this.instances.delete(addressKey(instance));
  }

  /** It was deleted here: a late order to start it must start nothing. */
  bury(address: InstanceAddress): void {
    this.deleted.add(address);
  }

  deletedGeneration(job: string, instance: number): number {
    return this.deleted.generationOf(job, instance);
  }

  forgetOldestEnded(): void {
    const ended = this.list().filter(isEnded);
    const oldest = new Set(ended.slice(0, Math.max(0, ended.length - maxEnded)));
    if (oldest.size > 0) this.forgetEnded((candidate) => oldest.has(candidate));
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

  snapshot(): Pick<Remembered, 'instances' | 'deleted'> {
    const instances = this.list().flatMap((instance) => rememberedOf(instance) ?? []);
    return { instances, deleted: this.deleted.entries() };
  }
}

function keyOf({ job, instance, generation }: RememberedInstance): string {
  return addressKey({ job: job.id, instance, generation });
}
