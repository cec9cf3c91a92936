/** A metric as it was scraped. */
export interface ScrapedMetric {
  readonly help: string;
  readonly type: string;
  /** In the order in which they came. */
  readonly samples: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

/** Reads the text format by names; the parts of a histogram (`_bucket`, `_sum`, `_count`) are samples of it. */
export function readScrape(text: string): ReadonlyMap<string, ScrapedMetric> {
  const metrics = new Map<
    string,
    { help: string; type: string; samples: ScrapedMetric['samples'][number][] }
  >();
  for (const line of text.split('\n')) {
    const [, what, named = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'HELP') metrics.set(named, { help: rest, type: '', samples: [] });
    if (what === 'TYPE') Object.assign(metrics.get(named) ?? {}, { type: rest });
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const metric = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
    if (metric === undefined) throw new Error(`No metric is announced for: ${line}`);
    const pairs = labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
    const part = metric.type === 'histogram' ? [['part', name]] : [];
    metric.samples.push({
      labels: Object.fromEntries([...part, ...Array.from(pairs, ([, label, of]) => [label, of])]),
      value: value === '+Inf' ? Infinity : Number(value),
    });
  }
  return metrics;
}
