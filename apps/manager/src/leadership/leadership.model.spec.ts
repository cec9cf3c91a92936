import { afterEach, describe, expect, it } from '@jest/globals';
import { emptyHead, verifyChain, type Commit } from '@oakring/events';
import { MemoryLeaseStore } from '@oakring/stores';
import { seededRandomness, simulatedPorts, type Randomness } from '@oakring/ports';
import type { CommandQueue, Outcome } from '../commands/command.js';
import { byTest, submitJob } from '../testing/given.js';
import { ClusterState, stateAsText } from '@oakring/model';
import { decodedFold } from '../testing/decoded-fold.js';
import { Projection } from '../views/projection.js';
import { commandsOf } from './current-term.js';
import { Leadership } from './leadership.js';
import { partsOf } from './testing/model-parts.js';
import { RemoteLog, SharedCommits, UnsteadyLeases } from './testing/shared-store.js';

/**
 * Managers on one store that lies at the end of bad lines. Each has a clock of its own: a frozen one
 * stands still, and finds all of its time gone when it wakes up. Judged by the log alone.
 */
const runs = Number(process.env['OAKRING_RUNS'] ?? '25');
const steps = 150;

describe('Managers on one store', () => {
  let underway: Model | null = null;

  // A test that ran out of time says nothing else.
  afterEach(() => {
    if (underway !== null) throw new Error(`it stands at ${underway.standing}`);
  });

  it('keep one history, and lose and double nothing, whatever happens to them', async () => {
    let epochs = 0;
    for (let seed = 1; seed <= runs; seed += 1) {
      underway = new Model(seed);
      epochs += await underway.run();
    }
    underway = null;
    // A model in which nobody ever takes over would prove nothing.
    expect(epochs).toBeGreaterThan(runs * 2);
  }, 240_000);
});

describe('A manager whose store does not answer', () => {
  it('waits for it once while it stops, however often it is told to', async () => {
    const ports = simulatedPorts(1);
    const store = new RemoteLog(new SharedCommits(), seededRandomness(1), ports.timers);
    const leases = new UnsteadyLeases(new MemoryLeaseStore(), seededRandomness(1));
    const leadership = leadershipOver(store, leases, 'm', ports);
    await leadership.start();
    await ports.advance(5_000);
    expect(leadership.status.leading).toBe(true);
    store.insert = () => Promise.reject(new Error('timed out'));
    const submitting = commandsOf(leadership).submit(submitJob('j'), byTest);
    const refused = expect(submitting).rejects.toMatchObject({ code: 'outcome-unknown' });
    let stops = 0;
    void leadership.stop().then(() => leadership.stop().then(() => (stops += 1)));
    await ports.advance(2_600);
    expect(stops).toBe(1);
    await ports.advance(20_000);
    await refused;
    await store.close();
  });

  it('starts all the same, and is ready once it does', async () => {
    const ports = simulatedPorts(1);
    const store = new RemoteLog(new SharedCommits(), seededRandomness(1), ports.timers);
    const leases = new UnsteadyLeases(new MemoryLeaseStore(), seededRandomness(1));
    const leadership = leadershipOver(store, leases, 'm', ports);
    // Between what it recovered and what it follows comes an election.
    store.trouble = leases.trouble = 100;
    await leadership.start();
    await ports.advance(5_000);
    expect(leadership.status.ready).toBe(false);
    store.trouble = leases.trouble = 0;
    await ports.advance(5_000);
    expect(leadership.status).toMatchObject({ leading: true, ready: true });
  });

  it('stops all the same while it opens its epoch', async () => {
    const ports = simulatedPorts(1);
    const store = new RemoteLog(new SharedCommits(), seededRandomness(1), ports.timers);
    const leases = new UnsteadyLeases(new MemoryLeaseStore(), seededRandomness(1));
    const leadership = leadershipOver(store, leases, 'm', ports);
    await leadership.start();
    // It reads, and cannot write.
    store.insert = () => Promise.reject(new Error('timed out'));
    await ports.advance(5_000);
    expect(leadership.status.leading).toBe(false);
    let isStopped = false;
    const stopping = leadership.stop().then(() => (isStopped = true));
    await ports.advance(20_000);
    await store.close();
    await stopping;
    expect(isStopped).toBe(true);
  });
});

