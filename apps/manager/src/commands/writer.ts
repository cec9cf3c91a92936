import { OakringError } from '@oakring/contracts';
import {
  decodeEvents,
  maxCommitBytes,
  maxEventsPerCommit,
  type Commit,
  type DecidedCommand,
  type EventLogWriter,
} from '@oakring/events';
import type { Ports, Timer } from '@oakring/ports';
import { copyState } from '../views/copy-state.js';
import type { ClusterState } from '../views/cluster-state.js';
import { concludeCommit, foldCommit } from '../views/fold/evolve.js';
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
import { decideOnce } from './repetition.js';
import { CommitSealer } from './commit-sealer.js';
import { deposed, logFailed } from './writer-errors.js';
import { answer, refuseAll, reject, type Decision, type Waiting } from './waiting.js';

/** Commands that wait at most; more are answered `overloaded`. */
const maxQueued = 20_000;
/** A command undecided for longer is answered `outcome-unknown` (design §4). */
const undecidedAfterMs = 10_000;
const sweepEveryMs = 1_000;

interface Gathered {
  readonly decisions: Decision[];
  readonly commands: DecidedCommand[];
  attempted: number;
}

/**
 * The one writer. Commands wait in one bounded queue; while a commit is in flight the next gather;
 * once it is durable the gathered ones are decided in turn and appended as the next commit.
 *
 * idle → deciding → appending → (projected, callers answered) → idle, and from appending:
 * - `unavailable`: nothing was written. Callers are refused, the state goes back, work goes on.
 * - `deposed`: another writer has this log. The writer halts and refuses everything from then on.
 */
export class CommandWriter implements CommandQueue {
  private queue: Waiting[] = [];
  private halted: OakringError | null = null;
  /** This many of the next commands are decided alone. */
  private oneByOne = 0;
  private working: Promise<void> | null = null;
  private readonly sealer: CommitSealer;
  private readonly sweep: Timer;
  private deciders: ClusterState;

  constructor(
    private readonly log: EventLogWriter,
    private readonly projection: Projection,
    epoch: number,
    private readonly ports: Ports,
    private readonly onHalt: (error: OakringError) => void,
  ) {
    this.sealer = new CommitSealer(log, epoch, ports.ids);
    this.deciders = copyState(projection.state);
    this.sweep = ports.timers.every(sweepEveryMs, () => this.answerUndecided());
  }

  submit<T extends CommandType>(
    command: Extract<Command, { type: T }>,
    key?: IdempotencyKey,
  ): Promise<Outcome<Answers[T]>> {
    if (this.halted !== null) return Promise.reject(this.halted);
    if (this.queue.length >= maxQueued) {
      return Promise.reject(
        new OakringError({
          code: 'overloaded',
          detail: `${this.queue.length} commands wait for a decision already.`,
        }),
      );
    }
    return new Promise((resolve, reject) => {
      this.queue.push({
        command,
        key,
        sinceMs: this.ports.clock.monotonicMs(),
        answered: false,
        // The decider of `command.type` gives the answer of that type.
        resolve: resolve as (outcome: Outcome<unknown>) => void,
        reject,
      });
      this.working ??= this.work();
    });
  }

  /** Decides and writes what is queued, then refuses everything. */
  async stop(): Promise<void> {
    this.halted ??= new OakringError({
      code: 'shutting-down',
      detail: 'The manager is shutting down.',
    });
    this.sweep.cancel();
    await this.working;
  }

  private async work(): Promise<void> {
    try {
      while (this.queue.length > 0) await this.commitNext();
    } catch (error) {
      // The log failed in a way that its contract does not know: nothing more may be promised.
      this.halt(logFailed(error));
    }
    this.working = null;
  }

  private async commitNext(): Promise<void> {
    const { head } = this.deciders;
    const at = Math.max(this.ports.clock.wallMs(), head.at);
    const deciding = new Deciding(this.deciders, head.position + 1, at);
    const gathered: Gathered = { decisions: [], commands: [], attempted: 0 };
    let commit: Commit | null;
    try {
      this.decideGathered(deciding, gathered);
      commit =
        deciding.events.length === 0
          ? null
          : await this.sealer.seal(this.deciders.head, deciding, gathered.commands);
    } catch (error) {
      return this.isolate(gathered.attempted, error);
    }
    this.queue = this.queue.slice(gathered.attempted);
    this.oneByOne = Math.max(0, this.oneByOne - gathered.attempted);
    if (commit === null) answer(gathered.decisions);
    else await this.write(commit, gathered.decisions);
  }

  private async write(commit: Commit, decisions: readonly Decision[]): Promise<void> {
    const appended = await this.log.append(commit).catch((error: unknown) => {
      refuseAll(decisions, logFailed(error));
      throw error;
    });
    switch (appended.status) {
      case 'appended':
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
        refuseAll(decisions, deposed(commit.position, appended.head.epoch));
        this.halt(deposed(commit.position, appended.head.epoch));
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
    answer(decisions);
    this.projection.announce(events, this.projection.state.head);
  }

  /** Decides as many of the waiting commands as fit one commit, in order. */
  private decideGathered(deciding: Deciding, gathered: Gathered): void {
    const most = this.oneByOne > 0 ? 1 : this.queue.length;
    while (
      gathered.attempted < most &&
      deciding.events.length < maxEventsPerCommit &&
      deciding.bytes < maxCommitBytes
    ) {
      const waiting = this.queue[gathered.attempted];
      if (waiting === undefined) break;
      gathered.attempted += 1;
      const outcome = decideOnce(deciding, waiting, gathered.commands);
      gathered.decisions.push({ waiting, outcome });
    }
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
    const detail = `${culprit.command.type} could not be decided: ${String(error)}.`;
    reject(culprit, new OakringError({ code: 'internal', detail }, { cause: error }));
  }

  /** Nothing was written: the deciders go back to what is durable. */
  private takeBack(): void {
    this.deciders = copyState(this.projection.state);
    this.sealer.takenBack();
  }

  private halt(error: OakringError): void {
    this.halted = error;
    for (const waiting of this.queue.splice(0)) reject(waiting, error);
    this.onHalt(error);
  }

  private answerUndecided(): void {
    const before = this.ports.clock.monotonicMs() - undecidedAfterMs;
    for (const waiting of this.queue) {
      if (waiting.sinceMs > before) break;
      reject(
        waiting,
        new OakringError({
          code: 'outcome-unknown',
          detail: `The command is not decided after ${undecidedAfterMs / 1000} s; it may still be.`,
        }),
      );
    }
  }
}
