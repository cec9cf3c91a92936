import {
  collectDefaultMetrics,
  Registry,
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client';
import {
  helpOf,
  type Book,
  type Described,
  type Distributions,
  type Figures,
  type MetricType,
  type Scraped,
} from './book.js';
import { Distribution } from './distribution.js';
import { addProcessFigures, describedOfNode } from './process-figures.js';

type Value = MetricValue<string>;

/** A book in prom-client's registry, which it shares with the figures of the process. */
export class PromBook implements Book {
  private readonly registry = new Registry();
  private readonly preparing: (() => void | Promise<void>)[] = [];

  static of(write: (book: Book) => void): PromBook {
    const book = new PromBook();
    book.addThatOfNode();
    addProcessFigures(book);
    write(book);
    return book;
  }

  gauge(described: Described, read: () => Figures): void {
    this.add('gauge', described, () => figuresOf(described, read()));
  }

  counter(described: Described, read: () => Figures): void {
    this.add('counter', described, () => figuresOf(described, read()));
  }

  histogram(described: Described, read: () => Distributions): void {
    this.add('histogram', described, () => bucketsOf(described, read()));
  }

  before(work: () => void | Promise<void>): void {
    this.preparing.push(work);
  }

  async scrape(): Promise<Scraped> {
    await Promise.all(this.preparing.map(async (prepare) => prepare()));
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  private addThatOfNode(): void {
    const { registry } = this;
    collectDefaultMetrics({ register: registry });
    for (const metric of registry.getMetricsAsArray()) {
      const described = describedOfNode(metric.name);
      // What we say ourselves, and what a newer one may measure that nobody has described.
      if (described === undefined) registry.removeSingleMetric(metric.name);
      else metric.help = helpOf(described);
    }
  }

  /**
   * A registry asks a metric for its values and nothing else. prom-client's own metrics are written to one
   * observation at a time, and ours are there already.
   */
  private add(type: MetricType, described: Described, values: () => Value[]): void {
    const { name } = described;
    const help = helpOf(described);
    const get = async (): Promise<MetricObjectWithValues<Value>> =>
      ({
        name,
        help,
        type,
        values: values(),
        aggregator: 'sum',
      }) as unknown as MetricObjectWithValues<Value>;
    this.registry.registerMetric({ name, help, type, get } as unknown as Metric);
  }
}

function figuresOf(described: Described, figures: Figures): Value[] {
  if (figures === null) return [];
  if (typeof figures === 'number') return [{ labels: {}, value: figures }];
  return Array.from(figures, ([value, ...values]) => ({
    labels: labelsOf(described, values),
    value,
  }));
}

function labelsOf({ labels = [] }: Described, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, at) => [label, values[at] ?? '']));
}

function bucketsOf(described: Described, distributions: Distributions): Value[] {
  const all = distributions instanceof Distribution ? [[distributions] as const] : distributions;
  const values: Value[] = [];
  for (const [distribution, ...rest] of all) {
    const labels = labelsOf(described, rest);
    values.push(...bucketsOfOne(described.name, labels, distribution));
  }
  return values;
}

function bucketsOfOne(
  name: string,
  labels: Record<string, string>,
  { bounds, counts, count, sum }: Distribution,
): Value[] {
  const values: Value[] = [];
  let upTo = 0;
  const add = (metricName: string, value: number, more: Record<string, string> = {}): void => {
    // Their name is the metric's with a suffix, which the type of a plain value does not have.
    values.push({ metricName, labels: { ...labels, ...more }, value } as Value);
  };
  bounds.forEach((bound, at) => {
    upTo += counts[at] ?? 0;
    add(`${name}_bucket`, upTo, { le: String(bound) });
  });
  add(`${name}_bucket`, count, { le: '+Inf' });
  add(`${name}_sum`, sum);
  add(`${name}_count`, count);
  return values;
}