function leadershipOver(
  store: RemoteLog,
  leases: UnsteadyLeases,
  name: string,
  ports: ReturnType<typeof simulatedPorts>,
): Leadership {
  const projection = new Projection(new ClusterState(false), ports);
  return new Leadership(leases, () => `http://${name}`, partsOf(store, projection, name, ports));
}

interface Manager {
  readonly name: string;
  readonly ports: ReturnType<typeof simulatedPorts>;
  readonly leadership: Leadership;
  readonly projection: Projection;
  readonly queue: CommandQueue;
  readonly store: RemoteLog;
  readonly leases: UnsteadyLeases;
  /** Time that passed while it was frozen, milliseconds; null: it is not. */
  frozenMs: number | null;
}

class Model {
  private readonly chance: Randomness;
  private readonly commits = new SharedCommits();
  private readonly leases = new MemoryLeaseStore();
  private managers: Manager[] = [];
  private started = 0;
  private jobs = 0;
  /** Position and answer that each acknowledged request was given. */
  private readonly acknowledged = new Map<string, string>();
  private undecided: string[] = [];
  private verified = emptyHead;
  private steps = 0;

  constructor(private readonly seed: number) {
    this.chance = seededRandomness(seed);
  }

  get standing(): string {
    const managers = this.managers.map(({ name, frozenMs, ports, leadership }) => {
      const frozen = frozenMs === null ? '' : `, frozen for ${frozenMs} ms`;
      return `${name} at ${ports.clock.monotonicMs()} ms${frozen}: ${leadership.status.detail}`;
    });
    const { seed, steps, commits } = this;
    return [`seed ${seed}, step ${steps}, ${commits.size} commits`, ...managers].join('; ');
  }

  /** Resolves with the number of epochs. */
  async run(): Promise<number> {
    for (let count = 0; count < 3; count += 1) await this.startManager();
    for (; this.steps < steps; this.steps += 1) {
      await this.step();
      this.checkLog(this.steps);
    }
    await this.calmDown();
    this.checkEnd();
    return epochsOf(this.commits.inOrder());
  }

  private async step(): Promise<void> {
    const { chance } = this;
    const manager = this.managers[chance.integer(this.managers.length)];
    if (manager === undefined) return;
    const what = chance.integer(20);
    if (what < 9) this.submit(manager, `job-${(this.jobs += 1)}`);
    else if (what < 11) this.repeat(manager);
    else if (what === 11) await this.crash(manager);
    else if (what === 12) manager.frozenMs ??= 0;
    else if (what === 13) await this.thaw(manager);
    else if (what < 16) {
      manager.store.trouble = chance.integer(60);
      manager.leases.trouble = chance.integer(60);
    } else if (what === 16) manager.store.trouble = manager.leases.trouble = 0;
    await this.pass(50 + chance.integer(400));
  }

  private async pass(ms: number): Promise<void> {
    for (const manager of this.managers) {
      if (manager.frozenMs === null) await manager.ports.advance(ms);
      else manager.frozenMs += ms;
    }
  }

  private async startManager(): Promise<void> {
    this.started += 1;
    const name = `m${this.started}`;
    const simulated = simulatedPorts(this.seed * 1_000 + this.started);
    const ids = { next: () => `${name}-${simulated.ids.next()}` };
    const ports = { ...simulated, ids };
    const projection = new Projection(new ClusterState(false), ports);
    const store = new RemoteLog(this.commits, this.chance, ports.timers);
    const leases = new UnsteadyLeases(this.leases, this.chance);
    const parts = partsOf(store, projection, name, ports);
    const leadership = new Leadership(leases, () => `http://${name}`, parts);
    const queue = commandsOf(leadership);
    const manager = { name, ports, leadership, projection, queue, store, leases, frozenMs: null };
    leadership.failed.catch((error: unknown) => {
      throw new Error(`seed ${this.seed}: ${name} failed`, { cause: error });
    });
    await leadership.start();
    this.managers.push(manager);
  }

