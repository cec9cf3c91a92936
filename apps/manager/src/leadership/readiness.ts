import type { EventStore } from '@oakring/stores';
import type { Trouble } from '../supervision/troubles.js';
import {
  rootMemoryName,
  verificationName,
  type Readiness,
  type VerificationView,
} from '../injection/query-tokens.js';
import type { Leadership } from './leadership.js';

/**
 * Ready is a follower that is current, and a leader that hears, may speak and can write. What it fails to
 * do beside that is named, not told of: probes need no token.
 */
export function readinessOf(
  leadership: Pick<Leadership, 'status' | 'processes'>,
  obstacle: EventStore['obstacle'],
  verification: Pick<VerificationView, 'trouble'>,
  /** What the root forgot and runs on. */
  rootMemory: () => Trouble | null = () => null,
): Readiness {
  return {
    async isReady() {
      const { ready, leading, detail } = leadership.status;
      const inTheWay = ready && leading ? await obstacle() : null;
      if (inTheWay === null) {
        const failing = leadership.processes.filter(({ trouble }) => trouble !== null);
        const failed = verification.trouble === null ? [] : [verificationName];
        const forgotten = leading && rootMemory() !== null ? [rootMemoryName] : [];
        const names = [...failing.map(({ name }) => name), ...failed, ...forgotten].join(', ');
        return { ready, detail: names === '' ? detail : `${detail}; degraded: ${names}` };
      }
      const why = `the event log cannot be written: ${inTheWay}`;
      return { ready: false, code: 'log-unavailable', detail: why };
    },
  };
}
