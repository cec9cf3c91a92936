import {
  changesPhrase,
  documentChanges,
  type Revision,
  type RevisionAnswer,
} from '@oakring/contracts';
import { type ClusterState, type JobRecord } from '@oakring/model';
import type { PastRevision } from '../history/past-revisions.js';
import { shownStatus } from './job-answer.js';

/** `former`: the revision before it; null: it is the first, or that one is not kept. */
export function revisionSummary(
  job: JobRecord,
  running: ReadonlyMap<number, number>,
  past: PastRevision,
  former: PastRevision | null,
): Revision {
  const { revision, place, event } = past;
  const restores = event.type === 'JobUpdated' ? event.data.restores : undefined;
  return {
    revision,
    position: event.position,
    at: new Date(event.at).toISOString(),
    by: event.by ?? null,
    changed: changedPhrase(past, former),
    image: String(event.data.document['image']),
    current: revision === job.revision,
    status: place.status,
    reason: place.reason,
    ...(restores === undefined ? {} : { restores }),
    running: running.get(revision) ?? 0,
  };
}

export function revisionAnswer(
  job: JobRecord,
  running: ReadonlyMap<number, number>,
  past: PastRevision,
  former: PastRevision | null,
): RevisionAnswer {
  return {
    ...revisionSummary(job, running, past, former),
    changes: documentChanges(former?.document ?? {}, past.document),
    document: { ...past.event.data.document, id: job.id },
  };
}

function changedPhrase({ event, document }: PastRevision, former: PastRevision | null): string {
  if (event.type === 'JobSubmitted') return 'submitted';
  const { rollbackTo, restores = 0, reason } = event.data;
  const changes = former === null ? [] : documentChanges(former.document, document);
  const what = former === null ? 'the revision before it is not kept' : changesPhrase(changes);
  if (rollbackTo > 0) return `went back to revision ${rollbackTo}: ${what}`;
  if (restores > 0) return `back to revision ${restores}: ${what}`;
  return changes.length === 0 && reason !== '' ? reason : what;
}

/** How many instances are known to run each revision. */
export function runningByRevision(state: ClusterState, { id }: JobRecord): Map<number, number> {
  const running = new Map<number, number>();
  for (const key of state.instancesOfJob.of(id)) {
    const instance = state.instances.get(key);
    if (instance === undefined || shownStatus(state, instance) !== 'running') continue;
    running.set(instance.revision, (running.get(instance.revision) ?? 0) + 1);
  }
  return running;
}
