import { placementKey, type CommandRecord } from '@oakring/model';
import { seededRandomness, simulatedPorts, type Randomness } from '@oakring/ports';
import type { Command, Inferred } from '../../commands/command.js';
import {
  given,
  orderStops,
  plan,
  registerNode,
  submitJob,
  type Given,
} from '../../testing/given.js';
import { Inference } from '../inference.js';
import { SimulatedEngine, type Message } from './simulated-engine.js';

const runtimes = ['docker', 'unikernel'];
const stepMs = 50;
const lostAfterMs = 20_000;

interface Worker {
  readonly id: string;
  readonly engine: SimulatedEngine;
  heardMs: number;
  cutMs: number | null;
}

/** A cluster of simulated workers under random trouble, and what must never happen in it. */
export class InferredCluster {
  readonly cluster: Given;
  readonly violations: string[] = [];
  readonly seen = { ends: 0, starts: 0, returns: 0, restarts: 0, lost: 0, terms: 0 };
  /** Starts that their worker did not get: told to end, they may be a pull for ten minutes. */
  private readonly unheard = new Set<string>();
  private readonly ports = simulatedPorts();
  private readonly chance: Randomness;
  private readonly workers: Worker[];
  private inference: Inference;
  private nowMs = 0;

  constructor(seed: number) {
    this.chance = seededRandomness(seed);
    this.cluster = given();
    this.workers = ['a', 'b', 'c'].map((id) => ({
      id,
      engine: new SimulatedEngine(
        this.chance,
        runtimes,
        (message) => this.hear(id, message),
        // Some are slow.
        this.pick([2_000, 2_000, 4_000]),
      ),
      heardMs: 0,
      cutMs: null,
    }));
    this.inference = this.beginTerm();
    for (const { id } of this.workers) this.register(id);
    for (const job of ['j', 'k']) {
      const restart = { firstMs: 1_000, mostMs: 5_000, limit: null };
      this.when(submitJob(job, { count: 3, restart, onDisconnect: { lostAfterMs } }));
    }
  }

  /** Random trouble for a while, and then rest. */
  async run(ms: number, restMs: number): Promise<void> {
    for (const endMs = this.nowMs + ms + restMs; this.nowMs < endMs;) {
      const isTroubled = this.nowMs < endMs - restMs;
      await this.ports.advance(stepMs);
      this.cluster.pass(stepMs);
      this.nowMs += stepMs;
      if (isTroubled && this.chance.integer(60) === 0) this.trouble();
      for (const worker of this.workers) this.tick(worker, isTroubled);
      if (this.nowMs % 250 === 0) this.manage();
    }
  }

  /** What is wanted and does not run by the ledger, and what runs and is not in the ledger. */
  get differences(): string[] {
    const { state } = this.cluster;
    const wrong: string[] = [];
    const running = new Set<string>();
    for (const { job, number, status, confirmed, nodeId, generation } of state.instances.values()) {
      const key = `${job}/${number}`;
      const held = nodeId === null ? undefined : this.engineOf(nodeId).held.get(key);
      const runs = held?.generation === generation && status === 'running' && confirmed;
      if (status === 'stopping' && this.unheard.has(`${key}/${generation}`)) continue;
      if (runs) running.add(`${nodeId} has ${key}`);
      else wrong.push(`${key}/${generation} is ${status} on ${nodeId}, which has ${held?.status}`);
    }
    for (const { id, engine } of this.workers) {
      for (const key of engine.held.keys()) {
        if (!running.has(`${id} has ${key}`)) wrong.push(`${id} has ${key}`);
      }
    }
    return wrong;
  }

  private tick(worker: Worker, isTroubled: boolean): void {
    const { engine, cutMs } = worker;
    engine.tick(this.nowMs);
    if (cutMs === null || this.nowMs < cutMs) return;
    if (!isTroubled || this.chance.integer(40) === 0) {
      this.seen.returns += 1;
      worker.cutMs = null;
      engine.comeBack();
    }
  }

  private trouble(): void {
    const worker = this.pick(this.workers);
    const { engine } = worker;
    const key = this.pick([...engine.held.keys()]);
    switch (this.chance.integer(6)) {
      case 0:
      case 1:
        if (key !== undefined) engine.die(key, this.pick(['ended', 'completed']));
        break;
      case 2:
        if (worker.cutMs === null) {
          engine.cut();
          worker.cutMs = this.nowMs + this.chance.integer(this.pick([300, 4_000, 40_000]));
        }
        break;
      case 3:
        this.when({ type: 'ScaleJob', id: this.pick(['j', 'k']), count: this.chance.integer(4) });
        break;
      case 4:
        if (this.chance.integer(3) !== 0) break;
        this.seen.restarts += 1;
        engine.restart();
        worker.cutMs = null;
        this.register(worker.id);
        break;
      case 5:
        if (this.chance.integer(3) !== 0) break;
        this.seen.terms += 1;
        this.inference = this.beginTerm();
        break;
    }
  }

