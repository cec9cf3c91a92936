import type { InstanceRecord } from './records.js';

/** Why it has no place, as a code; null: it has one, or waits for something else by now. */
export function refusalCodeOf({ status, reason, refused }: InstanceRecord): string | null {
  const isSo = status === 'pending' && refused !== null && refused.detail === reason;
  return isSo ? refused.code : null;
}
