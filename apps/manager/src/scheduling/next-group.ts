import type { ScheduleJob } from '@oakring/contracts';
import { type ClusterState, mayStart, type JobRecord } from '@oakring/model';
import { presentNodes } from './present-nodes.js';

export interface Asked {
  readonly job: ScheduleJob;
  /** The node where these instances just failed is excluded. */
  readonly avoiding: boolean;
}

/** Pending instances that can be asked about together: they avoid the same node, if any. */
export function nextGroup(
  state: ClusterState,
  job: JobRecord,
  most: number,
): { readonly avoid: string | null; readonly instances: number } {
  let avoid: string | null | undefined;
  let instances = 0;
  for (const key of state.pendingOfJob.of(job.id)) {
    if (instances === most) break;
    const instance = state.instances.get(key);
    if (instance === undefined || !mayStart(state, job, key)) continue;
    avoid = avoid === undefined ? instance.avoid : avoid;
    if (instance.avoid === avoid) instances += 1;
  }
  return { avoid: avoid ?? null, instances };
}

/** What a scheduler is asked about a job, but for the nodes that are left out. */
export function questionAbout(
  state: ClusterState,
  { id, document, revision }: JobRecord,
  instances: number,
): Omit<ScheduleJob, 'exclude'> {
  return { job: { ...document, id }, revision, instances, present: presentNodes(state, id) };
}
