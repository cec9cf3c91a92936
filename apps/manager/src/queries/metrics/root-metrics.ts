import { currentRoot, type ClusterState } from '@oakring/model';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { RootView } from '../../injection/query-tokens.js';
import { rootAnswer } from '../root/root-answer.js';

/** How the leader stands with Oakestra's root; nothing of it where the cluster has never had one. */
export function addRootMetrics(
  registry: Registry,
  state: ClusterState,
  root: RootView | null,
  wallMs: () => number,
): void {
  const registers = [registry];
  const kept: Gauge<'why'> = new Gauge({
    name: 'oakring_root_jobs_kept',
    help: 'Jobs that run on although their root forgot them, or asks for their end unconfirmed.',
    labelNames: ['why'],
    registers,
    collect() {
      kept.reset();
      if (root === null && currentRoot(state) === null) return;
      const counts = { forgotten: 0, dismissed: 0 };
      for (const { why } of rootAnswer(state, root, wallMs()).kept) counts[why] += 1;
      for (const [why, count] of Object.entries(counts)) kept.set({ why }, count);
    },
  });
  if (root === null) return;
  const { standing } = root;
  const connected: Gauge = new Gauge({
    name: 'oakring_root_connected',
    help: '1 while the root answers the leader.',
    registers,
    collect: () => connected.set(standing.now().isConnected ? 1 : 0),
  });
  const age: Gauge = new Gauge({
    name: 'oakring_root_report_age_seconds',
    help: 'Seconds since the root took a report; NaN before the first one of this term.',
    registers,
    collect() {
      const { lastReport } = standing;
      age.set(lastReport === null ? NaN : Math.max(0, wallMs() - lastReport.atMs) / 1_000);
    },
  });
  const built: Gauge = new Gauge({
    name: 'oakring_root_report_build_seconds',
    help: 'What building the newest report took of the event loop; NaN before the first one.',
    registers,
    collect: () => built.set((standing.lastReport?.builtMs ?? NaN) / 1_000),
  });
  const failures: Counter = new Counter({
    name: 'oakring_root_failures_total',
    help: 'Registrations and reports since the start that the root did not take.',
    registers,
    collect() {
      failures.reset();
      failures.inc(standing.counts.failures);
    },
  });
}
