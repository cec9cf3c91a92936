import { OakringError } from '@oakring/contracts';
import { currentRoot, isForgotten, type Changes, type ClusterState } from '@oakring/model';
import { halfJitterMs, type Ports } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import type { Doing, Look, Outcome, Process, Seen, Wake } from '../supervision/process.js';
import { ReportTurns } from './report-turns.js';
import type { Measured } from './report.js';
import type { RootStanding } from './root-standing.js';
import type { ReportFate, Root } from './root.port.js';

/** What it speaks for. */
export interface LedTerm {
  readonly queue: CommandQueue;
  readonly state: () => ClusterState;
  /** Nobody else may lead by now: the root must not hear two. */
  readonly leads: () => boolean;
}

type Step = 'register' | 'end-forgotten' | 'report';

/** The root and how we stand with it. */
export interface RootParts {
  readonly root: Root;
  readonly standing: RootStanding;
  /** What becomes of services that were ordered by a root that has lost its memory since. */
  readonly forgetful: 'keep' | 'end';
}

const name = 'root';
const [registration, report] = ['registration', 'report'];
/** A root that lost its memory answers as ever: only a registration shows it. */
const registerEveryMs = 300_000;
const reportEveryMs = 15_000;
/** When something changed that somebody waits for. */
const soonestMs = 1_000;
/** A root that does not take a report has enough to do. */
const reportBackoff = { firstMs: 15_000, mostMs: 25_000 };

/**
 * Speaks to the root, one thing at a time: it answers nobody else meanwhile. Nothing waits for it. It is
 * told who we are when a term begins, whenever it was away, every five minutes, and before the end of
 * anything that it dismissed: one that has lost its memory knows us by another id from then on, and asks
 * for the end of everything that it once ordered.
 */
export class RootSpeaking implements Process<Step> {
  readonly name = name;
  readonly most = 1;
  readonly mostAtOnce = 1;
  readonly restMs = 100;
  readonly backoff = null;

  private readonly turns: ReportTurns;
  private wake: Wake = () => {};
  /** What it knows us by, since it was told in this term. */
  private id: string | null = null;
  /** Where the ledger stood when it was first asked for the answer that is not on record yet. */
  private askedAt: number | null = null;
  /** Monotonic: when it is to be told again who we are, at the latest. */
  private registerAtMs = 0;
  /** Monotonic: when the next report is due, and before when none is sent, whatever the news. */
  private reportAtMs = 0;
  private newsAtMs = 0;
  private failures = 0;
  /** The newest report came to nobody: the next one need not wait once it is there. */
  private isAway = true;

  constructor(
    private readonly parts: RootParts,
    private readonly measured: Measured,
    private readonly term: LedTerm,
    private readonly ports: Pick<Ports, 'clock' | 'randomness'>,
    private readonly warn: (line: string) => void,
  ) {
    parts.standing.begin();
    this.turns = new ReportTurns(term.state());
  }

  listen(wake: Wake): void {
    this.wake = wake;
  }

  all(): string[] {
    return [registration, report];
  }

  note(changes: Changes, state: ClusterState): void {
    this.turns.note(changes, state);
  }

  concerned({ jobs, instances, presences }: Changes): string[] {
    const isNews = instances.size > 0 || presences.size > 0;
    return [...(jobs.size > 0 ? [registration] : []), ...(isNews ? [report] : [])];
  }

  fact(key: string): string | null {
    return key === registration ? name : this.id;
  }

  look(key: string, state: ClusterState, { nowMs }: Seen): Look<Step> {
    if (key === report) {
      const dueMs = this.turns.hasNews ? this.newsAtMs : Math.max(this.newsAtMs, this.reportAtMs);
      return nowMs >= dueMs ? { step: 'report', againMs: null } : { step: null, againMs: dueMs };
    }
    if (nowMs >= this.registerAtMs || dismissedOf(state).length > 0) {
      return { step: 'register', againMs: null };
    }
    const againMs = this.registerAtMs;
    if (this.toEnd(state).length > 0) return { step: 'end-forgotten', againMs };
    return { step: null, againMs };
  }

  async act([doing]: readonly Doing<Step>[], ending: AbortSignal): Promise<Outcome> {
    if (!this.term.leads()) {
      const detail = 'Nothing is said to the root while our lease is not renewed.';
      throw new OakringError({ code: 'not-leading', detail });
    }
    switch (doing?.step) {
      case 'register':
        await this.register(ending);
        return 'settled';
      case 'report':
        await this.report(ending);
        return 'settled';
      case 'end-forgotten':
        await this.endForgotten();
        return 'settled';
      case undefined:
        return 'settled';
    }
  }