  /** `kill -9`: nothing of it is heard again; what it had sent may still arrive. */
  private async crash(manager: Manager): Promise<void> {
    manager.store.isDead = true;
    manager.leases.isDead = true;
    this.managers = this.managers.filter((other) => other !== manager);
    await this.startManager();
  }

  private async thaw(manager: Manager): Promise<void> {
    const { frozenMs } = manager;
    manager.frozenMs = null;
    if (frozenMs !== null) await manager.ports.advance(frozenMs);
  }

  private submit(manager: Manager, id: string): void {
    if (manager.frozenMs !== null) return;
    const request = { id: `POST /api/v1/jobs#${id}`, bodyHash: id };
    manager.queue
      .submit<'SubmitJob'>(submitJob(id), byTest, request)
      .then((outcome) => this.acknowledge(id, outcome))
      .catch(() => this.undecided.push(id));
  }

  private acknowledge(id: string, outcome: Outcome<unknown>): void {
    const text = JSON.stringify(outcome.status === 'accepted' ? outcome.answer : outcome.refusal);
    const before = this.acknowledged.get(id);
    expect({ seed: this.seed, id, text: before ?? text }).toEqual({ seed: this.seed, id, text });
    this.acknowledged.set(id, text);
  }

  /** The same request again, of one that was answered or of one that nobody knows about. */
  private repeat(manager: Manager): void {
    const known = [...this.acknowledged.keys(), ...this.undecided];
    const id = known[this.chance.integer(Math.max(1, known.length))];
    if (id !== undefined) this.submit(manager, id);
  }

  private async calmDown(): Promise<void> {
    for (const manager of this.managers) {
      await this.thaw(manager);
      manager.store.trouble = manager.leases.trouble = 0;
    }
    for (let round = 0; round < 60; round += 1) await this.pass(250);
    const leading = this.managers.filter(({ leadership }) => leadership.status.leading);
    expect({ seed: this.seed, leading: leading.length }).toEqual({ seed: this.seed, leading: 1 });
    const [leader] = leading;
    for (const id of this.undecided) if (leader !== undefined) this.submit(leader, id);
    for (let round = 0; round < 20; round += 1) await this.pass(250);
  }

  /** What was added since the last look, and at the end all of it once more. */
  private checkLog(step: number): void {
    const { seed } = this;
    const added = this.commits.inOrder().slice(this.verified.position);
    const verified = verifyChain(added, this.verified);
    expect({ seed, step, status: verified.status }).toEqual({ seed, step, status: 'intact' });
    if (verified.status === 'intact') this.verified = verified.head;
  }

  private checkEnd(): void {
    const { seed } = this;
    const commits = this.commits.inOrder();
    const { status } = verifyChain(commits, emptyHead);
    expect({ seed, status }).toEqual({ seed, status: 'intact' });
    const ids = commits.map(({ commitId }) => commitId);
    expect({ seed, doubled: ids.length - new Set(ids).size }).toEqual({ seed, doubled: 0 });
    const decided = commits.flatMap(({ commands }) => commands.map(({ id }) => id));
    expect({ seed, doubled: decided.length - new Set(decided).size }).toEqual({ seed, doubled: 0 });
    const missing = [...this.acknowledged.keys()].filter(
      (id) => !decided.includes(`POST /api/v1/jobs#${id}`),
    );
    expect({ seed, missing }).toEqual({ seed, missing: [] });
    expect({ seed, all: this.acknowledged.size }).toEqual({
      seed,
      all: new Set([...this.acknowledged.keys(), ...this.undecided]).size,
    });
    const rebuilt = stateAsText(decodedFold(commits));
    for (const { name, projection } of this.managers) {
      const same = stateAsText(projection.state) === rebuilt;
      expect({ seed, name, same }).toEqual({ seed, name, same: true });
    }
  }
}

function epochsOf(commits: readonly Commit[]): number {
  return new Set(commits.map(({ epoch }) => epoch)).size;
}
