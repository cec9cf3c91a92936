import type { Service } from '../cluster/service.js';
import { OakringError } from '@oakring/contracts';
import { LastWords, type Ports } from '@oakring/ports';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import type { Surroundings } from './context.js';

/** 5 s are promised to service managers; what takes longer is killed just before. */
const stopWithinMs = 4_800;
/** The longest delay that a timer takes, about 24 days. */
const longestDelayMs = 2_147_483_647;

/** A service whose code is there. */
export interface Loaded<S extends Service> {
  /** `stopping` aborts when the start may be cut short. */
  readonly start: (stopping: AbortSignal) => Promise<S>;
  /** Takes the last line of its log; absent: it has none. */
  readonly say?: (line: string) => void;
}

/**
 * Runs a service until SIGTERM or SIGINT, because service managers and people expect it to end in
 * good order, whenever they ask and however often.
 *
 * loading → starting → ready → (signal, failure, finished) stopping → ended. A signal while its code
 * is loaded ends it there. A signal while it starts is kept (and aborts `stopping`,
 * for a start that can be cut short): what was started is stopped as soon as the start returns. A
 * failure of the service stops it too, and is thrown. Signals while it stops change nothing. From
 * the first signal heard or failure on, the process ends within 4.8 s, killed if it must. Its last line
 * says that it ended, why, and after how long.
 */
export async function serve<S extends Service>(
  { io, ports }: Surroundings,
  load: () => Promise<Loaded<S>>,
  ready: (service: S) => void,
): Promise<void> {
  const stopping = new AbortController();
  const ended = new AbortController();
  const last = new LastWords(ports.clock);
  let say: Loaded<S>['say'];
  const beginStop = (why: string): void => {
    if (stopping.signal.aborted) return;
    last.ending(why);
    stopping.abort();
    io.endWithin(stopWithinMs);
  };
  io.onStopSignal(beginStop);
  void keepAlive(ports, ended.signal);
  try {
    const loaded = await load();
    say = loaded.say;
    if (stopping.signal.aborted) return;
    const service = await loaded.start(stopping.signal);
    if (!stopping.signal.aborted) ready(service);
    const failure = await endOf(service, stopping.signal);
    beginStop(failure ?? 'it is finished');
    await service.stop();
    if (failure !== null) throw new CommandFailure(failure, exitCodes.refused);
  } catch (error) {
    // A start that was cut short as it was asked to be.
    const isCutShort = error instanceof OakringError && error.code === 'shutting-down';
    if (!stopping.signal.aborted || !isCutShort) throw error;
  } finally {
    ended.abort();
    const { line } = last;
    if (line !== null) say?.(line);
  }
}

/** Null when it was asked to stop, or is finished; otherwise why it cannot go on. */
async function endOf(service: Service, stopping: AbortSignal): Promise<string | null> {
  const asked = new Promise<void>((resolve) => {
    if (stopping.aborted) return resolve();
    stopping.addEventListener('abort', () => resolve());
  });
  try {
    await Promise.race([asked, service.failed, service.finished ?? asked]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Nothing else may hold the process: a worker's sockets come and go. */
async function keepAlive(ports: Ports, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) await ports.timers.sleep(longestDelayMs, ended);
}
