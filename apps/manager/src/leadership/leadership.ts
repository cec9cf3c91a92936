import { OakringError } from '@oakring/contracts';
import type { LeaseStore } from '@oakring/stores';
import { CommandFigures } from '../commands/command-figures.js';
import { catchUp } from './catch-up.js';
import { brokerSilentMs, Fitness } from './fitness.js';
import { Candidate } from './lease/candidate.js';
import { folderLease, type Lease } from './lease/lease.js';
import type { Standing, Underway } from '../injection/health.js';
import type { ProcessHealth } from '../supervision/watched-process.js';
import { beginTerm, type Term, type TermParts } from './term.js';

/** How often a follower reads what was appended, and whether the lease is renewed. */
const lookEveryMs = 100;
const readyCheckMs = 10;
/** So that the process ends in the 5 s that are promised, whether the store answers or not. */
const stopWithinMs = 2_500;

/** Whether this manager leads, and who does if not. */
export interface LeadershipStatus {
  readonly leading: boolean;
  /** Where the leader takes commands; null when nobody is known to lead. */
  readonly leader: string | null;
  readonly ready: boolean;
  /** In a few words: what this manager is doing. */
  readonly detail: string;
  readonly standing: Standing;
}

/**
 * One manager's life: it follows the log until it may lead it, leads until it is replaced, and
 * follows again, in the same process and with the same views, which hold what is durable only.
 *
 * following → opening → leading → following …, and from each → stopped:
 * - following: reads the log's tail and the lease every 100 ms; sends nothing, decides nothing.
 * - the lease is free and we are fit to lead (fitness.ts): takes it, opens the epoch (term.ts).
 * - leading until the term is over: somebody else leads, we give way to somebody fitter, or we stop.
 * - failed: the log is damaged or was written by somebody of our own epoch. Nothing may be written
 *   on top of that; the process ends with the evidence kept.
 *
 * A store that is away ends nothing: a follower goes on looking, a leader's lease runs out until it
 * can be renewed. A folder has one manager only, which leads from its start to its end.
 */
export class Leadership {
  current: Term | null = null;
  readonly failed: Promise<never>;
  /** Of all its terms. */
  readonly figures = new CommandFigures();
  private fail: (error: unknown) => void = () => {};
  private readonly candidate: Candidate | null = null;
  private readonly fitness: Fitness | null = null;
  /** Why we do not take a lease that is free. */
  private objection: string | null = null;
  private saidObjection = false;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | null = null;
  private isCurrent = false;
  /** Monotonic: when a look that read to the end of the log began; null: none has. */
  private currentAtMs: number | null = null;
  private hasLed = false;
  private isPlacing = false;
  private saidAway = false;
  /** Monotonic: when the look that is under way began. */
  private lookBeganMs: number | null = null;

  constructor(
    leases: LeaseStore | null,
    /** Where we take commands; known once we listen. */
    private readonly url: () => string,
    private readonly parts: TermParts,
  ) {
    if (leases !== null) {
      const fitness = new Fitness(leases, parts);
      this.candidate = new Candidate(leases, url, parts.ports, () => fitness.reachesBroker);
      this.fitness = fitness;
    }
    this.failed = new Promise<never>((_, reject) => {
      this.fail = reject;
    });
    this.failed.catch(() => {
      // Whoever runs the manager listens; until then nobody is there to be told.
    });
  }

  get status(): LeadershipStatus {
    const { current, candidate } = this;
    if (current === null) {
      const holder = candidate?.seen?.url ?? '';
      const leader = holder === '' || holder === this.url() ? null : holder;
      // Who starts takes no orders before there is a leader; between two leaders they only wait.
      const { isCurrent, hasSeenLeader, objection, followerDetail: detail } = this;
      const standing = { role: 'follower', isCurrent, hasSeenLeader, objection } as const;
      return { leading: false, leader, ready: isCurrent && hasSeenLeader, detail, standing };
    }
    const reachesBroker = this.reachesBroker === true;
    const { isHeld } = current.lease;
    return {
      leading: isHeld,
      leader: isHeld ? this.url() : null,
      ready: reachesBroker && isHeld,
      detail: detailOf(reachesBroker, isHeld),
      standing: { role: 'leader', isHeld, reachesBroker },
    };
  }

