import type { HealthCheck, HealthStatus } from '@oakring/contracts';

/** What is known of an instance's health. */
export interface Health {
  readonly status: HealthStatus;
  /** Why it is unhealthy; null: it is not. */
  readonly reason: string | null;
  /** Monotonic. */
  readonly sinceMs: number;
}

/** What the looks so far have come to. */
export interface Judgement {
  /** Null: it was found running, and nothing is known yet. */
  readonly health: Health | null;
  /** Looks in a row that failed, and that did not. */
  readonly failed: number;
  readonly well: number;
}

/** One look: null where it is well, else why not. */
export interface Looked {
  readonly problem: string | null;
  readonly nowMs: number;
  /** The instance started, or was found, so long ago. */
  readonly ageMs: number;
}

/**
 * What one more look makes of it. The first that is well makes it healthy; to be unhealthy takes as many
 * failures in a row as the job says, and coming back from that as many that are well: what comes and goes
 * changes nothing. While it starts no failure counts.
 */
export function judged(
  { health, failed, well }: Judgement,
  { problem, nowMs, ageMs }: Looked,
  { retries, startPeriodMs }: HealthCheck,
): Judgement {
  const isNew = health === null || health.status === 'starting';
  if (problem === null) {
    const times = well + 1;
    const isBack = isNew || (health.status === 'unhealthy' && times >= retries);
    const healthy = { status: 'healthy', reason: null, sinceMs: nowMs } as const;
    return { health: isBack ? healthy : health, failed: 0, well: times };
  }
  if (isNew && ageMs < startPeriodMs) return { health, failed: 0, well: 0 };
  const times = failed + 1;
  const isOver = health?.status !== 'unhealthy' && times >= retries;
  const how = times === 1 ? 'once' : times === 2 ? 'twice' : `${times} times`;
  const reason = `health check failed ${how}: ${problem}`;
  const unhealthy = { status: 'unhealthy', reason, sinceMs: nowMs } as const;
  return { health: isOver ? unhealthy : health, failed: times, well: 0 };
}