  /** What happens by itself: places, orders, retries, silence. */
  private manage(): void {
    const { state } = this.cluster;
    for (const worker of this.workers) this.lookAtSilence(worker);
    for (const job of ['j', 'k']) {
      if (state.pendingOfJob.sizeOf(job) === 0) continue;
      const ready = this.workers.filter(({ id }) => state.nodes.get(id)?.status === 'ready');
      if (ready.length > 0) this.when(plan(job, this.pick(ready).id));
    }
    for (const { job: id, number: instance, generation, status, since } of [
      ...state.instances.values(),
    ]) {
      const waitedMs = 1_700_000_000_000 + this.nowMs - since;
      if (status !== 'failed' || waitedMs < 1_000) continue;
      this.when({ type: 'RetryInstance', id, instance, generation });
    }
    if (state.unorderedStops.size > 0) {
      this.judging(() => orderStops(this.cluster));
    }
    for (const { id } of this.workers) this.sendTo(id);
  }

  private sendTo(id: string): void {
    const { nodes, unsentOfNode, commands } = this.cluster.state;
    if (nodes.get(id)?.status !== 'ready') return;
    for (const commandId of [...unsentOfNode.of(id)]) {
      const command = commands.get(commandId);
      if (command !== undefined && this.inference.maySend(command)) this.send(command);
    }
  }

  private send(command: CommandRecord): void {
    const { nodeId, kind, job, instance, generation } = command;
    const engine = this.engineOf(nodeId);
    this.inference.sending(command);
    const name = `${job}/${instance}`;
    if (kind === 'delete') return engine.delete(name, this.nowMs);
    const held = engine.held.get(name);
    if (held !== undefined && held.generation !== generation) {
      this.violations.push(`${nodeId} has ${name}/${held.generation}, ordered ${generation}`);
    }
    this.seen.starts += 1;
    if (!engine.isOnline) {
      // Some brokers say so.
      if (this.chance.integer(2) === 0) return this.inference.unheard(command);
      this.unheard.add(`${name}/${generation}`);
    }
    engine.deploy(name, generation, this.nowMs);
  }

  private lookAtSilence({ id, heardMs }: Worker): void {
    const node = this.cluster.state.nodes.get(id);
    const silentMs = this.nowMs - heardMs;
    if (node === undefined || silentMs < 6_000) return;
    const { incarnation } = node;
    const seen = silentMs < 16_000 ? 'silent' : 'disconnected';
    this.when({ type: 'ObserveNode', nodeId: id, incarnation, seen, reason: 'test' });
    if (silentMs < lostAfterMs) return;
    const placements = [...this.cluster.state.placementsOfNode.of(id)];
    const { types } = this.when({ type: 'DeclareLost', nodeId: id, placements, reason: 'test' });
    if (types.includes('InstanceLost')) this.seen.lost += 1;
  }

  private hear(nodeId: string, message: Message): void {
    const worker = this.workers.find(({ id }) => id === nodeId);
    if (worker !== undefined) worker.heardMs = this.nowMs;
    const { incarnation = 1 } = this.cluster.state.nodes.get(nodeId) ?? {};
    this.when({ type: 'ObserveNode', nodeId, incarnation, seen: 'alive', reason: 'test' });
    const { what, said } = message;
    this.submit(
      nodeId,
      what === 'word' ? this.inference.told(nodeId, said) : this.inference.sighted(nodeId, said),
    );
  }

  private submit(nodeId: string, inferred: readonly Inferred[]): void {
    for (const command of inferred) {
      this.when(command);
      this.submit(nodeId, this.inference.concluded(nodeId));
    }
  }

  private register(id: string): void {
    const said = registerNode(id, { acknowledges: true, technologies: runtimes });
    this.when({ ...said, dialect: 'other', startsAnew: true });
    this.inference.registered(id);
  }

  private beginTerm(): Inference {
    const monotonicMs = (): number => this.ports.clock.monotonicMs();
    // The time of commits, by which a new leader knows how long ago something was ordered.
    const clock = { monotonicMs, wallMs: () => 1_700_000_000_000 + monotonicMs() };
    const state = () => this.cluster.state;
    const begun = new Inference({ state, isInferred: () => true, clock, renew: () => {} });
    // Before anything that follows from the same list is decided.
    begun.onOpening((id) => this.sendTo(id));
    return begun;
  }

  private when(command: Command): ReturnType<Given['when']> {
    return this.judging(() => this.cluster.when(command));
  }

  /** No placement may end while its worker has what it stands for. */
  private judging<T extends ReturnType<Given['when']>>(decide: () => T): T {
    const before = [...this.cluster.state.placements.values()];
    const decided = decide();
    for (const { job, number, generation, nodeId } of before) {
      if (this.cluster.state.placements.get(placementKey(job, number, generation))) continue;
      this.seen.ends += 1;
      const held = this.engineOf(nodeId).held.get(`${job}/${number}`);
      if (held?.generation !== generation) continue;
      const how = decided.types.join(' ');
      this.violations.push(`${nodeId} has ${job}/${number}/${generation} (${held.status}): ${how}`);
    }
    return decided;
  }

  private engineOf(nodeId: string): SimulatedEngine {
    const found = this.workers.find(({ id }) => id === nodeId);
    if (found === undefined) throw new Error(`no worker ${nodeId}`);
    return found.engine;
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.chance.integer(Math.max(1, list.length))] as T;
  }
}
