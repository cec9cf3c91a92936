import type { KeptJob, RootAnswer } from '@oakring/contracts/http';
import { isForgotten, nameOf, type ClusterState, type JobRecord } from '@oakring/model';
import type { RootView } from '../../injection/query-tokens.js';

const unspoken = { clusterId: null, isConnected: false, sinceMs: null };
const uncalled = { registrations: 0, reports: 0, failures: 0 };

/** `jobs`: those that whoever asks sees. Also of a cluster that stands alone by now: what a root forgot runs on there as well. */
export function rootAnswer(
  state: ClusterState,
  jobs: Iterable<JobRecord>,
  root: RootView | null,
  nowMs: number,
): RootAnswer {
  const { clusterId, isConnected, sinceMs } = root?.standing.now() ?? unspoken;
  const report = root?.standing.lastReport ?? null;
  const ours = [...jobs].filter((job) => job.root !== null);
  return {
    address: root?.root.name ?? null,
    clusterId,
    connected: isConnected,
    connectedSince: sinceMs === null ? null : new Date(sinceMs).toISOString(),
    lastReport: report && {
      at: new Date(report.atMs).toISOString(),
      ageMs: Math.max(0, nowMs - report.atMs),
      tookMs: Math.round(report.tookMs),
      bytes: report.bytes,
      instances: report.instances,
    },
    calls: root?.standing.counts ?? uncalled,
    jobs: ours.filter((job) => !isForgotten(state, job)).length,
    kept: ours.flatMap((job) => keptOf(state, job)),
  };
}

/** Active jobs that their root forgot, or whose end it asks for and has not been given. */
function keptOf(state: ClusterState, job: JobRecord): readonly KeptJob[] {
  const forgotten = isForgotten(state, job);
  if (job.status !== 'active' || !(forgotten || job.dismissed)) return [];
  const { id, desired } = job;
  const nodes = new Set<string>();
  for (const instance of state.instancesOfJob.of(id)) {
    for (const key of state.placementsOfInstance.of(instance)) {
      const placement = state.placements.get(key);
      if (placement?.lost === false) nodes.add(placement.nodeId);
    }
  }
  const why = forgotten ? 'forgotten' : 'dismissed';
  return [{ id, name: nameOf(job), why, desired, nodes: [...nodes].sort() }];
}
