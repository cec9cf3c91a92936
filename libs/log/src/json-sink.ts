import { pino, type DestinationStream } from 'pino';
import type { Sink } from './log-entry.js';
import { safeText } from './safe-text.js';

/** What is the same in every line of a program. */
export interface Origin {
  /** manager, scheduler, worker. */
  readonly app: string;
  readonly cluster?: string;
}

/**
 * For programs: one JSON object a line, `{"level":"warn","time":"2026-11-28T13:35:26.123Z","app":"manager",
 * "cluster":"…","context":"…","msg":"…", …facts}`; the facts are those of `LogFacts`. Every control character
 * is escaped, as JSON has it.
 */
export function jsonSink(destination: DestinationStream, origin: Origin): Sink {
  const logger = pino(
    {
      base: origin,
      level: 'debug',
      // Each entry brings its own.
      timestamp: false,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return ({ level, atMs, context, text, facts }) =>
    logger[level]({ time: new Date(atMs).toISOString(), context, ...facts }, safeText(text));
}
