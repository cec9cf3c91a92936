import { sha256 } from '@oakring/crypto';

export interface HashedInstance {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  /** Only what has not ended counts: starting, running or stopping. */
  readonly status: string;
  /** Of what was ordered; absent or null when not known. */
  readonly digest?: string | null;
  /** Absent or null: it has no checks, or nothing is known yet. */
  readonly health?: { readonly status: string } | null;
}

const hexDigits = 32;
const live = new Set(['starting', 'running', 'stopping']);

/**
 * What manager and worker compare instead of the whole list: SHA-256 over the lines
 * `<job>/<instance>/<generation> <status>[ <digest>][ <health>]` of all that has not ended, sorted, cut to 32
 * hex digits; the health only where it is `healthy` or `unhealthy`. One more line, `disk full`, where it is.
 */
export function stateHash(instances: readonly HashedInstance[], isDiskFull = false): string {
  const lines = instances
    .filter(({ status }) => live.has(status))
    .map(({ job, instance, generation, status, digest, health = null }) => {
      const line = `${job}/${instance}/${generation} ${status}`;
      const of = typeof digest === 'string' ? `${line} ${digest}` : line;
      return health === null || health.status === 'starting' ? of : `${of} ${health.status}`;
    });
  if (isDiskFull) lines.push('disk full');
  return sha256(lines.sort().join('\n')).slice(0, hexDigits);
}
