import {
  parseRequirement,
  secretsNamedIn,
  type Constraint,
  type Control,
  type JsonObject,
} from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { allowedFeatures, type AllowedToJobs } from '../allowed/allowances.js';
import { whyNotAllowed } from '../allowed/why-not-allowed.js';
import { leaseOf } from '../lease/leases.js';
import type { Remembered, RememberedInstance } from '../memory/worker-store.port.js';
import { lastPrinted } from '../runtimes/last-printed.js';
import {
  addressKey,
  type FoundInstance,
  type InstanceAddress,
  type Runtime,
} from '../runtimes/runtime.port.js';
import { addressOf, identityOf } from './control-message.js';
import {
  isEnded,
  newInstance,
  rememberedOf,
  shortReason,
  type Failed,
  type Instance,
} from './instance.js';
import { redactedLines } from './redaction.js';
import { Tombstones } from './tombstones.js';

/** Ended instances that are still reported; what they left is removed with the oldest. */
const maxEnded = 100;

interface TableParts {
  readonly runtimes: readonly Runtime[];
  readonly before: Remembered;
  /** What this machine's owner lets jobs have of it. */
  readonly allowed: AllowedToJobs;
}

/** Why an order cannot be carried out here at all. */
interface Problem extends Failed {
  readonly reason: string;
}

/** What is on this worker, what was, and what is to be remembered of both. */
export class InstanceTable {
  private readonly instances = new Map<string, Instance>();
  /** The same by `<job>/<instance>`: what an order may be about. */
  private readonly numbers = new Map<string, Set<Instance>>();
  /** Those that have ended, oldest first. */
  private readonly ended = new Set<Instance>();
  private readonly runtimes: ReadonlyMap<string, Runtime>;
  private readonly before: Remembered;
  private readonly allowed: AllowedToJobs;
  private deleted: Tombstones;

