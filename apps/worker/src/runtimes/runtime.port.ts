import type {
  runtimeNames,
  Fault,
  HealthProbe,
  JsonObject,
  OwnVariables,
  Resources,
} from '@oakring/contracts';

export type RuntimeName = (typeof runtimeNames)[number];

export interface InstanceAddress {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

export interface InstanceToStart extends InstanceAddress {
  /** The job as the root sent it. */
  readonly description: JsonObject;
  readonly resources: Resources;
  /** What it is told of itself, beside what its job says. */
  readonly own: OwnVariables;
  /** Values of the secrets that its job names, as far as they came. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** It lives on grants: for so long, unless it is renewed. Absent: it goes on. */
  readonly validForMs?: number;
  /** Whose order it is, and of what; absent or null: not known. */
  readonly ledger?: string | null;
  readonly digest?: string | null;
}

export interface InstanceToCheck extends InstanceAddress {
  /** What it is told of itself. */
  readonly own: OwnVariables;
  /** The job as it was ordered. */
  readonly description: JsonObject | null;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A start that failed, where it is known whose fault that is: the job's own, or this machine's. */
export class StartFailure extends Error {
  constructor(
    message: string,
    readonly fault: Fault,
  ) {
    super(message);
  }
}

export function faultOf(error: unknown): Fault | null {
  return error instanceof StartFailure ? error.fault : null;
}

export interface InstanceExit {
  readonly status: 'completed' | 'failed';
  /** For a person, never empty. */
  readonly reason: string;
  /** Of one that failed: what it printed last, as `lastPrinted` leaves it; absent: nothing is known. */
  readonly lastLines?: readonly string[];
}

export interface FoundInstance extends InstanceAddress {
  readonly status: 'running' | 'completed' | 'failed';
  readonly reason: string;
  /** As it was started; absent: not known here. */
  readonly ledger?: string | null;
  readonly digest?: string | null;
}

/** Which of what an instance printed is wanted. */
export interface LogsWanted {
  /** What was printed so many milliseconds ago, or later; null: all that is kept. */
  readonly agoMs: number | null;
  /** So many of the newest lines, and what follows them; null: all. */
  readonly tail: number | null;
  /** Goes on as it prints, until it has ended. */
  readonly follow: boolean;
  /** Of the start before: of an earlier generation of its number, or of this one. */
  readonly previous: boolean;
  /** Nothing of a generation below it: that was another job of the same id. 1: whatever there is. */
  readonly notBefore: number;
  /** What follows the line with this mark; a mark that is not known any more is as none. */
  readonly after: string | null;
}

export interface PrintedLine {
  readonly generation: number;
  /** By the clock of this machine, milliseconds since 1970; null: not known. */
  readonly atMs: number | null;
  /** Without its end. */
  readonly text: string;
  /** It goes on in the next one. */
  readonly isOpen: boolean;
  /** Where it stands: at most 64 characters. */
  readonly mark: string;
}

/** Characters of a terminal. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command that is to run in an instance, beside its own. */
export interface ExecWanted {
  /** The program and its arguments; no shell reads them. */
  readonly command: readonly string[];
  /** Null: it has no terminal. */
  readonly terminal: TerminalSize | null;
}

/** Whoever such a command is run for. */
export interface ExecTalk {
  /** Aborts when nobody is there any more. */
  readonly signal: AbortSignal;
  /** It runs. Once, before anything is written. */
  opened(): void;
  /** Resolves once all of it is said; rejects when nobody waits for it any more. With a terminal all is `out`. */
  write(channel: 'out' | 'err', bytes: Uint8Array): Promise<void>;
  /** Its standard input as it comes, until it is over. Each piece makes room for more when the next one is asked for. */
  input(): AsyncIterable<Uint8Array>;
  onResize(listener: (size: TerminalSize) => void): void;
}

/** A command that was hung up on (SIGHUP) has so long to end by itself. */
export const execGraceMs = 5_000;

/** Nothing is kept of what was asked for: a sentence for a person. */
export class NothingPrinted extends Error {}

/** Runs instances of one technology. `runtime.contract.ts` says what every implementation keeps. */
export interface Runtime {
  readonly technology: RuntimeName;
  /** Its instances go on when the worker's process ends. */
  readonly outlives: boolean;
  /** It ends all that an instance started, at its limit, whatever became of the worker's process. */
  readonly enforcesStop: boolean;
  /** What it can do for fields of a job, sorted: `ports` (docs/native-protocol.md, features). */
  readonly features: readonly string[];
  /** `exec` and `exec-tty` (with a terminal), as far as it can. Absent: neither. */
  readonly execFeatures?: readonly string[];
  /** Names of credentials that it can pull with. Absent: none. */
  readonly registryNames?: readonly string[];
  /** What an earlier start of the worker left, running or ended meanwhile. Called once, first. */
  existing(): Promise<readonly FoundInstance[]>;
  /**
   * Resolves once the instance runs; one that runs already is left alone. Rejects with a reason for
   * a person, and nothing is left behind then. `progress` is called during long work (a pull).
   * After an abort it settles soon, either way.
   */
  start(
    instance: InstanceToStart,
    signal: AbortSignal,
    progress: (what: string) => void,
  ): Promise<void>;
  /**
   * Resolves once the instance is gone, ended ones too; one that is not there is gone already. It is
   * asked to end, and killed after `graceMs`; without it, after the runtime's own patience.
   */
  stop(address: InstanceAddress, graceMs?: number): Promise<void>;
  /**
   * What lives on grants may go on for so long from now. A runtime that can ends it by itself then,
   * also when the worker's process is stopped and cannot say so.
   */
  renew?(address: InstanceAddress, validForMs: number): void;
  /**
   * Looks once whether an instance is well: null, or why it is not, for a person. What takes longer than
   * `timeoutMs` is ended, and is not well. Rejects where nothing can be said of it (it does not run, the
   * engine does not answer). A runtime without it takes no jobs that have health checks.
   */
  check?(instance: InstanceToCheck, probe: HealthProbe, timeoutMs: number): Promise<string | null>;
  /**
   * Runs a command where an instance is: it sees what that one sees, is told what that one is told, and is held
   * to the same limits. Resolves with its exit code once all that it said was taken: 128 and the number of the signal
   * that ended it, 126 or 127 where there is no such program. It ends with its instance. After an abort it
   * is hung up on, killed after `execGraceMs`, and settles then. Rejects where nothing can be run (it does not
   * run, the engine does not answer).
   */
  exec?(instance: InstanceToCheck, wanted: ExecWanted, talk: ExecTalk): Promise<number>;
  /** Calls back once when a started or found instance ends by itself, never after `stop`. */
  onExit(listener: (address: InstanceAddress, exit: InstanceExit) => void): void;
  /** Looks how much its instances use now; may be slow, never rejects. */
  measure(): Promise<void>;
  /** Use as last measured, thousandths of a core and MiB; null while it is not known. */
  usageOf(address: InstanceAddress): Resources | null;
  /**
   * What an instance printed, in its order, a handful of lines at a time; also of one that has ended.
   * Rejects with `NothingPrinted` where nothing is kept, unless it is followed and may print yet. Ends,
   * without an error, with `signal`.
   */
  logs(
    address: InstanceAddress,
    wanted: LogsWanted,
    signal: AbortSignal,
  ): AsyncIterable<readonly PrintedLine[]>;
  /** Lets go: instances that live in the worker's process end with it, others go on. */
  close(): Promise<void>;
}

/** What an instance is told of itself, on this node. */
export function ownVariables(
  { job, instance, generation }: InstanceAddress,
  node: string,
): OwnVariables {
  return {
    OAKRING_JOB: job,
    OAKRING_INSTANCE: String(instance),
    OAKRING_GENERATION: String(generation),
    OAKRING_NODE: node,
  };
}

export function addressKey({ job, instance, generation }: InstanceAddress): string {
  return `${job}/${instance}/${generation}`;
}
