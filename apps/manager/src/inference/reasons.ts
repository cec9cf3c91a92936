import { ceilingMs } from '@oakring/ports';
import { instanceKey, type ClusterState, type PlacementRecord } from '@oakring/model';

/** Why an instance ended, by what we know: its worker's own word at an end says nothing. */
export function reasonOfEnd(
  what: string,
  placement: PlacementRecord,
  state: ClusterState,
  wallMs: number,
): string {
  const { runningSince } = placement;
  const ranMs = runningSince > 0 ? Math.max(0, wallMs - runningSince) : null;
  const ran =
    ranMs === null
      ? 'it was not seen to run'
      : `it ran for ${durationOf(ranMs)}, since ${new Date(runningSince).toISOString()}`;
  return [what, ran, next(placement, state, ranMs)].filter((part) => part !== '').join('; ');
}

export function reasonOfCompletion({ runningSince }: PlacementRecord, wallMs: number): string {
  if (runningSince === 0) return 'it has completed';
  return `it has completed after ${durationOf(Math.max(0, wallMs - runningSince))}`;
}

function next(
  { job: id, number }: PlacementRecord,
  state: ClusterState,
  ranMs: number | null,
): string {
  const restart = state.jobs.get(id)?.policy.restart;
  const instance = state.instances.get(instanceKey(id, number));
  if (restart === undefined || instance === undefined || instance.removing) return '';
  const ranWell = ranMs !== null && ranMs >= restart.resetAfterMs;
  const failures = (ranWell ? 0 : instance.failures) + 1;
  const which = failures === 1 ? 'its first failure' : `failure ${failures} in a row`;
  if (restart.limit !== null && failures > restart.limit) return which;
  return `${which}: it is tried again within ${durationOf(ceilingMs(failures, restart))}`;
}

export function durationOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