  /** What is under way and waits for nothing that is known to be away; null: nothing. */
  get underway(): Underway | null {
    const { current, lookBeganMs } = this;
    if (current !== null) {
      const beganMs = current.lease.isHeld ? current.appendBeganMs : null;
      if (beganMs === null) return null;
      return { key: `append ${beganMs}`, what: 'an append to the event log' };
    }
    if (lookBeganMs === null) return null;
    // One that reads a long history comes further meanwhile.
    const key = `look ${lookBeganMs} at ${this.parts.projection.position}`;
    return { key, what: 'a look at the store' };
  }

  /** How long the append under way has been, milliseconds; 0: there is none. */
  get appendingMs(): number {
    const beganMs = this.current?.appendBeganMs ?? null;
    return beganMs === null ? 0 : this.parts.ports.clock.monotonicMs() - beganMs;
  }

  /** How this machine's clock differs too much from the store's; null: it does not, or there is one manager. */
  async clockError(): Promise<string | null> {
    return (await this.fitness?.clockObjection()) ?? null;
  }

  /** How what happens by itself does; nothing does while we follow. */
  get processes(): readonly ProcessHealth[] {
    return this.current?.processes ?? [];
  }

  /** Until our lease runs out; null: we have none that does. */
  get leaseMarginMs(): number | null {
    return this.current?.lease.marginMs ?? null;
  }

  /** For how long the views may have been behind the log; null: they were never known to be current. */
  get lagMs(): number | null {
    if (this.current !== null) return 0;
    if (this.currentAtMs === null) return null;
    return this.parts.ports.clock.monotonicMs() - this.currentAtMs;
  }

  /** Whether the store did what it was last asked for: renewed our lease, or was read to its end. */
  get reachesStore(): boolean {
    return this.current?.lease.isHeld ?? this.isCurrent;
  }

  /** Null: who does not lead has no link. */
  get reachesBroker(): boolean | null {
    if (this.current === null) return null;
    const { connected, unreachedMs } = this.parts.connection;
    return connected && unreachedMs < brokerSilentMs;
  }

  /** Whether the cluster has had a leader since we started. */
  private get hasSeenLeader(): boolean {
    return this.hasLed || this.candidate?.hasSeenRenewal === true;
  }

  private get followerDetail(): string {
    if (!this.isCurrent) return 'reading the log';
    if (this.objection !== null) return `following: ${this.objection}`;
    return this.hasSeenLeader ? 'following' : 'nobody leads yet';
  }

  /** Resolves once this manager leads, or, where there may be several, begins to follow. */
  async start(): Promise<void> {
    if (this.candidate === null) {
      const lease = folderLease(this.parts.projection.state.head.epoch + 1);
      this.enter(await beginTerm(lease, this.parts, this.figures));
      this.running = this.untilOver().catch((error: unknown) => this.fail(error));
      return;
    }
    this.running = this.live(this.candidate).catch((error: unknown) => this.fail(error));
  }

  /** Resolves once the manager does its work, as leader or as follower. */
  async ready(): Promise<void> {
    const { timers } = this.parts.ports;
    while (!this.status.ready && !this.stopping.signal.aborted) {
      await timers.sleep(readyCheckMs, this.stopping.signal);
    }
  }

  /** Begins to ask the scheduler, in this term and in every later one. */
  startPlacing(): void {
    this.isPlacing = true;
    this.current?.startPlacing();
  }

  /**
   * Waits a while only, however often it is called: an append that a store does not answer is given up
   * when the log is closed.
   */
  stop(): Promise<void> {
    if (this.stopped !== null) return this.stopped;
    this.stopping.abort();
    const patience = new AbortController();
    const waited = this.parts.ports.timers.sleep(stopWithinMs, patience.signal);
    this.stopped = Promise.race([this.running, waited]).finally(() => patience.abort());
    return this.stopped;
  }

