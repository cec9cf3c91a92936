import { LastWords } from './last-words.js';
import { endWithin } from './process-end.js';
import type { Ports } from './system-ports.js';

interface Service {
  /** Resolves when it does its work; without it, it does so once it has started. */
  readonly ready?: Promise<void>;
  /** Rejects when the service cannot go on. */
  readonly failed?: Promise<never>;
  stop(): Promise<void>;
}

interface Words<S> {
  /** The line that says that it is ready. */
  readonly ready: (service: S) => string;
  /** Tells why it ends; on standard error. */
  readonly fail: (words: string) => void;
  /** Takes the last line of the log. */
  readonly say: (line: string) => void;
  /** What is said about an error; '' when it is none, null for a bug, which is thrown on. */
  readonly explain: (error: unknown) => string | null;
}

/** 5 s are promised to service managers; what takes longer is killed just before. */
const stopWithinMs = 4_800;
/** The longest delay that a timer takes, about 24 days. */
const longestDelayMs = 2_147_483_647;

/**
 * Runs one service as this whole process, from its own main (`oakring` has a way of its own, with
 * flags and colours).
 *
 * starting → ready → (SIGTERM, SIGINT, or its failure) stopping → ended. A start that fails and a
 * service that cannot go on are explained and end with 1; a signal during the start
 * aborts `stopping`, and is obeyed once it has started, ready or not. From the first signal or failure
 * on it ends in 4.8 s, killed if it must. Its last line says that it ended, why, and after how long.
 */
export async function runService<S extends Service>(
  { timers, clock }: Ports,
  start: (stopping: AbortSignal) => Promise<S>,
  { ready, fail, say, explain }: Words<S>,
  setDeadline: (delayMs: number) => void = endWithin,
): Promise<void> {
  const last = new LastWords(clock);
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        last.ending(signal);
        resolve();
      });
    }
  });
  // Counted from the signal, also while it starts.
  void asked.then(() => setDeadline(stopWithinMs));
  const stopping = new AbortController();
  void asked.then(() => stopping.abort());
  // Its sockets come and go: this holds the process.
  const ended = new AbortController();
  void timers.sleep(longestDelayMs, ended.signal);
  try {
    const service = await start(stopping.signal);
    const over = Promise.race([asked, service.failed ?? asked]);
    try {
      const started = (service.ready ?? Promise.resolve()).then(() => 'ready' as const);
      if ((await Promise.race([started, over])) === 'ready') console.log(ready(service));
      await over;
    } catch (error) {
      last.ending('it cannot go on');
      setDeadline(stopWithinMs);
      throw error;
    } finally {
      await service.stop();
    }
  } catch (error) {
    const words = explain(error);
    if (words === null) throw error;
    if (words === '') return;
    fail(words);
    process.exitCode = 1;
  } finally {
    ended.abort();
    const { line } = last;
    if (line !== null) say(line);
  }
}
