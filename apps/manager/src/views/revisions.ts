import type { JobRecord } from './records.js';

/** Whether an instance runs the newest revision, or one with the same document. */
export function isUpdated(
  { revision, rollout }: JobRecord,
  instance: { readonly revision: number },
): boolean {
  return instance.revision === revision || instance.revision === rollout?.sameAs;
}
