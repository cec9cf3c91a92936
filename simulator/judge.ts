import { covers, noResources, plus, type Resources } from '@oakring/contracts';
import { subjectOf, wholePolicy, type StoredEvent } from '@oakring/events';
import type { ClusterState } from '@oakring/model';
import { Illnesses } from './illnesses.js';
import type { Address } from './lines.js';
import { StrictJudge } from './strict-judge.js';
import { Updates } from './updates.js';
import type { World } from './world.js';

/** A broken promise. */
export class Violation extends Error {}

/**
 * Watches what machines really run and what the ledger says, and remembers the first broken promise.
 * It knows nothing of how the manager works.
 */
export class Judge {
  violation: Violation | null = null;
  /** Of workers of Oakestra. */
  readonly strict: StrictJudge;
  readonly illnesses: Illnesses;
  private readonly updates: Updates;
  /** What runs, by machine: `<job>/<instance>/<generation>`. */
  private readonly running = new Map<string, Set<string>>();
  /** Jobs that must never run twice. */
  private readonly leased = new Set<string>();
  /** `<node> <key>` of everything that was ever ordered to start, and to stop. */
  private readonly startsOrdered = new Set<string>();
  private readonly stopsOrdered = new Set<string>();
  /** What each start order (`<node> <key>`) takes of its machine. */
  private readonly needs = new Map<string, Resources>();
  private readonly capacities = new Map<string, Resources>();

  constructor(private readonly world: World) {
    this.strict = new StrictJudge(world, (what) => this.fail(what));
    this.illnesses = new Illnesses(world, (what) => this.fail(what));
    this.updates = new Updates((what) => this.fail(what));
  }

  get isQuiet(): boolean {
    return this.violation === null;
  }

  hasMachine(nodeId: string, capacity: Resources): void {
    this.capacities.set(nodeId, capacity);
  }

  runningOn(nodeId: string): ReadonlySet<string> {
    return this.running.get(nodeId) ?? new Set();
  }

  allRunning(): { nodeId: string; key: string }[] {
    return [...this.running].flatMap(([nodeId, keys]) => [...keys].map((key) => ({ nodeId, key })));
  }

  started(nodeId: string, { job, instance, generation }: Address): void {
    const key = `${job}/${instance}/${generation}`;
    if (!this.startsOrdered.has(`${nodeId} ${key}`)) {
      this.fail(`${nodeId} started ${key}, which was never ordered there`);
    }
    const here = this.running.get(nodeId) ?? new Set<string>();
    if (here.has(key)) this.fail(`${nodeId} started ${key} twice`);
    if (this.leased.has(job)) {
      const twin = this.allRunning().find((other) => other.key.startsWith(`${job}/${instance}/`));
      if (twin !== undefined) {
        this.fail(`${key} starts on ${nodeId} while ${twin.key} runs on ${twin.nodeId}`);
      }
    }
    here.add(key);
    this.updates.started(nodeId, key);
    this.running.set(nodeId, here);
    this.weigh(nodeId, here);
  }

  /** What really runs there, not what the manager believes to have reserved. */
  private weigh(nodeId: string, keys: ReadonlySet<string>): void {
    let sum = noResources;
    for (const key of keys) sum = plus(sum, this.needs.get(`${nodeId} ${key}`) ?? noResources);
    const most = this.capacities.get(nodeId);
    if (most === undefined || covers(most, sum)) return;
    this.fail(`${nodeId} is overcommitted: ${JSON.stringify(sum)} run there`);
  }

  /** It ended by itself. */
  ended(nodeId: string, { job, instance, generation }: Address): void {
    const key = `${job}/${instance}/${generation}`;
    this.running.get(nodeId)?.delete(key);
    this.strict.gone(nodeId, key);
  }

  /** Its worker stopped it: only on an order, or because it lives on grants. */
  stopped(nodeId: string, { job, instance, generation }: Address): void {
    const key = `${job}/${instance}/${generation}`;
    if (this.running.get(nodeId)?.delete(key) !== true) return;
    this.strict.gone(nodeId, key);
    if (!this.leased.has(job) && !this.stopsOrdered.has(`${nodeId} ${key}`)) {
      this.fail(`${nodeId} stopped ${key}, and nobody had ordered it`);
    }
  }

  died(nodeId: string): void {
    for (const key of this.runningOn(nodeId)) this.strict.gone(nodeId, key);
    this.running.delete(nodeId);
  }

  /** A manager says something to a worker: nobody does once another epoch is open. */
  spoke(from: string, payload: string, openEpoch: number): void {
    const { epoch } = JSON.parse(payload) as { readonly epoch?: unknown };
    if (typeof epoch === 'number' && epoch < openEpoch) {
      this.fail(`${from} speaks for epoch ${epoch}, and epoch ${openEpoch} is open`);
    }
  }

  /** What was committed, the view that it led to, and how much the clock of who wrote it is wrong. */
  committed(events: readonly StoredEvent[], state: ClusterState, clockErrorMs = 0): void {
    for (const event of events) {
      this.look(event, state);
      this.strict.look(event, state, clockErrorMs);
      this.illnesses.judge(event, state);
      this.updates.judge(event, state);
    }
    this.strict.compare(this.running, state);
    for (const { id, reserved, capacity } of state.nodes.values()) {
      if (!covers(capacity, reserved)) {
        this.fail(`${id} has more reserved than it has: ${JSON.stringify(reserved)}`);
      }
      if (!covers(reserved, noResources)) this.fail(`${id} has less than nothing reserved`);
    }
  }

  private look(event: StoredEvent, state: ClusterState): void {
    if (event.type === 'JobSubmitted' || event.type === 'JobUpdated') {
      const { onDisconnect } = wholePolicy(event.data.policy);
      const isLeased = onDisconnect.stopOnWorkerAfterMs !== null;
      if (isLeased) this.leased.add(subjectOf(event));
    }
    if (event.type !== 'CommandIssued') return;
    const { kind, nodeId, instance, generation, reason } = event.data;
    const key = `${subjectOf(event)}/${instance}/${generation}`;
    if (kind === 'deploy' || kind === 'replicate') {
      this.startsOrdered.add(`${nodeId} ${key}`);
      const resources = state.placements.get(key)?.resources;
      if (resources !== undefined) this.needs.set(`${nodeId} ${key}`, resources);
    }
    if (kind !== 'delete') return;
    if (reason === undefined || reason === '') this.fail(`${key} is stopped without a reason`);
    const placement = state.placements.get(key);
    if (placement?.wanted === true) this.fail(`${key} on ${nodeId} is wanted, and stopped`);
    this.stopsOrdered.add(`${nodeId} ${key}`);
  }

  fail(what: string): void {
    const atSeconds = (this.world.nowMs / 1000).toFixed(2);
    this.violation ??= new Violation(`seed ${this.world.seed}, ${atSeconds} s: ${what}`);
  }
}