  constructor(
    { runtimes, before, allowed }: TableParts,
    /** Null: what failed instances printed last is not asked for. */
    private readonly timers: Timers | null,
  ) {
    this.before = before;
    this.allowed = allowed;
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

  /** Every generation of one number. */
  ofNumber(job: string, instance: number): readonly Instance[] {
    return [...(this.numbers.get(`${job}/${instance}`) ?? [])];
  }

  private put(instance: Instance): void {
    this.instances.set(addressKey(instance), instance);
    const number = `${instance.job}/${instance.instance}`;
    const others = this.numbers.get(number);
    if (others === undefined) this.numbers.set(number, new Set([instance]));
    else others.add(instance);
    if (isEnded(instance)) this.ended.add(instance);
  }

  /** What the runtimes still have, and what is remembered; `isWanted`: it is to be started again. */
  async adopt(): Promise<readonly { instance: Instance; isWanted: boolean }[]> {
    const adopted: { instance: Instance; isWanted: boolean }[] = [];
    const remembered = new Map(this.before.instances.map((each) => [keyOf(each), each]));
    for (const runtime of this.runtimes.values()) {
      for (const found of await runtime.existing()) {
        const known = remembered.get(addressKey(found));
        // What had its name before, and was to give way to it: gone, or what there is.
        if (isOther(found, known) && (await isStopped(runtime, found))) continue;
        remembered.delete(addressKey(found));
        const instance = this.takeUp(runtime, found, isOther(found, known) ? undefined : known);
        // It crashed while nobody looked: the manager does not know of it.
        const isNews = instance.status === 'failed' && known?.status !== 'failed';
        if (isNews && this.timers !== null) {
          const lines = await lastPrinted(runtime, instance, this.timers);
          instance.lastLines = redactedLines(instance.redacted, lines);
        }
        adopted.push({ instance, isWanted: false });
      }
    }
    for (const each of remembered.values()) {
      const instance = this.revive(each);
      if (instance !== null) adopted.push({ instance, isWanted: instance.status === 'starting' });
    }
    return adopted;
  }

  private takeUp(
    runtime: Runtime,
    found: FoundInstance,
    known: RememberedInstance | undefined,
  ): Instance {
    const { job, instance, generation, ledger = null, digest = null } = found;
    const description = known?.job ?? null;
    const leaseMs = description === null ? null : leaseOf(description);
    const identity = { ledger: known?.ledger ?? ledger, digest: known?.digest ?? digest };
    const address = { job, instance, generation };
    const secrets = secretsOf(known);
    const made = { address, runtime, description, leaseMs, identity, secrets };
    // How it ended was told in these words before.
    const isTold = known !== undefined && known.status !== 'wanted' && found.status !== 'running';
    const { status, reason } = isTold ? known : { ...found, reason: shortReason(found.reason) };
    const taken = newInstance(made, status === 'wanted' ? 'starting' : status, reason);
    if (reason !== null && !isTold) taken.reason = taken.redacted(reason);
    this.put(taken);
    return taken;
  }

  private revive({
    job,
    instance,
    generation,
    status,
    reason,
    ledger = null,
    digest = null,
    secrets = {},
  }: RememberedInstance): Instance | null {
    const runtime = this.runtimes.get(String(job['technology']));
    if (runtime === undefined) return null;
    const address = { job: job.id, instance, generation };
    const identity = { ledger, digest };
    const leaseMs = leaseOf(job);
    const made = { address, runtime, description: job, leaseMs, identity, secrets };
    // What was taken before may be more than this start can promise (it has no cgroups any more).
    const problem = status === 'wanted' ? this.problemOf(job, leaseMs) : null;
    const revived =
      problem === null
        ? newInstance(made, status === 'wanted' ? 'starting' : status, reason)
        : { ...newInstance(made, 'failed', problem.reason), fault: problem.fault };
    this.put(revived);
    return revived;
  }

  /** Null when an order can be carried out. */
  problemOf(job: JsonObject, leaseMs: number | null): Problem | null {
    const requirement = parseRequirement(job);
    if (!requirement.ok) return { reason: requirement.refusal.detail, fault: null };
    const runtime = this.runtimes.get(String(job['technology']));
    if (runtime === undefined) return { reason: 'no such runtime', fault: null };
    const more = whyNotAllowed(runtime.technology, job, this.allowed);
    if (more !== null) return { reason: more, fault: 'node' };
    const offered = allowedFeatures(runtime, this.allowed);
    const reason = lackOf(offered, requirement.value.constraints) ?? whyNotLeased(runtime, leaseMs);
    return reason === null ? null : { reason, fault: null };
  }

  /** Takes the place of ended instances of the same number. `problemOf` has said null. */
  addOrdered(control: Control, leaseMs: number | null): Instance {
    const address = addressOf(control);
    const { job, instance } = address;
    for (const known of this.ofNumber(job, instance)) if (isEnded(known)) this.forget(known);
    const runtime = this.runtimes.get(String(control.job['technology']));
    if (runtime === undefined) throw new Error('no such runtime');
    const description = control.job;
    const identity = identityOf(control);
    const { secrets = {} } = control;
    const made = { address, runtime, description, leaseMs, identity, secrets };
    const added = newInstance(made, 'starting', null);
    this.put(added);
    return added;
  }

  remove(instance: Instance): void {
    this.instances.delete(addressKey(instance));
    this.ended.delete(instance);
    const number = `${instance.job}/${instance.instance}`;
    const others = this.numbers.get(number);
    others?.delete(instance);
    if (others?.size === 0) this.numbers.delete(number);
  }

  /** Generations begin again: what another ledger had deleted says nothing about this one's. */
  beganAnew(): void {
    this.deleted = new Tombstones();
  }

  /** It was deleted here: a late order to start it must start nothing. */
  bury(address: InstanceAddress): void {
    this.deleted.add(address);
  }

  deletedGeneration(job: string, instance: number): number {
    return this.deleted.generationOf(job, instance);
  }

  /** It has ended, and is reported as such until there are too many. */
  noteEnded(instance: Instance): void {
    this.ended.add(instance);
    for (const oldest of this.ended) {
      if (this.ended.size <= maxEnded) break;
      this.forget(oldest);
    }
  }

  /** Removes what an ended instance left behind (a container, its logs). */
  private forget(instance: Instance): void {
    this.remove(instance);
    instance.runtime.stop(instance).catch(() => {
      // It has ended: the next start of the worker finds it again and can be told to delete it.
    });
  }

  snapshot(): Pick<Remembered, 'instances' | 'deleted'> {
    const instances = this.list().flatMap((instance) => rememberedOf(instance) ?? []);
    return { instances, deleted: this.deleted.entries() };
  }
}

/** What it was given; null: that is not known, of it or of one of those that its job names. */
function secretsOf(known: RememberedInstance | undefined): Instance['secrets'] | null {
  if (known === undefined) return null;
  const { job, secrets = {} } = known;
  return secretsNamedIn(job).every((name) => Object.hasOwn(secrets, name)) ? secrets : null;
}

function isOther(found: FoundInstance, known: RememberedInstance | undefined): boolean {
  if (known === undefined) return false;
  const differs = (a: string | null | undefined, b: string | null | undefined): boolean =>
    typeof a === 'string' && typeof b === 'string' && a !== b;
  return differs(found.ledger, known.ledger) || differs(found.digest, known.digest);
}

function isStopped(runtime: Runtime, found: InstanceAddress): Promise<boolean> {
  return runtime.stop(found).then(
    () => true,
    () => false,
  );
}

/** What lives on grants has to end without them. */
function whyNotLeased(
  { technology, enforcesStop }: Runtime,
  leaseMs: number | null,
): string | null {
  if (leaseMs === null || enforcesStop) return null;
  const why =
    technology === 'process'
      ? 'may leave processes behind here'
      : 'are not ended without their worker';
  return `${technology} instances ${why}: stopOnWorkerAfterMs cannot be kept`;
}

/** A field that it would drop, because its order was placed by what an earlier start offered. */
function lackOf(offered: readonly string[], constraints: readonly Constraint[]): string | null {
  for (const constraint of constraints) {
    const needed = constraint.type === 'features' ? constraint.features : [];
    const missing = needed.find(({ feature }) => !offered.includes(feature));
    if (missing !== undefined) {
      return `this worker does not offer ${missing.feature}, which the field ${missing.field} needs`;
    }
  }
  return null;
}

function keyOf({ job, instance, generation }: RememberedInstance): string {
  return addressKey({ job: job.id, instance, generation });
}
