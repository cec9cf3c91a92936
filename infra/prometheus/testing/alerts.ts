import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** An alert of Prometheus's, or of Loki's. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Rules {
  readonly groups: readonly { readonly rules: readonly Alert[] }[];
}

function alertsIn(file: string): readonly Alert[] {
  const { groups } = parse(readFileSync(file, 'utf8')) as Rules;
  return groups.flatMap(({ rules }) => rules);
}

export const alertsOfPrometheus = alertsIn('infra/prometheus/alerts.yml');

/** By the folders of Loki's tenants. */
export const alertsOfLoki = readdirSync('infra/loki/rules', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yml'))
  .flatMap((file) => alertsIn(`infra/loki/rules/${file}`));
