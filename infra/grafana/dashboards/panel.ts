/** Units of Grafana's that we use: https://github.com/grafana/grafana, `valueFormats/categories.ts`. */
export const units = [
  ...['none', 'short', 'bool_yes_no', 'percentunit', 'bytes', 's'],
  ...['ops', 'cps', 'eps', 'mps', 'reqps'],
] as const;

/** What is shown of what, and why anybody would look there. */
export interface Panel {
  readonly title: string;
  /** What it says, and what is usual. */
  readonly description: string;
  readonly unit: (typeof units)[number];
  /** `lines` over time unless said otherwise; `logs` are asked of Loki. */
  readonly shows?: 'lines' | 'number' | 'table' | 'logs';
  /** What it asks, by the name that it has in the legend (`{{label}}` is the label's value). */
  readonly queries: Readonly<Record<string, string>>;
}

/** A mark in time, found in the log of whoever leads. */
export interface Mark {
  readonly name: string;
  readonly color: string;
  readonly query: string;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly rows: Readonly<Record<string, readonly Panel[]>>;
}

/** What the leader says of the whole cluster; a follower may be behind. */
export function led(metric: string, by = ''): string {
  const grouped = by === '' ? 'sum' : `sum by (${by})`;
  return `${grouped} (${metric} and on (instance) oakring_leading == 1)`;
}

/** How often a second, of a counter of each process. */
export function rate(counter: string, by = ''): string {
  const grouped = by === '' ? 'sum' : `sum by (${by})`;
  return `${grouped} (rate(${counter}[$__rate_interval]))`;
}

/** Middle and worst one of a hundred, of a histogram of each process. */
export function quantiles(histogram: string): Panel['queries'] {
  const of = (share: number): string =>
    `histogram_quantile(${share}, sum by (le) (rate(${histogram}_bucket[$__rate_interval])))`;
  return { 'half of them': of(0.5), '99 of 100': of(0.99) };
}

/** Worst one of a hundred, by a label. */
export function worst(histogram: string, by: string): string {
  return `histogram_quantile(0.99, sum by (le, ${by}) (rate(${histogram}_bucket[$__rate_interval])))`;
}
