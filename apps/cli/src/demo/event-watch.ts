import type { EventLine } from '../client/documents.js';
import type { Ports } from '@oakring/ports';
import { subjectOf } from '../render/subject.js';
import { followEvents } from '../client/follow-events.js';
import type { ManagerClient } from '../client/manager-client.js';

/** What the demo has seen in the event stream so far. */
export interface EventWatch {
  /** Position of the last event that was told. */
  readonly position: number;
  /** Nodes that became ready. */
  readonly ready: ReadonlySet<string>;
  /** Why a node was not registered, or the stream broke; null while all is well. */
  readonly trouble: string | null;
}

/** Reads the log as it grows, from `from` on, and passes each event to `tell`. */
export function watchEvents(
  client: ManagerClient,
  from: number,
  tell: (event: EventLine) => void,
  { ports, signal }: { readonly ports: Ports; readonly signal: AbortSignal },
): EventWatch {
  const ready = new Set<string>();
  const seen = { position: from - 1, ready, trouble: null as string | null };
  const read = async (): Promise<void> => {
    const query = { from, follow: true };
    for await (const { event } of followEvents(client, query, { ports, signal })) {
      tell(event);
      const node = subjectOf(event);
      if (event.type === 'NodeBecameReady') ready.add(node);
      if (event.type === 'NodeRegistrationRefused') {
        seen.trouble = `${node} was refused: ${String(event.data['detail'])}`;
      }
      seen.position = event.position;
    }
  };
  read().catch((error: unknown) => {
    seen.trouble = error instanceof Error ? error.message : String(error);
  });
  return seen;
}
