import { subjectOf, wholePolicy, type EventData, type StoredEvent } from '@oakring/events';
import { placementKey, type ClusterState } from '@oakring/model';

interface Rules {
  /** As its newest revision says. */
  readonly maxUnavailable: number;
  /** The most that one of its revisions ever said. */
  readonly mostSurge: number;
}

/**
 * What is promised of updates: where none may be missing, nothing that runs is stopped for what is new; what is new
 * takes over where it ran; and no more of it is started beside than a revision of the job has said.
 */
export class Updates {
  private readonly rules = new Map<string, Rules>();
  /** `<node> <job>/<instance>/<generation>` of all that ever ran. */
  private readonly ran = new Set<string>();

  constructor(private readonly fail: (what: string) => void) {}

  started(nodeId: string, key: string): void {
    this.ran.add(`${nodeId} ${key}`);
  }

  judge(event: StoredEvent, state: ClusterState): void {
    const job = subjectOf(event);
    if (event.type === 'JobSubmitted' || event.type === 'JobUpdated') {
      const { surge, maxUnavailable } = wholePolicy(event.data.policy).update;
      const mostSurge = Math.max(surge, this.rules.get(job)?.mostSurge ?? 0);
      this.rules.set(job, { maxUnavailable, mostSurge });
    }
    if (event.type === 'InstanceWithdrawn') this.judgeStop(job, event.data, state);
    if (event.type === 'MoveStarted' && event.data.surge === true) this.count(job, state);
    if (event.type !== 'MoveCompleted') return;
    const key = placementKey(job, event.data.instance, event.data.generation);
    const { nodeId } = state.placements.get(key) ?? {};
    if (nodeId === undefined || this.ran.has(`${nodeId} ${key}`)) return;
    this.fail(`${key} takes over on ${nodeId}, and never ran there`);
  }

  private judgeStop(
    job: string,
    { instance, generation, nodeId, reason }: EventData<'InstanceWithdrawn'>,
    state: ClusterState,
  ): void {
    const key = placementKey(job, instance, generation);
    const { runningSince = 0, leaseMs = null } = state.placements.get(key) ?? {};
    if (!reason.startsWith('updated to revision') || runningSince === 0) return;
    if (leaseMs !== null || this.rules.get(job)?.maxUnavailable !== 0) return;
    this.fail(`${key} is stopped on ${nodeId} for an update, and none may be missing`);
  }

  private count(job: string, state: ClusterState): void {
    const begun = [...state.instancesOfJob.of(job)].filter(
      (key) => state.instances.get(key)?.moving?.surge === true,
    );
    const most = this.rules.get(job)?.mostSurge ?? 0;
    if (begun.length <= most) return;
    this.fail(`job ${job} has ${begun.length} beside what runs, and ${most} are allowed`);
  }
}
