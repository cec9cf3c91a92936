import type { Clock } from '@oakring/ports';
import { ledgerKey } from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import type { Process } from '../supervision/process.js';
import { leaveAloneMs, Patience } from './patience.js';

/**
 * A stamp gives an outside time to all that its checkpoint seals, and so to all before it: between two of
 * them the chain says what came first. Authorities that ask no money for it stamp for everybody.
 */
const stampEveryMs = 3_600_000;

/** An authority for time stamps (RFC 3161). */
export interface StampAuthority {
  /**
   * Its word that it saw the note just now, checked. Throws an OakringError `authority-unavailable` when
   * there is none in time, or none that holds.
   */
  stamp(note: string, ending: AbortSignal): Promise<Stamp>;
}

export interface Stamp {
  /** ISO 8601. */
  readonly time: string;
  /** DER, base64. */
  readonly token: string;
}

interface Unstamped {
  readonly position: number;
  readonly note: string;
}

/**
 * Has the newest checkpoint stamped, now and then: when it is durable, so that who stamps holds nothing up.
 * Not when we stop: that would wait for somebody far away. The next start makes up for it.
 */
export function stamps(
  authority: StampAuthority,
  queue: CommandQueue,
  clock: Clock,
): Process<Unstamped> {
  const patience = new Patience(clock);
  return {
    name: 'stamps',
    most: 1,
    mostAtOnce: 1,
    restMs: 0,
    backoff: { firstMs: leaveAloneMs, mostMs: stampEveryMs },
    all: () => [ledgerKey],
    concerned: () => [ledgerKey],
    fact(_key, state) {
      const { note = null, position = 0, stamped = null } = state.seals.get(ledgerKey) ?? {};
      // One that seals nothing but the stamp before is not worth another: an idle ledger comes to rest.
      const upTo = stamped?.statedAt ?? 0;
      // The same while newer ones come: an authority that is away is not another matter each time.
      return note !== null && position > upTo ? `unstamped after ${upTo}` : null;
    },
    look(_key, state, { nowMs, wallMs }) {
      const { note = null, position = 0, stamped = null } = state.seals.get(ledgerKey) ?? {};
      // A clock that went back waits no longer than it would have.
      const sinceMs = stamped === null ? stampEveryMs : Math.max(0, wallMs - stamped.at);
      if (note === null) return { step: null, againMs: null };
      if (sinceMs < stampEveryMs) return { step: null, againMs: nowMs + stampEveryMs - sinceMs };
      return { step: { position, note }, againMs: null };
    },
    async act(steps, ending) {
      for (const { step } of steps) {
        const { time, token } = await patience.ask('authority', () =>
          authority.stamp(step.note, ending),
        );
        const { position } = step;
        await queue.submit({ type: 'StampCheckpoint', position, time, token }, byItself('stamps'));
      }
      return 'done';
    },
  };
}
