import { currentRoot } from '@oakring/model';
import type { Book } from '@oakring/metrics';
import type { RootView } from '../../injection/query-tokens.js';
import { rootAnswer } from '../root/root-answer.js';
import type { MetricSources } from './metric-sources.js';

/** How the leader stands with Oakestra's root; nothing of it where the cluster has never had one. */
export function addRootFigures(book: Book, sources: MetricSources): void {
  const ofRoot =
    (figure: (standing: RootView['standing']) => number): (() => number | null) =>
    () =>
      sources.evidence.root === null ? null : figure(sources.evidence.root.standing);
  book.gauge(
    {
      name: 'oakring_root_jobs_kept',
      is: 'Jobs that run on although their root forgot them, or asks for their end unconfirmed.',
      remedy:
        'oakring root forgotten lists them: end them (oakring job rm), or let the root order them anew (docs/oakestra.md).',
      labels: ['why'],
    },
    () => {
      const { projection, ports, evidence } = sources;
      const { root } = evidence;
      if (root === null && currentRoot(projection.state) === null) return null;
      const counts = { forgotten: 0, dismissed: 0 };
      const { state } = projection;
      const { kept } = rootAnswer(state, state.jobs.values(), root, ports.clock.wallMs());
      for (const { why } of kept) counts[why] += 1;
      return Object.entries(counts).map(([why, count]) => [count, why]);
    },
  );
  book.gauge(
    {
      name: 'oakring_root_connected',
      is: '1 while the root answers the leader.',
      remedy: 'look at SYSTEM_MANAGER_URL, the network and the root; what runs here runs on.',
    },
    ofRoot((standing) => (standing.now().isConnected ? 1 : 0)),
  );
  book.gauge(
    {
      name: 'oakring_root_report_age_seconds',
      is: 'Seconds since the root took a report; NaN before the first one of this term.',
      remedy: 'above a minute: oakring root says what it answers.',
    },
    ofRoot(({ lastReport }) => {
      if (lastReport === null) return NaN;
      return Math.max(0, sources.ports.clock.wallMs() - lastReport.atMs) / 1_000;
    }),
  );
  book.gauge(
    {
      name: 'oakring_root_report_build_seconds',
      is: 'What building the newest report took of the event loop; NaN before the first one.',
      remedy:
        'above 0.05: more instances than one manager should report, or a machine that is too slow (docs/sizing.md).',
    },
    ofRoot(({ lastReport }) => (lastReport?.builtMs ?? NaN) / 1_000),
  );
  book.counter(
    {
      name: 'oakring_root_failures_total',
      is: 'Registrations and reports since the start that the root did not take.',
      remedy: 'growing: the log says what it answered; oakring root shows how we stand.',
    },
    ofRoot(({ counts }) => counts.failures),
  );
}
