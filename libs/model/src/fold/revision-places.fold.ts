import type { EventData, StoredEvent } from '@oakring/events';
import { revisionKey, type ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';
import type { JobRecord, RevisionStatus } from '../records.js';

/** Where the ledger has the revisions of a job: what was once ordered is found by its position. */

/** Revisions of a job whose place is kept, the present one among them. */
const maxRevisionPlaces = 100;

export function notePlace(
  state: ClusterState,
  event: StoredEvent,
  { id, revision }: JobRecord,
  status: RevisionStatus,
): void {
  const { position, index } = event;
  state.revisionPlaces.set(revisionKey(id, revision), { position, index, status, reason: null });
  state.revisionPlaces.delete(revisionKey(id, revision - maxRevisionPlaces));
}

/** Another revision comes: what was not everywhere yet will not be. */
export function leaveRevision(
  state: ClusterState,
  { id, revision }: JobRecord,
  { rollbackTo, reason }: EventData<'JobUpdated'>,
): void {
  if (state.revisionPlaces.get(revisionKey(id, revision))?.status !== 'progressing') return;
  if (rollbackTo === 0) judgeRevision(state, { id, revision }, 'superseded', null);
  else judgeRevision(state, { id, revision }, 'wentBack', reason);
}

export function judgeRevision(
  state: ClusterState,
  { id, revision }: Pick<JobRecord, 'id' | 'revision'>,
  status: RevisionStatus,
  reason: string | null,
): void {
  const key = revisionKey(id, revision);
  const place = state.revisionPlaces.get(key);
  if (place === undefined) return;
  state.revisionPlaces.set(key, { ...placeOf(place), status, reason });
}

export function forgetPlaces(state: ClusterState, { id, revision }: JobRecord): void {
  const first = Math.max(1, revision - maxRevisionPlaces + 1);
  for (let each = first; each <= revision; each += 1) {
    state.revisionPlaces.delete(revisionKey(id, each));
  }
}
