import type { Distribution } from './distribution.js';

/** What a metric says of itself. */
export interface Described {
  /** `oakring_…`, its unit last. */
  readonly name: string;
  /** What it is, as a sentence. */
  readonly is: string;
  /** What to look at, or to do, when it is bad, as a sentence. */
  readonly remedy: string;
  readonly labels?: readonly string[];
}

/** A figure, and the values of its labels in their order. */
export type Sample = readonly [value: number, ...labels: string[]];

/** As a metric is read: one figure without labels; null or none: nothing to say now. */
export type Figures = number | null | Iterable<Sample>;
export type Distributions = Distribution | Iterable<readonly [Distribution, ...labels: string[]]>;

/**
 * Where a program writes down what it shows. Nothing is read before somebody scrapes: what a function
 * here reads off the views costs nothing until then, and what is counted meanwhile are plain numbers.
 */
export interface Book {
  gauge(described: Described, read: () => Figures): void;
  /** It only grows, from the start of the process. */
  counter(described: Described, read: () => Figures): void;
  histogram(described: Described, read: () => Distributions): void;
  /** Done once a scrape, before anything is read. */
  before(work: () => void | Promise<void>): void;
}

/** What a scrape is answered with. */
export interface Scraped {
  readonly contentType: string;
  readonly text: string;
}

export type MetricType = 'gauge' | 'counter' | 'histogram';

/** As people and Prometheus read it. */
export function helpOf({ is, remedy }: Pick<Described, 'is' | 'remedy'>): string {
  return `${is} Remedy: ${remedy}`;
}

/** A metric as docs/metrics.md lists it. */
export interface Listed extends Described {
  readonly type: MetricType;
}

/** What a program writes down, without anything being read. */
export function listed(write: (book: Book) => void): readonly Listed[] {
  const all: Listed[] = [];
  const of =
    (type: MetricType) =>
    (described: Described): void =>
      void all.push({ ...described, type });
  write({ gauge: of('gauge'), counter: of('counter'), histogram: of('histogram'), before() {} });
  return all;
}