  private async live(candidate: Candidate): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const lease = await this.follow(candidate);
      if (lease === null) continue;
      const term = await this.open(lease);
      if (term === null) continue;
      this.enter(term);
      await this.untilOver();
    }
  }

  /** One look; resolves with the lease if it was free and is ours now. */
  private async follow(candidate: Candidate): Promise<Lease | null> {
    const { log, projection, place, ports, warn } = this.parts;
    const beganMs = ports.clock.monotonicMs();
    this.lookBeganMs = beganMs;
    try {
      const isFree = await candidate.look();
      if (isFree) await this.parts.refuseHalfRestored();
      else {
        this.objection = null;
        await this.fitness?.offer(candidate);
      }
      await catchUp(log, projection, place);
      this.isCurrent = true;
      this.currentAtMs = beganMs;
      this.saidAway = false;
      const isOurs = isFree && (await this.mayTake(candidate));
      const lease = isOurs ? await candidate.take(projection.state.head.epoch) : null;
      if (lease !== null) return lease;
    } catch (error) {
      if (error instanceof OakringError && isFatal(error)) throw error;
      this.isCurrent = false;
      if (!this.saidAway) warn(`The store cannot be read, trying on: ${messageOf(error)}`);
      this.saidAway = true;
    } finally {
      this.lookBeganMs = null;
    }
    await ports.timers.sleep(lookEveryMs, this.stopping.signal);
    return null;
  }

  private async mayTake(candidate: Candidate): Promise<boolean> {
    const objection = (await this.fitness?.objection(candidate)) ?? null;
    // The first look only begins to try the broker.
    const lasts = objection !== null && this.objection !== null;
    if (lasts && !this.saidObjection) {
      this.parts.warn(`Nobody leads, and this manager does not take over: ${objection}`);
    }
    this.saidObjection = lasts;
    this.objection = objection;
    return objection === null;
  }

  /** Null: somebody else was there first, or the store went away meanwhile. */
  private async open(lease: Lease): Promise<Term | null> {
    try {
      // A restore leaves its mark, then looks for a lease; we took ours, then look for a mark: one sees the other.
      await this.parts.refuseHalfRestored();
      return await beginTerm(lease, this.parts, this.figures);
    } catch (error) {
      await lease.release();
      if (error instanceof OakringError && isFatal(error)) throw error;
      this.parts.warn(`The epoch could not be opened, following again: ${messageOf(error)}`);
      return null;
    }
  }

  private enter(term: Term): void {
    this.current = term;
    this.hasLed = true;
    if (this.isPlacing) term.startPlacing();
  }

  private async untilOver(): Promise<void> {
    const term = this.current;
    if (term === null) return;
    const { signal } = this.stopping;
    const over = new AbortController();
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let reason: string | void;
    try {
      const unfit = this.fitness?.unfit(term.lease, over.signal) ?? stopped;
      reason = await Promise.race([term.over, stopped, unfit]);
    } finally {
      over.abort();
      this.current = null;
      this.isCurrent = false;
      await (signal.aborted ? term.stop() : term.abandon());
    }
    if (signal.aborted) return;
    const why = typeof reason === 'string' ? `Giving the lease back: ${reason}` : null;
    this.parts.warn(`${why ?? 'Another manager leads the cluster now'}: following.`);
    // Not lost: we give way, and the next one need not wait.
    await term.lease.release();
  }
}

const fatal: ReadonlySet<string> = new Set([
  'log-damaged',
  'ledger-newer',
  'position-conflict',
  // What it took from the store as it was, the secret among it, is not what it will be.
  'restore-unfinished',
]);

/** Whoever led on from here would write on top of what nobody can explain. */
function isFatal({ code }: OakringError): boolean {
  return fatal.has(code);
}

function detailOf(reachesBroker: boolean, isHeld: boolean): string {
  if (!isHeld) return 'the lease could not be renewed in time';
  return reachesBroker ? 'leading' : 'not connected to the MQTT broker';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
