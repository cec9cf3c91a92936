import {
  awaitedNamesake,
  placementKey,
  type ClusterState,
  type InstanceRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { Judge } from './judge.js';

/**
 * What workers of Oakestra keep silent about takes ten minutes, longer than a simulation: a start whose
 * image may be pulled, and an end that met one. Only where nobody could know better.
 */
export class Unproven {
  constructor(
    private readonly state: ClusterState,
    private readonly judge: Judge,
  ) {}

  /** All that is left of a job is of that kind. */
  isAllOf(job: string): boolean {
    const left = [...this.state.placements.values()].filter((each) => each.job === job);
    return left.length > 0 && left.every((placement) => this.isOne(placement));
  }

  /** It is one, or it waits for one: before it on its node, of a job by the same name, or to be gone. */
  isWaitedForBy({ job: id, number, nodeId, removing }: InstanceRecord): boolean {
    const { placements, placementsOfInstance, jobs } = this.state;
    for (const key of placementsOfInstance.of(`${id}/${number}`)) {
      const placement = placements.get(key);
      if (placement === undefined || !this.isOne(placement)) continue;
      if (removing || placement.nodeId === nodeId) return true;
    }
    const job = jobs.get(id);
    const namesake = job === undefined ? null : awaitedNamesake(this.state, job);
    return namesake !== null && this.isAllOf(namesake.id);
  }

  private isOne({
    job,
    number,
    generation,
    nodeId,
    wanted,
    runningSince,
  }: PlacementRecord): boolean {
    const key = placementKey(job, number, generation);
    if (runningSince > 0 || this.judge.runningOn(nodeId).has(key)) return false;
    return this.judge.strict.mayBePulled(nodeId, key, wanted);
  }
}
