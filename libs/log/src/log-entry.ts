/** From what is looked at while something is searched for, to what ends the process. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a line is about, each as a member of its own: what a person filters by. */
export interface LogFacts {
  readonly node?: string;
  readonly job?: string;
  /** Number of the instance. */
  readonly instance?: number;
  /** Of the newest commit that the program has seen, or of the one that the line is about. */
  readonly position?: number;
  readonly epoch?: number;
  /** Id of the HTTP request that is answered meanwhile, or of the one that the line is about; null: of none. */
  readonly request?: string | null;
  /** Id of the W3C trace that the line is part of; null: of none. */
  readonly trace?: string | null;
  /** Type of the event that the line tells of. */
  readonly event?: string;
  /** How often it was said beyond what is in the log, in `withinMs`. */
  readonly repeated?: number;
  readonly withinMs?: number;
}

export interface LogEntry {
  readonly level: LogLevel;
  /** Wall clock. */
  readonly atMs: number;
  /** Which part of the program says it. */
  readonly context: string;
  readonly text: string;
  readonly facts: LogFacts;
}

export type Sink = (entry: LogEntry) => void;

/** What a part of a program says. */
export interface Log {
  /** Whether a line of that level is written now: before what costs something to word. */
  wants(level: LogLevel): boolean;
  say(level: LogLevel, text: string, facts?: LogFacts): void;
}
