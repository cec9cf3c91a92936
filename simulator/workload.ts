import { createHash } from 'node:crypto';
import { OakringError, jobOf, type JobDocument, type SubmitJob } from '@oakring/contracts';
import type { Command, IdempotencyKey } from '../apps/manager/src/commands/command.js';
import type { NodeOrder } from '../apps/manager/src/commands/node-order.js';
import { canonicalJson, type JsonObject } from '@oakring/events';
import type { ClusterState, JobRecord } from '@oakring/model';
import type { Judge } from './judge.js';
import type { Managers } from './managers.js';
import { imageOf, type Script } from './images.js';
import type { SimulatedRoot } from './root.js';
import { RootWorkload } from './root-workload.js';
import type { Machine } from './workers.js';
import { Life, type World } from './world.js';

const retryMs = { least: 200, most: 2_000 };

interface Known {
  readonly isSteady: boolean;
  /** What its containers do; null: its instances are simulated. */
  readonly script: Script | null;
}

/** Of jobs, percent that are for containers, where there are workers with some. */
const containers = 30;
/** Of jobs for simulated instances, percent whose workers look how they do. */
const checked = 35;
/** Of what people do, percent that they do at the root, where there is one. */
const atRoot = 35;

/** A client and an operator, who repeat what was not answered until it is. */
export class Workload {
  /** The answers of the requests that were acknowledged, by the requests' ids. */
  readonly acknowledged = new Map<string, string>();
  /** Jobs that should be there, by id; null: deleted. */
  readonly jobs = new Map<string, Known | null>();
  private readonly submitted = new Set<string>();
  /** Null: there is no root. */
  readonly services: RootWorkload | null = null;
  private readonly life = new Life('client');
  private requests = 0;
  private named = 0;

  constructor(
    private readonly world: World,
    private readonly managers: Managers,
    /** What is known of the cluster, by what is durable. */
    private readonly state: ClusterState,
    private readonly machines: readonly Machine[],
    private readonly judge: Judge,
    /** Whether there are workers that run containers. */
    private readonly hasContainers: boolean,
    root: SimulatedRoot | null,
  ) {
    if (root === null) return;
    this.services = new RootWorkload(world, root, state, judge, (id, ended) =>
      this.request({ type: 'DeleteJob', id, force: true }, ended),
    );
  }

  private get nodeIds(): string[] {
    return this.machines.map(({ nodeId }) => nodeId);
  }

  /** Nodes that the manager waits for, and where a move has begun. */
  get nodesAtWork(): readonly string[] {
    const { commands } = this.state;
    const nodes = new Set<string>();
    for (const { status, nodeId } of commands.values()) if (status !== 'ended') nodes.add(nodeId);
    return [...nodes];
  }

  /** Does one of all the things that people do. */
  act(): void {
    if (this.services !== null && this.world.happens(atRoot)) return this.services.act();
    const what = this.world.chance.integer(100);
    // Orders about a job that nobody has heard of would overtake its submission.
    const known = [...this.jobs].flatMap(([id, found]) =>
      found && this.submitted.has(id) ? [id] : [],
    );
    const job = this.world.pick(known);
    if (what < 30 || job === undefined) return this.submit();
    if (what < 45) return this.scale(job);
    if (what < 53) return this.remove(job);
    if (what < 65) return this.update(job);
    if (what < 80) return this.move(job);
    this.orderNode();
  }

  /** What an operator does before he goes home. */
  tidyUp(): void {
    for (const id of this.nodeIds) {
      for (const order of ['uncordon', 'release'] as const) {
        this.request({ type: 'OrderNode', id, order: { do: order } });
      }
    }
  }

  /** Whether what there is of a job at the end is to be as it is wanted. */
  isSteady(job: string): boolean {
    const known = this.jobs.get(job);
    // Of what was deleted nothing may be left; what ends by itself comes and goes.
    return known === null || (known ?? this.services?.services.get(job))?.isSteady === true;
  }

