import type { StoredEvent } from '@oakring/events';
import type { ClusterState } from '../cluster-state.js';
import { placeOf } from '../event-place.js';
import type { JobRecord } from '../records.js';
import {
  jobDeletionOrdered,
  jobDismissed,
  jobEnded,
  jobScaled,
  jobUpdated,
  rolloutEnded,
} from './jobs.fold.js';
import { instanceHealthChanged, instanceFailedChecks } from './health.fold.js';
import { moveAborted, moveCompleted, moveStarted } from './moves.fold.js';
import { instanceLost, instanceRecovered, originalDropped } from './losses.fold.js';
import {
  instanceGivenUp,
  instanceRetried,
  instancesPlaced,
  instanceWithdrawn,
  placementRefused,
} from './placements.fold.js';

const jobEventTypes = [
  'JobScaled',
  'JobDismissed',
  'JobDeletionOrdered',
  'JobEnded',
  'JobCompleted',
  'JobUpdated',
  'RolloutCompleted',
  'RolloutFailed',
  'InstancesPlaced',
  'PlacementRefused',
  'MoveStarted',
  'MoveCompleted',
  'MoveAborted',
  'InstanceLost',
  'InstanceRecovered',
  'OriginalDropped',
  'InstanceWithdrawn',
  'InstanceRetried',
  'InstanceGivenUp',
  'InstanceHealthChanged',
  'InstanceFailedChecks',
] as const;
const known: ReadonlySet<string> = new Set(jobEventTypes);

/** What happens to a job after its submission. */
export type JobEvent = Extract<StoredEvent, { type: (typeof jobEventTypes)[number] }>;

export function isJobEvent(event: StoredEvent): event is JobEvent {
  return known.has(event.type);
}

/** Folds what happened to a job that is known. */
export function evolveJob(state: ClusterState, job: JobRecord, event: JobEvent): void {
  switch (event.type) {
    case 'JobScaled':
      return jobScaled(state, event, job, event.data);
    case 'JobDismissed':
      return jobDismissed(state, event, job);
    case 'JobDeletionOrdered':
      return jobDeletionOrdered(state, event, job);
    case 'JobEnded':
      return jobEnded(state, job);
    case 'JobCompleted':
      state.jobs.set(job.id, { ...job, status: 'completed', ...placeOf(event) });
      return;
    case 'JobUpdated':
      return jobUpdated(state, event, job, event.data);
    case 'RolloutCompleted':
      return rolloutEnded(state, event, job, null);
    case 'RolloutFailed':
      return rolloutEnded(state, event, job, event.data.reason);
    case 'InstancesPlaced':
      return instancesPlaced(state, event, job, event.data);
    case 'PlacementRefused':
      return placementRefused(state, event, job, event.data);
    case 'MoveStarted':
      return moveStarted(state, event, job, event.data);
    case 'MoveCompleted':
      return moveCompleted(state, event, job, event.data);
    case 'MoveAborted':
      return moveAborted(state, event, job, event.data);
    case 'InstanceLost':
      return instanceLost(state, event, job, event.data);
    case 'InstanceRecovered':
      return instanceRecovered(state, event, job, event.data);
    case 'OriginalDropped':
      return originalDropped(state, job, event.data);
    case 'InstanceWithdrawn':
      return instanceWithdrawn(state, event, job, event.data);
    case 'InstanceRetried':
      return instanceRetried(state, event, job, event.data);
    case 'InstanceGivenUp':
      return instanceGivenUp(state, event, job, event.data);
    case 'InstanceHealthChanged':
      return instanceHealthChanged(state, event, job, event.data);
    case 'InstanceFailedChecks':
      return instanceFailedChecks(state, event, job, event.data);
  }
}
