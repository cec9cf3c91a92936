import { healthCheckOf, type Ack, type Control, type Resources } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { AllowedToJobs } from '../allowed/allowances.js';
import { HealthChecks } from '../checks/health-checks.js';
import type { Health } from '../checks/judgement.js';
import { LeaseWatch } from '../lease/lease-watch.js';
import { leaseOf, type Leases } from '../lease/leases.js';
import type { Remembered } from '../memory/worker-store.port.js';
import {
  addressKey,
  faultOf,
  ownVariables,
  type InstanceAddress,
  type InstanceExit,
  type InstanceToCheck,
  type Runtime,
} from '../runtimes/runtime.port.js';
import { addressOf } from './control-message.js';
import { beginInstance } from './begin-instance.js';
import { decideControl, type KnownInstance } from './decide-control.js';
import { Displacement } from './displacement.js';
import { abandonAll, endAtLimit, patienceWith } from './end-at-limit.js';
import { failureOf, healthOf, isEnded, join, linesOf, listed, noGrant } from './instance.js';
import { reasonOf, shortReason } from './instance.js';
import type { Failed, Instance, ListedInstance } from './instance.js';
import { InstanceTable } from './instance-table.js';

/** What became of an instance without an order that would tell. */
export type News = (
  kind:
    | 'started'
    | 'restarted'
    | 'resumed'
    | 'completed'
    | 'failed'
    | 'stopped-by-lease'
    | 'healthy'
    | 'unhealthy',
  instance: KnownInstance,
) => void;

interface InstancesParts {
  /** Id of this worker's node. */
  readonly node: string;
  readonly runtimes: readonly Runtime[];
  readonly ports: Pick<Ports, 'clock' | 'timers' | 'tracer' | 'randomness'>;
  readonly leases: Leases;
  /** What was known before this start. */
  readonly before: Remembered;
  /** Resolves once what is known now is durable; never rejects. */
  readonly keep: () => Promise<void>;
  readonly acknowledge: (ack: Omit<Ack, 'incarnation'>) => void;
  readonly news: News;
  /** Something waits for a grant: the next reading should not wait. */
  readonly needsGrant: () => void;
  /** Why this machine starts nothing new now, for a person; null: it does. */
  readonly refuses?: () => string | null;
  /** What this machine's owner lets jobs have of it. */
  readonly allowed: AllowedToJobs;
}

/** A worker that is stopped waits no longer for what it ends: it is waited for itself. */
const endAtStopMs = 2_000;

/**
 * The instances of this worker: carries orders out on its runtimes and knows what there is.
 * starting → running → completed | failed by itself; any → stopping → gone by `delete`, which
 * cancels a start that is under way and waits for its end before it removes anything. What lives on
 * grants starts once there is one, and is stopped (failed) before the last one runs out.
 */
export class Instances {
  readonly table: InstanceTable;
  private readonly leaseWatch: LeaseWatch<Instance>;
  private readonly displacement: Displacement;
  private readonly checks: HealthChecks<Instance>;
  private readonly tellsLastLines: boolean;
  private isClosing = false;

  constructor(private readonly parts: InstancesParts) {
    this.tellsLastLines = parts.allowed.lastLines !== false;
    this.table = new InstanceTable(parts, this.tellsLastLines ? parts.ports.timers : null);
    this.leaseWatch = new LeaseWatch(
      parts.leases,
      parts.ports,
      (instance, graceMs) => (instance.expiring = this.stopWithoutGrant(instance, graceMs)),
      (instance, leftMs) => instance.runtime.renew?.(instance, leftMs),
    );
    this.checks = new HealthChecks({
      ports: parts.ports,
      look: async (instance, probe, timeoutMs) =>
        (await instance.runtime.check?.(
          { ...instance, own: ownVariables(instance, parts.node) },
          probe,
          timeoutMs,
        )) ?? null,
      changed: (instance, found) => this.healthChanged(instance, healthOf(instance, found)),
    });
    const forget = (instance: Instance): void => this.unwatch(instance);
    this.displacement = new Displacement(this.table, forget, parts.keep);
    for (const runtime of parts.runtimes) {
      runtime.onExit((address, exit) => this.ended(address, exit));
    }
  }

  /** Takes up what is there since before this start, and starts again what should be: nothing, if it yields. */
  async adopt(yields = false): Promise<void> {
    const adopted = await this.table.adopt();
    if (yields) return abandonAll(this.table, this.leaseWatch).then(() => this.parts.keep());
    for (const { instance, isWanted } of adopted) {
      if (instance.status === 'running') {
        this.leaseWatch.watchFound(instance);
        this.watchHealth(instance, false);
      }
      if (!isWanted) continue;
      this.parts.news('restarted', instance);
      instance.started = this.run(instance);
    }
  }

  /** Of health checks, by what came of them. */
  get looks(): HealthChecks<Instance>['counts'] {
    return this.checks.counts;
  }

  /** Monotonic: what ages of instances are told by. */
  get nowMs(): number {
    return this.parts.ports.clock.monotonicMs();
  }

