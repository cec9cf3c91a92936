import type { EventStore, RestoreMark } from '@oakring/stores';
import { refuseLedTarget } from '../audit/copy.js';

/**
 * Says of a store that a backup is put into it: before the first commit, and until the last one, so that no manager
 * takes a part for the whole. One that was started before may take the lease meanwhile; it looks for the mark
 * then, and we for its lease once the mark lies there: one sees the other. Throws a CommandFailure where one leads.
 */
export async function claimStore(
  store: Pick<EventStore, 'restoring' | 'leases' | 'place'>,
  { mark, isBegun }: { readonly mark: RestoreMark; readonly isBegun: boolean },
): Promise<void> {
  if (!isBegun) await store.restoring.leave(mark);
  try {
    await refuseLedTarget(store);
  } catch (error) {
    // Nothing was written yet, and whoever leads goes on.
    if (!isBegun) await store.restoring.remove();
    throw error;
  }
}
