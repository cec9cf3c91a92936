import type { JobRecord } from './records.js';

/** Whether an instance runs the newest revision, or did when a revision that runs alike came. */
export function isUpdated(
  { revision }: JobRecord,
  instance: { readonly revision: number },
): boolean {
  return instance.revision === revision;
}

/** A rollout of it is under way, be it back. */
export function isRolledOut({ rollout }: JobRecord): boolean {
  return rollout?.status === 'progressing' || rollout?.status === 'rollingBack';
}