  private async register(ending: AbortSignal): Promise<void> {
    const { root, standing } = this.parts;
    // Also of a dismissal that comes while it answers, whether it remembers us is asked again.
    const dismissed = dismissedOf(this.term.state());
    // Whom its orders are of that come before its answer is on record, the answer says.
    this.askedAt ??= this.term.state().head.position;
    const id = await root.register(ending).catch((error: unknown) => {
      standing.failed();
      this.askedAt = null;
      throw error;
    });
    const taken = await this.term.queue.submit<'RecordRoot'>(
      { type: 'RecordRoot', root: id, since: this.askedAt },
      byItself(name),
    );
    this.askedAt = null;
    const remembers = taken.status === 'accepted' && taken.answer.remembers;
    if (!remembers) {
      standing.forgot();
      this.warn(
        `The root ${root.name} has lost its memory: it knows this cluster as ${id} now. What it had ` +
          'goes on; "oakring root forgotten" lists it.',
      );
    }
    for (const job of remembers ? dismissed : []) {
      const command = { type: 'ObeyDismissal', id: job } as const;
      await this.term.queue.submit<'ObeyDismissal'>(command, byItself(name));
    }
    standing.registered(id);
    const nowMs = this.ports.clock.monotonicMs();
    this.registerAtMs = nowMs + registerEveryMs;
    if (this.isAway || id !== this.id) this.reportAtMs = this.newsAtMs = nowMs;
    this.isAway = false;
    this.id = id;
    this.wake([report]);
  }

  private async report(ending: AbortSignal): Promise<void> {
    const { id } = this;
    if (id === null) return;
    const { root, standing } = this.parts;
    const { clock } = this.ports;
    const beganMs = clock.monotonicMs();
    const isWhole = beganMs >= this.reportAtMs;
    const made = this.turns.next(this.term.state(), this.measured, isWhole);
    const builtMs = clock.monotonicMs() - beganMs;
    const fate = await root.report(id, made.bytes, ending);
    const endedMs = clock.monotonicMs();
    const tookMs = endedMs - beganMs;
    if (fate.status !== 'taken') {
      this.turns.notTaken(made, fate.status === 'slow' || fate.status === 'too-large');
      this.notTaken(fate, endedMs);
      return;
    }
    this.turns.taken();
    this.failures = 0;
    if (isWhole) this.reportAtMs = Math.max(beganMs + reportEveryMs, endedMs + soonestMs);
    // It is busy with us for half of its time at most.
    this.newsAtMs = Math.max(beganMs + soonestMs, endedMs + tookMs);
    const [bytes, instances] = [made.bytes.length, made.told.length];
    standing.taken({ atMs: clock.wallMs(), tookMs, builtMs, bytes, instances });
    if (made.parted.length === 0) return;
    const told = { type: 'RecordRootTold', instances: made.parted } as const;
    await this.term.queue.submit<'RecordRootTold'>(told, byItself(name));
  }

  /** Throws. It is told anew who we are, in case that it comes back as another. */
  private notTaken(
    { status, why }: Exclude<ReportFate, { status: 'taken' }>,
    nowMs: number,
  ): never {
    this.failures += 1;
    this.parts.standing.failed();
    this.isAway = status === 'away';
    this.registerAtMs = nowMs;
    this.reportAtMs = nowMs + halfJitterMs(this.failures, reportBackoff, this.ports.randomness);
    this.newsAtMs = this.reportAtMs;
    this.wake([registration]);
    const detail = `The root ${this.parts.root.name} ${why}.`;
    throw new OakringError({ code: 'root-unavailable', detail });
  }

  private toEnd(state: ClusterState): readonly string[] {
    if (this.parts.forgetful === 'keep') return [];
    const jobs = [...state.jobs.values()];
    return jobs.flatMap((job) =>
      job.status !== 'deleting' && isForgotten(state, job) ? [job.id] : [],
    );
  }

  private async endForgotten(): Promise<void> {
    for (const id of this.toEnd(this.term.state())) {
      const command = { type: 'DeleteJob', id, force: true } as const;
      await this.term.queue.submit<'DeleteJob'>(command, byItself(name));
    }
  }
}

/** Jobs whose end the root asked for, and which it was not yet found to remember. */
function dismissedOf(state: ClusterState): readonly string[] {
  const root = currentRoot(state);
  const ids: string[] = [];
  for (const { id, dismissed, status, root: by } of state.jobs.values()) {
    if (dismissed && status !== 'deleting' && by === root) ids.push(id);
  }
  return ids;
}