  list(): readonly ListedInstance[] {
    const { nowMs } = this;
    return this.table.list().map((instance) => listed(instance, nowMs));
  }

  /** What one that runs is told; null: it does not run. */
  toldOf(address: InstanceAddress): InstanceToCheck | null {
    const known = this.table.get(address);
    if (known?.status !== 'running') return null;
    return { ...known, own: ownVariables(known, this.parts.node) };
  }

  usageOf(address: InstanceAddress): Resources | null {
    return this.table.get(address)?.runtime.usageOf(address) ?? null;
  }

  /** Carries out one order; every order is acknowledged, repeated ones too. Never rejects. */
  async obey(control: Control): Promise<void> {
    if (this.isClosing) return;
    const { commandId, generation } = control;
    this.acknowledge({ commandId, generation, phase: 'received', reason: null });
    const before = this.table.get(addressOf(control));
    // What is ordered while it is being stopped at its limit is decided once it is gone.
    if (before?.status === 'stopping' && before.expiring !== null) await before.expiring;
    const problem = this.displacement.isNeeded(control)
      ? await this.displacement.makeWay(control)
      : null;
    if (problem !== null) {
      return this.acknowledge({ commandId, generation, phase: 'failed', reason: problem });
    }
    const known = this.table.get(addressOf(control));
    const action = decideControl(control, {
      instances: this.table.ofNumber(control.job.id, control.instance),
      deletedGeneration: this.table.deletedGeneration(control.job.id, control.instance),
      offered: this.table.technologies,
    });
    switch (action.do) {
      case 'answer':
        if (control.command === 'delete') {
          this.table.bury(addressOf(control));
          await this.parts.keep();
        }
        this.answer(
          [commandId],
          { generation, fault: known?.fault ?? null },
          action.phase,
          action.reason,
        );
        break;
      case 'join':
        join(known, commandId);
        break;
      case 'start':
        await this.start(control);
        break;
      case 'stop':
        await this.stop(control);
        break;
    }
  }

  /**
   * Ends what cannot outlive the worker, or all that it can; nothing is obeyed from now on. What it ends is run
   * again by the next start. Resolves with what runs on.
   */
  async close(endsAll = false): Promise<readonly ListedInstance[]> {
    this.isClosing = true;
    this.checks.close();
    for (const instance of this.table.all()) {
      this.unwatch(instance);
      const isCut = endsAll || !instance.runtime.outlives || instance.leaseMs !== null;
      if (isCut) instance.cancel.abort();
    }
    const ended = endsAll ? await this.endRunning() : new Set<string>();
    await Promise.all(this.parts.runtimes.map((runtime) => runtime.close()));
    const listedNow = this.list();
    return listedNow.filter((each) => each.outlives && !ended.has(addressKey(each)));
  }

  private async endRunning(): Promise<ReadonlySet<string>> {
    const ended = new Set<string>();
    const end = async (instance: Instance): Promise<void> => {
      await instance.started;
      await instance.runtime.stop(instance, endAtStopMs);
      ended.add(addressKey(instance));
    };
    const running = this.table.list().filter((instance) => !isEnded(instance));
    await Promise.allSettled(running.map(end));
    return ended;
  }

  /** Ends and forgets everything, also what could outlive the worker; nothing is obeyed from now on. */
  async abandon(): Promise<void> {
    this.isClosing = true;
    await abandonAll(this.table, this.leaseWatch);
    await this.close();
  }

  private start(control: Control): Promise<void> {
    const { commandId, generation, traceparent } = control;
    const leaseMs = leaseOf(control.job);
    const problem = this.table.problemOf(control.job, leaseMs);
    if (problem !== null) {
      this.answer([commandId], { generation, ...problem }, 'failed', problem.reason);
      return Promise.resolve();
    }
    const full = this.parts.refuses?.() ?? null;
    if (full !== null) {
      this.answer([commandId], { generation, fault: 'node' }, 'failed', full);
      return Promise.resolve();
    }
    const instance = this.table.addOrdered(control, leaseMs);
    instance.orders = [commandId];
    instance.started = this.run(instance);
    if (traceparent !== undefined) this.tell(instance, traceparent);
    return instance.started;
  }

  /** Its start is a span of the trace that it was ordered in. */
  private tell(instance: Instance, parent: string): void {
    const { job, instance: number, generation } = instance;
    const facts = {
      'oakring.job': job,
      'oakring.instance': number,
      'oakring.generation': generation,
    };
    const span = this.parts.ports.tracer.begin('start', parent, 'internal', facts);
    void instance.started.then(() => {
      const { status, reason } = instance;
      span.end({ 'oakring.status': status }, status === 'failed' ? (reason ?? 'failed') : null);
    });
  }

  private begin(instance: Instance): Promise<void> {
    const say = (what: string): void => this.answer(instance.orders, instance, 'progress', what);
    const { node, ports, leases, needsGrant } = this.parts;
    const granted = (): void => this.leaseWatch.watch(instance);
    return beginInstance(instance, { node, ports, leases, needsGrant, granted, say });
  }

