import { OakringError } from '@oakring/contracts';
import { decodeEvents, type Commit } from '@oakring/events';
import { type EventLogWriter } from '@oakring/stores';
import type { Ports, Timer } from '@oakring/ports';
import { copyState, type ClusterState, concludeCommit, foldCommit } from '@oakring/model';
import type { Projection } from '../views/projection.js';
import type {
  Answers,
  Command,
  CommandQueue,
  CommandType,
  IdempotencyKey,
  Outcome,
} from './command.js';
import { Deciding } from './decide/deciding.js';
import { CommandFigures } from './command-figures.js';
import { decideGathered, type Gathered } from './gathering.js';
import { Callers } from './callers.js';
import { CommitSealer } from './commit-sealer.js';
import {
  deposed,
  isFatal,
  logFailed,
  overloaded,
  undecidable,
  undecided,
  unanswerable,
} from './writer-errors.js';
import { byItself, type CommandOrigin } from './origin.js';
import type { Tenure } from './tenure.js';
import { answer, refuseAll, reject, type Decision, type Waiting } from './waiting.js';

/** Commands that wait at most; more are answered `overloaded`. */
const maxQueued = 20_000;
/** A command undecided for longer is answered `outcome-unknown`. */
const undecidedAfterMs = 10_000;
const sweepEveryMs = 250;
/** A stop waits this long for an append whose outcome is unclear. */
const drainWithinMs = 5_000;

/**
 * The one writer. Commands wait in one bounded queue; while a commit is in flight the next gather,
 * and are decided in turn once it is durable.
 *
 * idle → deciding → appending → (projected, callers answered) → idle, and from appending:
 * - `unavailable`: nothing was written. Callers are refused, the state goes back, work goes on.
 * - `deposed`: another writer has this log. The writer halts and refuses everything from then on.
 *
 * While an outcome is unclear the append is not answered: the writer holds. While the tenure is late
 * nobody is answered; held again, nobody else had it meanwhile, and what was written counts. Who waits
 * for too long is told that it is not known. An abandoned writer (its tenure is lost) neither projects
 * nor answers: who leads now may have gone on without its commit.
 */
export class CommandWriter implements CommandQueue {
  private queue: Waiting[] = [];
  private halted: OakringError | null = null;
  /** This many of the next commands are decided alone. */
  private oneByOne = 0;
  /** Decided and on their way into the log. */
  private inFlight: readonly Decision[] = [];
  /** Decided, and written, while nobody could be told. */
  private late: Decision[] = [];
  private isAbandoned = false;
  private working: Promise<void> | null = null;
  private readonly sealer: CommitSealer;
  private readonly sweeping: Timer;
  private readonly callers: Callers;
  private deciders: ClusterState;
  /** Monotonic: when the append that is under way began. */
  appendBeganMs: number | null = null;

  constructor(
    private readonly log: EventLogWriter,
    private readonly projection: Projection,
    private readonly tenure: Tenure,
    private readonly ports: Ports,
    private readonly onHalt: (error: OakringError) => void,
    private readonly figures = new CommandFigures(),
  ) {
    this.callers = new Callers(ports.clock);
    this.sealer = new CommitSealer(log, tenure.epoch, ports.ids);
    this.deciders = copyState(projection.state);
    this.sweeping = ports.timers.every(sweepEveryMs, () => this.sweep());
  }

