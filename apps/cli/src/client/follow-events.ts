import { ceilingMs, type Ports } from '@oakring/ports';
import type { EventLine } from './documents.js';
import type { EventQuery, ManagerClient } from './manager-client.js';
import { ManagerError } from './manager-error.js';

const pause = { firstMs: 250, mostMs: 2_000 };

export interface ReadEvent {
  readonly event: EventLine;
  /** The line as the manager wrote it. */
  readonly line: string;
}

export interface Following {
  readonly ports: Ports;
  readonly signal: AbortSignal;
  /** Called when a follower loses the manager, before it tries again. */
  onAway?(reason: string): void;
}

/**
 * The events of a query, each once, in order. Without `follow` it ends with the log.
 *
 * A follower outlives restarts of the manager: connecting → reading → (connection lost, or 503)
 * away → connecting, from the last event that was read, after pauses from 250 ms to 2 s. Only the
 * very first connection must work: an address where nothing ever answered is a mistake. Any other
 * refusal (a bad filter, a truncated log) ends it.
 */
export async function* followEvents(
  client: ManagerClient,
  query: EventQuery,
  { ports, signal, onAway }: Following,
): AsyncGenerator<ReadEvent> {
  let last = { position: query.from, index: -1 };
  let wasConnected = false;
  let failures = 0;
  while (!signal.aborted) {
    try {
      const lines = await client.events({ ...query, from: last.position }, signal);
      wasConnected = true;
      for await (const line of lines) {
        failures = 0;
        // A line of the manager's own catalogue.
        const event = JSON.parse(line) as EventLine;
        if (event.position === last.position && event.index <= last.index) continue;
        last = event;
        yield { event, line };
      }
      if (!query.follow || signal.aborted) return;
      // A server that ends the stream of a follower in good order is shutting down.
      onAway?.('it ended the stream');
    } catch (error) {
      if (signal.aborted) return;
      if (!query.follow || !wasConnected || !isPassing(error)) throw error;
      onAway?.(error instanceof Error ? error.message : String(error));
    }
    failures += 1;
    await ports.timers.sleep(ceilingMs(failures, pause), signal);
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof ManagerError)) return false;
  return error.kind === 'unreachable' || error.problem?.status === 503;
}
