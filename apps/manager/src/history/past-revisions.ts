import { OakringError, type JsonObject } from '@oakring/contracts';
import { decodeEvents, jobStream, type StoredEvent } from '@oakring/events';
import type { EventLogReader } from '@oakring/stores';
import {
  revisionKey,
  type ClusterState,
  type JobRecord,
  type RevisionPlaceRecord,
} from '@oakring/model';

/** A revision of a job whose place in the ledger is at hand. */
export interface KeptRevision {
  readonly job: string;
  readonly revision: number;
  readonly place: RevisionPlaceRecord;
}

/** The same, with what the ledger says of it. */
export interface PastRevision extends KeptRevision {
  readonly event: Extract<StoredEvent, { type: 'JobSubmitted' | 'JobUpdated' }>;
  /** Without id and count, which are no part of a revision. */
  readonly document: JsonObject;
}

/** From `newest` down: those whose place is at hand. */
export function* keptRevisions(
  { revisionPlaces }: ClusterState,
  { id: job }: JobRecord,
  newest: number,
): Generator<KeptRevision> {
  for (let revision = newest; ; revision -= 1) {
    const place = revisionPlaces.get(revisionKey(job, revision));
    if (place === undefined) return;
    yield { job, revision, place };
  }
}

/** Throws `revision-unknown`. */
export function keptRevision(state: ClusterState, job: JobRecord, revision: number): KeptRevision {
  const [kept] = keptRevisions(state, job, revision);
  if (kept !== undefined) return kept;
  const detail =
    revision >= 1 && revision < job.revision
      ? `Revision ${revision} of job ${job.id} is not at hand any more: oakring events --stream jobs/${job.id} tells it.`
      : `Job ${job.id} has no revision ${revision}; its newest is ${job.revision}.`;
  throw new OakringError({ code: 'revision-unknown', detail, field: 'revision', value: revision });
}

/** Reads one commit, however long the ledger is. */
export async function pastRevision(log: EventLogReader, kept: KeptRevision): Promise<PastRevision> {
  const { position, index } = kept.place;
  const [commit] = await log.read({ from: position, limit: 1 });
  const event = commit?.position === position ? decodeEvents(commit)[index] : undefined;
  const isOfJob = event?.stream === jobStream(kept.job);
  if (!isOfJob || (event.type !== 'JobSubmitted' && event.type !== 'JobUpdated')) {
    const detail = `The ledger has no revision ${kept.revision} of job ${kept.job} at ${position}-${index}.`;
    throw new OakringError({ code: 'revision-unknown', detail });
  }
  const { id: _id, count: _count, ...document } = event.data.document;
  return { ...kept, event, document };
}
