import { OakringError } from '@oakring/contracts';
import { isLoopbackAddress } from '@oakring/host';
import type { Clock } from '@oakring/ports';
import type { Caller } from './caller.js';
import { TokenBucket } from './token-bucket.js';

/** People; all others are programs, and whoever runs the cluster sends as fast as one. */
const peopleRoles: ReadonlySet<string> = new Set(['operator', 'auditor']);
/** So many times what a person may send. */
const programFactor = 10;
/** What may come at once: as much as in so many seconds. */
const burstSeconds = 10;
/** What brings more costs as many requests as it has times of this, so that one limit holds for both. */
const bytesOfRequest = 16_384;
/** Who sent something lately. Beyond it those go whose whole burst is back, then those who have been here longest. */
const maxKept = 10_000;
const keptThen = 0.9;

/** As much of a request as counts. */
export interface Sent {
  /** Null: nobody, for they showed no token that holds. */
  readonly caller: Caller | null;
  readonly ip: string;
  /** As it says; null: it does not. */
  readonly bodyBytes: number | null;
}

/**
 * How fast each identity may send requests. It is asked before anything of a request is read, and takes a request
 * for what it says of its length: one that says nothing is taken for the longest.
 *
 * A token has an allowance of its own wherever it is shown. Whoever shows the setting's, or none where none is asked
 * for, is told from others by the address; so is whoever shows nothing that holds, who is allowed what a person is.
 */
export class RequestRates {
  /** Longest known first. */
  private readonly allowances = new Map<string, TokenBucket>();

  constructor(
    /** Requests of a person. */
    private readonly perSecond: number,
    private readonly maxBodyBytes: number,
    private readonly clock: Clock,
  ) {}

  /** Why it is not answered: `too-many-requests`; null: it is, and counts. */
  take({ caller, ip, bodyBytes }: Sent): OakringError | null {
    if (caller?.by === 'process' || (caller?.by === 'nothing' && isLoopbackAddress(ip)))
      return null;
    const isPerson = caller === null || peopleRoles.has(caller.role);
    const perSecond = this.perSecond * (isPerson ? 1 : programFactor);
    const allowance = this.allowanceOf(identityOf(caller, ip), perSecond);
    if (!allowance.hasAny(this.clock.monotonicMs())) {
      const detail = `${whoText(caller, ip)} sent more than ${perSecond} requests a second, of ${bytesOfRequest / 1_024} KiB each.`;
      return new OakringError({ code: 'too-many-requests', detail });
    }
    // What says that it is longer is refused for that.
    const bytes = Math.min(bodyBytes ?? this.maxBodyBytes, this.maxBodyBytes);
    allowance.take(Math.max(1, bytes / bytesOfRequest));
    return null;
  }

  private allowanceOf(identity: string, perSecond: number): TokenBucket {
    const known = this.allowances.get(identity);
    if (known !== undefined) return known;
    if (this.allowances.size >= maxKept) this.makeRoom();
    const rate = { burst: perSecond * burstSeconds, perSecond };
    const allowance = new TokenBucket(rate, this.clock.monotonicMs());
    this.allowances.set(identity, allowance);
    return allowance;
  }

  private makeRoom(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [identity, allowance] of this.allowances) {
      if (allowance.isFull(nowMs)) this.allowances.delete(identity);
    }
    // More than one place, so that a flood of addresses does not look through all of them for each.
    for (const identity of this.allowances.keys()) {
      if (this.allowances.size <= maxKept * keptThen) return;
      this.allowances.delete(identity);
    }
  }
}

/** Whom a limit is kept for. */
export function identityOf(caller: Caller | null, ip: string): string {
  if (caller === null) return `nobody ${ip}`;
  const { by, name } = caller;
  return typeof by === 'string' ? `${by} ${ip}` : `token ${name}`;
}

function whoText(caller: Caller | null, ip: string): string {
  if (caller === null) return `Whoever shows no token that holds, from ${ip},`;
  const { by, name } = caller;
  return typeof by === 'string' ? `Whoever asks from ${ip}` : `Token ${name}`;
}