  submit<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    origin: CommandOrigin,
    key?: IdempotencyKey,
    stillTrue?: () => boolean,
  ): Promise<Outcome<Answers[T]>> {
    const { type } = command;
    if (this.halted !== null) return this.refuseAtOnce(type, this.halted);
    if (this.queue.length >= maxQueued) {
      return this.refuseAtOnce(type, overloaded(this.queue.length));
    }
    const { by } = origin;
    const tooMany = this.callers.enter(by);
    if (tooMany !== null) return this.refuseAtOnce(type, tooMany);
    const sinceMs = this.ports.clock.monotonicMs();
    return new Promise((resolve, reject) => {
      this.queue.push({
        ...{ command, origin, key, stillTrue, sinceMs },
        answered: false,
        resolve: (outcome) => {
          this.callers.answered(by);
          this.figures.answered(type, outcome, this.ports.clock.monotonicMs() - sinceMs);
          // Its decider gives the answer of that type.
          resolve(outcome as Outcome<Answers[T]>);
        },
        reject: (error) => {
          this.callers.answered(by);
          this.figures.failed(type);
          reject(error);
        },
      });
      this.working ??= this.work();
    });
  }

  /** Decides and writes what is queued, then refuses everything. Waits 5 s for the log at most. */
  async stop(): Promise<void> {
    this.recordRefusals(true);
    this.halted ??= new OakringError({
      code: 'shutting-down',
      detail: 'The manager is shutting down.',
    });
    const patience = new AbortController();
    await Promise.race([this.working, this.ports.timers.sleep(drainWithinMs, patience.signal)]);
    patience.abort();
    this.end(undecided(drainWithinMs));
  }

  /**
   * Another leads: nothing more is decided, answered or projected here. Resolves once the append
   * under way, if any, has settled: before that no other writer of this process may append.
   */
  async abandon(error: OakringError): Promise<void> {
    this.halted = error;
    this.end(error);
    await this.working;
  }

  private end(error: OakringError): void {
    this.isAbandoned = true;
    this.sweeping.cancel();
    refuseAll([...this.late, ...this.inFlight], unanswerable(error));
    for (const waiting of this.queue.splice(0)) reject(waiting, error);
  }

  private refuseAtOnce(type: CommandType, error: OakringError): Promise<never> {
    this.figures.failed(type);
    return Promise.reject(error);
  }

  private async work(): Promise<void> {
    try {
      while (this.queue.length > 0) await this.commitNext();
    } catch (error) {
      // Its contract does not know this failure: nothing more may be promised.
      if (!this.isAbandoned) this.halt(logFailed(error));
    }
    this.working = null;
  }

  private async commitNext(): Promise<void> {
    const { head } = this.deciders;
    const nowMs = this.ports.clock.wallMs();
    const deciding = new Deciding(
      this.deciders,
      head.position + 1,
      Math.max(nowMs, head.at),
      nowMs,
    );
    deciding.recordsRefusal = this.callers.recordAt(this.ports.clock.monotonicMs());
    const gathered: Gathered = { decisions: [], commands: [], attempted: 0 };
    const most = this.oneByOne > 0 ? 1 : this.queue.length;
    let commit: Commit | null;
    try {
      decideGathered(deciding, this.queue.slice(0, most), gathered, this.decisionTimer());
      commit =
        deciding.events.length === 0
          ? null
          : await this.sealer.seal(this.deciders.head, deciding, gathered.commands);
    } catch (error) {
      return this.isolate(gathered.attempted, error);
    }
    if (this.isAbandoned) return;
    this.queue = this.queue.slice(gathered.attempted);
    this.oneByOne = Math.max(0, this.oneByOne - gathered.attempted);
    if (commit === null) this.answer(gathered.decisions);
    else await this.write(commit, gathered.decisions);
  }

  /** To be called after each decision: what passed since the one before. */
  private decisionTimer(): () => void {
    const { clock } = this.ports;
    const { deciding } = this.figures;
    let sinceMs = clock.monotonicMs();
    return () => {
      const nowMs = clock.monotonicMs();
      deciding.observe((nowMs - sinceMs) / 1_000);
      sinceMs = nowMs;
    };
  }

  private async write(commit: Commit, decisions: readonly Decision[]): Promise<void> {
    this.inFlight = decisions;
    const sentMs = this.ports.clock.monotonicMs();
    this.appendBeganMs = sentMs;
    const appended = await this.log
      .append(commit)
      .catch((error: unknown) => {
        refuseAll(decisions, logFailed(error));
        throw error;
      })
      .finally(() => {
        this.appendBeganMs = null;
      });
    this.inFlight = [];
    if (this.isAbandoned) return;
    switch (appended.status) {
      case 'appended':
        this.figures.appending.observe((this.ports.clock.monotonicMs() - sentMs) / 1_000);
        concludeCommit(this.deciders, commit);
        this.sealer.appended();
        this.project(commit, decisions);
        break;
      case 'unavailable':
        this.takeBack();
        refuseAll(
          decisions,
          new OakringError({
            code: 'log-unavailable',
            detail: `The event log could not be written: ${appended.reason}.`,
          }),
        );
        break;
      case 'deposed':
        this.halt(deposed(this.tenure.epoch, appended.head), decisions);
        break;
    }
  }

  /**
   * What queries see is folded from the text that was stored, not from what was decided: a view is
   * the same whether its events were just written or are replayed years later.
   */
  private project(commit: Commit, decisions: readonly Decision[]): void {
    const events = decodeEvents(commit);
    foldCommit(this.projection.state, commit, events);
    this.answer(decisions);
    this.projection.announce(events, this.projection.state.head);
  }

  /** The last look before anybody is told: what is late may be contradicted by who leads now. */
  private answer(decisions: readonly Decision[]): void {
    this.late.push(...decisions);
    if (this.tenure.isHeld) answer(this.late.splice(0));
  }

  /**
   * A command that cannot be decided or written (a bug) must not take its neighbours with it: the
   * commands of the failed commit are tried again one by one, and the one to blame is refused.
   */
  private isolate(attempted: number, error: unknown): void {
    this.takeBack();
    if (attempted > 1) {
      this.oneByOne = attempted;
      return;
    }
    this.oneByOne = Math.max(0, this.oneByOne - 1);
    const [culprit] = this.queue;
    this.queue = this.queue.slice(1);
    if (culprit === undefined) return;
    reject(culprit, undecidable(culprit.command.type, error));
  }

  /** Nothing was written: the deciders go back to what is durable. */
  private takeBack(): void {
    this.deciders = copyState(this.projection.state);
    this.sealer.takenBack();
  }

  private halt(error: OakringError, decisions: readonly Decision[] = []): void {
    this.halted = error;
    refuseAll([...this.late, ...decisions], isFatal(error) ? error : unanswerable(error));
    for (const waiting of this.queue.splice(0)) reject(waiting, error);
    this.onHalt(error);
  }

  /** What callers were refused that is no event of its own. */
  private recordRefusals(isLast = false): void {
    const refused = this.halted === null ? this.callers.due(isLast) : null;
    if (refused === null) return;
    const command = { type: 'RecordRefusedRequests', refused } as const;
    this.submit(command, byItself('access', 'observed:orders')).catch(() => {
      // For the record; how many were refused is in the metrics too.
    });
  }

  private sweep(): void {
    this.recordRefusals();
    this.answer([]);
    const before = this.ports.clock.monotonicMs() - undecidedAfterMs;
    const decided = [...this.late, ...this.inFlight].map(({ waiting }) => waiting);
    for (const waiting of [...decided, ...this.queue]) {
      if (waiting.sinceMs <= before) reject(waiting, undecided(undecidedAfterMs));
    }
    this.late = this.late.filter(({ waiting }) => !waiting.answered);
  }
}
