import { followEvents } from '../client/follow-events.js';
import type { ManagerClient } from '../client/manager-client.js';
import type { Ports } from '@oakring/ports';

/** More than that a demo does not count. */
const maxCounted = 100_000;

/** What an earlier demo left behind, in one line; null when this is the first. */
export async function historyOf(
  client: ManagerClient,
  positionBefore: number,
  { ports, signal }: { readonly ports: Ports; readonly signal: AbortSignal },
): Promise<string | null> {
  if (positionBefore === 0) return null;
  const [nodes, jobs] = await Promise.all([client.nodes(), client.jobs()]);
  let events = 0;
  for await (const { event } of followEvents(
    client,
    { from: 1, follow: false },
    { ports, signal },
  )) {
    if (event.position > positionBefore || events === maxCounted) break;
    events += 1;
  }
  const count = events === maxCounted ? `more than ${events}` : String(events);
  return (
    `Found again: ${counted(nodes.items.length, 'node')}, ${counted(jobs.items.length, 'job')}, ` +
    `and ${count} events at positions 1 to ${positionBefore}.`
  );
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