  submit(): void {
    const id = `job-${(this.named += 1)}`;
    const kind = this.world.chance.integer(10);
    const isSteady = kind < 8;
    const script = this.hasContainers && this.world.happens(containers) ? this.script(kind) : null;
    const technology = script === null ? 'simulated' : 'docker';
    const image = script === null ? `${id}:1` : imageOf(script, 1);
    const body: Record<string, unknown> = {
      ...{ id, name: id, image, technology },
      count: this.world.between(1, kind === 0 ? 12 : 4),
      resources: { cpuMillis: this.world.between(1, 4) * 50, memoryMiB: 64 },
      // What must never run twice is for workers that can promise it.
      ...this.policyOf(script === null ? kind : Math.max(kind, 3)),
      ...(script === null && this.world.happens(checked) ? { health: this.health() } : {}),
    };
    this.jobs.set(id, { isSteady, script });
    const job = parsed(body);
    this.request({ type: 'SubmitJob', id, job, bodyHash: hashOf(body) }, () => {
      this.submitted.add(id);
    });
  }

  private health(): object {
    const { world } = this;
    const startPeriodMs = world.happens(50) ? 0 : 5_000;
    const intervalMs = world.between(1, 3) * 1_000;
    const retries = world.between(2, 3);
    return { tcp: { port: 80 }, intervalMs, timeoutMs: 1_000, retries, startPeriodMs };
  }

  private script(kind: number): Script {
    const { world } = this;
    const pullMs = world.happens(50) ? 0 : world.between(100, world.happens(20) ? 40_000 : 8_000);
    if (kind < 8) return { pullMs };
    return { pullMs, runMs: world.between(500, 20_000), exitCode: kind === 8 ? 1 : 0 };
  }

  private policyOf(kind: number): object {
    const { world } = this;
    const startMs = world.happens(50) ? 0 : world.between(100, 8_000);
    const reconcile = world.pick(['keepReplacement', 'keepOriginal', 'longestRunning']);
    const lostAfterMs = world.pick([500, 2_000, 10_000, 30_000, null]);
    if (kind === 8) {
      const restart = { limit: world.pick([2, 4, null]), firstMs: 200, mostMs: 5_000 };
      return { restart, simulate: { startMs, runMs: world.between(500, 20_000), exit: 'failed' } };
    }
    if (kind === 9) {
      return {
        one_shot: true,
        simulate: { startMs, runMs: world.between(500, 20_000), exit: 'completed' },
      };
    }
    if (kind < 3) {
      const stopOnWorkerAfterMs = world.between(10, 14) * 1_000;
      const onDisconnect = { stopOnWorkerAfterMs, lostAfterMs: 500, reconcile };
      return { onDisconnect, simulate: { startMs } };
    }
    const simulate = { startMs };
    return kind < 7 ? { onDisconnect: { reconcile, lostAfterMs }, simulate } : { simulate };
  }

  private scale(id: string): void {
    this.request({ type: 'ScaleJob', id, count: this.world.between(0, 6) });
  }

  private remove(id: string): void {
    this.jobs.set(id, null);
    this.request({ type: 'DeleteJob', id });
  }

  private update(id: string): void {
    const state = this.state.jobs.get(id);
    if (state === undefined) return;
    const version = this.world.between(2, 99);
    const update = this.updateRules(state);
    const isBad = this.world.happens(20);
    // Back to what it was before is not always back to what is well.
    const known = this.jobs.get(id)?.script ?? null;
    if (isBad) this.jobs.set(id, { isSteady: false, script: known });
    const image =
      known === null ? `${id}:${version}` : imageOf(isBad ? { fails: true } : known, version);
    const simulate = isBad ? { failStart: true } : state.document['simulate'];
    const script = simulate === undefined ? {} : { simulate };
    const body = { ...state.document, image, count: state.desired, update, ...script };
    const command = { id, job: parsed(body), bodyHash: hashOf(body), ifPosition: null };
    this.request({ type: 'UpdateJob', ...command });
  }

