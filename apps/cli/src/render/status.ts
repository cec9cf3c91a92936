import type { HealthStatus, InstanceStatus, Job, NodeStatus } from '../client/documents.js';
import type { Colors } from '../terminal.js';

export type Status = InstanceStatus | NodeStatus | Job['status'];

/** A status in its colour: green as it should be, yellow on its way, red gone wrong. */
export function colorStatus(status: Status, colors: Colors): string {
  switch (status) {
    case 'ready':
    case 'running':
    case 'completed':
    case 'active':
      return colors.green(status);
    case 'failed':
    case 'lost':
    case 'disconnected':
      return colors.red(status);
    case 'registered':
    case 'suspect':
    case 'pending':
    case 'placed':
    case 'starting':
    case 'stopping':
    case 'unknown':
    case 'deleting':
      return colors.yellow(status);
    case 'stopped':
      return colors.dim(status);
  }
  // A manager newer than this program may know further ones.
  return status;
}

/** How many of each status: "2 running, 1 pending". */
export function countsText(
  counts: Readonly<Partial<Record<Status, number>>>,
  colors: Colors,
): string {
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    // Keys of this record are statuses.
    .map(([status, count]) => `${count} ${colorStatus(status as Status, colors)}`);
  return parts.length === 0 ? colors.dim('none') : parts.join(', ');
}

export function colorHealth(health: HealthStatus, colors: Colors): string {
  switch (health) {
    case 'healthy':
      return colors.green(health);
    case 'unhealthy':
      return colors.red(health);
    case 'starting':
      return colors.yellow('not yet healthy');
  }
  return health;
}

/** Of those that have checks, where there are some: " (2 healthy, 1 unhealthy)". */
export function healthText(
  counts: Readonly<Partial<Record<HealthStatus, number>>> | undefined,
  colors: Colors,
): string {
  const parts = Object.entries(counts ?? {})
    .filter(([, count]) => count > 0)
    // Keys of this record are those of health.
    .map(([health, count]) => `${count} ${colorHealth(health as HealthStatus, colors)}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

export function countBy<T, K extends string>(
  items: readonly T[],
  keyOf: (item: T) => K,
): Partial<Record<K, number>> {
  const counts: Partial<Record<K, number>> = {};
  for (const item of items) {
    const key = keyOf(item);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
