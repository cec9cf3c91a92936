import type { Log, LogFacts, LogLevel } from '@oakring/log';

/** What a worker tells the person who started it: a kind to colour by, and a line of text. */
export type WorkerLogKind =
  | 'connected'
  | 'disconnected'
  | 'joined'
  | 'registered'
  | 'refused'
  | 'order'
  | 'ignored'
  | 'limited'
  | 'listening'
  | 'http';

export type WorkerLog = (kind: WorkerLogKind, text: string, facts?: LogFacts) => void;

const levels: Readonly<Record<WorkerLogKind, LogLevel>> = {
  connected: 'info',
  disconnected: 'warn',
  joined: 'info',
  registered: 'info',
  refused: 'warn',
  order: 'info',
  ignored: 'warn',
  limited: 'warn',
  listening: 'info',
  // Of who asks over HTTP only what is wrong is told.
  http: 'warn',
};

/** What a worker tells, as lines of the log of its program. */
export function workerLogTo(log: (context: string) => Log): WorkerLog {
  return (kind, text, facts) => log(kind).say(levels[kind], text, facts);
}