  /** What must never run twice, or runs to its end, is not updated by a new one beside it. */
  private updateRules({ policy }: JobRecord): object {
    const { world } = this;
    const mayRunTwice = policy.onDisconnect.stopOnWorkerAfterMs === null && !policy.oneShot;
    const surge = mayRunTwice && world.happens(50) ? world.between(1, 2) : 0;
    const maxUnavailable = surge > 0 && world.happens(60) ? 0 : world.between(1, 3);
    const placeWithinMs = world.happens(30) ? world.between(1, 60) * 1_000 : null;
    const rollback = world.happens(70);
    return { surge, maxUnavailable, placeWithinMs, healthyAfterMs: 1_000, rollback };
  }

  private move(id: string): void {
    const worker = this.world.happens(30) ? (this.world.pick(this.nodeIds) ?? null) : null;
    const number = this.world.between(0, 3);
    if (this.world.happens(15)) {
      return this.request({ type: 'CancelMove', id, instance: number });
    }
    // A move that is refused, or that nobody answers, is not insisted on.
    const { asked } = this.managers;
    if (asked === null) return;
    const origin = { by: 'api/token', cause: `request:move ${id}/${number}` };
    this.managers.move(asked, { id, number, worker, origin, key: undefined }).catch(() => {});
  }

  private orderNode(): void {
    const absent = this.machines.filter(({ isUp }) => !isUp).map(({ nodeId }) => nodeId);
    // Only what is away can be forgotten.
    if (absent.length > 0 && this.world.happens(50)) {
      const order = { do: 'forget', reason: 'the simulation says so' } as const;
      return this.request({ type: 'OrderNode', id: this.world.pick(absent) ?? '', order });
    }
    const id = this.world.pick(this.nodeIds) ?? '';
    const order = this.world.pick<NodeOrder>([
      { do: 'cordon', reason: 'the simulation says so' },
      { do: 'uncordon' },
      { do: 'drain', withinMs: this.world.between(1, 30) * 1_000, force: this.world.happens(30) },
      { do: 'cancel-drain' },
      { do: 'quarantine', reason: 'the simulation says so' },
      { do: 'release' },
      { do: 'forget', reason: 'the simulation says so' },
    ]);
    if (order !== undefined) this.request({ type: 'OrderNode', id, order });
  }

  private request(command: Command, accepted: () => void = () => {}): void {
    const id = `request-${(this.requests += 1)}`;
    this.ask(command, { id, bodyHash: id }, accepted);
  }

  /** The same request has one answer, whoever gives it and however often. */
  private compare(id: string, { position, answer }: { position: number; answer: unknown }): void {
    // Of the log it comes back as canonical text.
    const text = canonicalJson({ position, answer: answer as JsonObject | null });
    const first = this.acknowledged.get(id) ?? text;
    if (first !== text) this.judge.fail(`${id} was answered ${first}, and then ${text}`);
    this.acknowledged.set(id, first);
  }

  private ask(command: Command, key: IdempotencyKey, accepted: () => void): void {
    const again = (): void => {
      const inMs = this.world.between(retryMs.least, retryMs.most);
      this.world.schedule(this.life, inMs, () => this.ask(command, key, accepted));
    };
    const { asked } = this.managers;
    if (asked === null) return again();
    let isAnswered = false;
    // The connection breaks with the process that was asked.
    this.world.schedule(this.life, 12_000, () => {
      if (!isAnswered) again();
      isAnswered = true;
    });
    this.managers
      .submit(asked, command, { by: 'api/token', cause: `request:${key.id}` }, key)
      .then((outcome) => {
        if (asked.life.isDead || isAnswered) return;
        isAnswered = true;
        // A refusal that changed nothing is not on record: another time may bring another one.
        if (outcome.status !== 'accepted') return;
        const isFirst = !this.acknowledged.has(key.id);
        this.compare(key.id, outcome);
        if (isFirst) accepted();
        // As who did not get the answer would, whoever leads by then.
        if (isFirst && this.world.happens(10)) again();
      })
      .catch((error: unknown) => {
        if (isAnswered || asked.life.isDead) return;
        isAnswered = true;
        if (error instanceof OakringError && error.code === 'internal') throw error;
        again();
      });
  }
}

/** As if it had passed the rules of the interface: what is made here does. */
function parsed(body: Record<string, unknown>): JobDocument {
  return jobOf(body as unknown as SubmitJob);
}

function hashOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}
