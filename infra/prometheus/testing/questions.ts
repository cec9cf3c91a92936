import { blocksOf, runbooks } from '../../docs/testing/runbooks.js';
import { cluster } from '../../grafana/dashboards/cluster.js';
import { ledger } from '../../grafana/dashboards/ledger.js';
import { alertsOfPrometheus } from './alerts.js';

/** A query, and the texts that show labels of what it finds. */
interface Question {
  readonly query: string;
  readonly texts: readonly string[];
}

/** What the panels ask of Prometheus. */
export const panelQuestions: readonly Question[] = [cluster, ledger]
  .flatMap(({ rows }) => Object.values(rows).flat())
  .filter(({ shows }) => shows !== 'logs')
  .flatMap(({ queries }) =>
    Object.entries(queries).map(([legend, query]) => ({ query, texts: [legend] })),
  );

/** And alerts, and whoever follows a runbook. */
export const questions: readonly Question[] = [
  ...panelQuestions,
  ...alertsOfPrometheus.map(({ expr, annotations }) => ({
    query: expr,
    texts: Object.values(annotations),
  })),
  ...runbooks.flatMap(([, text]) =>
    blocksOf(text, 'promql').map((query) => ({ query, texts: [] })),
  ),
];