  private async run(instance: Instance): Promise<void> {
    const { signal } = instance.cancel;
    const { orders } = instance;
    let failure: string | null = null;
    try {
      // Wanted from now on, whatever happens to us: durable before anybody hears that it runs.
      await Promise.all([this.begin(instance), this.parts.keep()]);
    } catch (error) {
      failure = reasonOf(instance, error);
      instance.fault = faultOf(error);
    }
    if (signal.aborted) {
      // The `delete` that cancelled it has its own orders; these will never run. A worker that stops
      // goes on with it at its next start: nothing has failed.
      if (!this.isClosing) this.answer(orders, instance, 'failed', 'deleted before it ran');
      return;
    }
    // An exit may have come first: then that is what is known.
    if (instance.status === 'starting') {
      instance.status = failure === null ? 'running' : 'failed';
      instance.reason = failure;
      if (failure === null) {
        instance.runningSinceMs = this.parts.ports.clock.monotonicMs();
        this.watchHealth(instance, true);
      }
      const began = orders.length > 0 ? 'started' : 'resumed';
      this.parts.news(failure === null ? began : 'failed', instance);
    }
    if (isEnded(instance)) await this.keepEnded(instance);
    instance.orders = [];
    const phase = instance.status === 'failed' ? 'failed' : 'succeeded';
    this.answer(orders, instance, phase, instance.reason);
  }

  /** The last grant runs out: it is killed at the limit, and does not come back by itself. */
  private async stopWithoutGrant(instance: Instance, graceMs: number): Promise<void> {
    if (instance.status !== 'starting' && instance.status !== 'running') return;
    this.checks.forget(instance);
    // Not "failed" before it is gone: whoever reads that may start another one at once.
    instance.status = 'stopping';
    const orders = instance.orders.splice(0);
    await endAtLimit(instance, graceMs);
    instance.status = 'failed';
    instance.reason = noGrant(instance);
    await this.keepEnded(instance);
    this.answer(orders, instance, 'failed', instance.reason);
    this.parts.news('stopped-by-lease', instance);
  }

  private async stop(control: Control): Promise<void> {
    const address = addressOf(control);
    const instance = this.table.get(address);
    if (instance === undefined) return;
    const { status, reason } = instance;
    instance.status = 'stopping';
    instance.orders = [control.commandId];
    instance.cancel.abort();
    this.unwatch(instance);
    await instance.started;
    try {
      await instance.runtime.stop(address, patienceWith(instance));
      this.table.remove(instance);
      this.table.bury(address);
      await this.parts.keep();
      this.answer(instance.orders, instance, 'succeeded', null);
    } catch (error) {
      instance.status = status === 'starting' ? 'failed' : status;
      instance.reason = reason;
      if (instance.status === 'running') {
        this.leaseWatch.watch(instance);
        this.watchHealth(instance, false);
      }
      const why = `it could not be stopped: ${reasonOf(instance, error)}`;
      this.answer(instance.orders, instance, 'failed', why);
      instance.orders = [];
    }
  }

  private ended(address: InstanceAddress, exit: InstanceExit): void {
    const instance = this.table.get(address);
    if (instance === undefined || instance.status === 'stopping' || isEnded(instance)) return;
    instance.status = exit.status;
    const hasRunOut = this.leaseWatch.hasRunOut(instance);
    instance.reason = hasRunOut ? noGrant(instance) : reasonOf(instance, exit.reason);
    instance.lastLines = this.tellsLastLines ? linesOf(instance, exit) : [];
    void this.keepEnded(instance);
    this.parts.news(exit.status, instance);
  }

  private watchHealth(instance: Instance, started: boolean): void {
    const check = instance.description === null ? null : healthCheckOf(instance.description);
    if (check === null || instance.runtime.check === undefined) return;
    instance.health = this.checks.watch(instance, check, started);
  }

  /** It is ended by nobody here: whoever orders decides what an unhealthy one is good for. */
  private healthChanged(instance: Instance, health: Health): void {
    instance.health = health;
    if (health.status === 'starting') return;
    this.parts.news(health.status, { ...instance, reason: health.reason });
  }

  private unwatch(instance: Instance): void {
    this.leaseWatch.forget(instance);
    this.checks.forget(instance);
  }

  private keepEnded(instance: Instance): Promise<void> {
    this.unwatch(instance);
    this.table.noteEnded(instance);
    return this.parts.keep();
  }

  private answer(
    orders: readonly string[],
    instance: Pick<Instance, 'generation'> & Failed,
    phase: Ack['phase'],
    reason: string | null,
  ): void {
    const { generation } = instance;
    const about = phase === 'failed' ? failureOf(instance) : {};
    for (const commandId of orders) {
      this.acknowledge({ commandId, generation, phase, reason, ...about });
    }
  }

  private acknowledge(ack: Omit<Ack, 'incarnation'>): void {
    const reason = ack.reason === null ? null : shortReason(ack.reason);
    this.parts.acknowledge({ ...ack, reason });
  }
}
