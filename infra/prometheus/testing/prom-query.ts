/** What a query asks of the programs. */
interface Asked {
  /** Names of metrics, each with the labels that its own braces name. */
  readonly metrics: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** Labels that the rest names: what it is grouped and matched by, and what its texts show. */
  readonly labels: readonly string[];
}

/** Made by Prometheus, and not by a program. */
const ofPrometheus = ['job', 'instance', 'alertstate', 'alertname', 'le'];

/** Names in a query of Prometheus's, and in the texts (legend, annotations) that show its labels. */
export function askedBy(query: string, texts: readonly string[] = []): Asked {
  // A value of a label may look like a name.
  const bare = query.replaceAll(/"[^"]*"/g, '""');
  const grouped = [...bare.matchAll(/\b(?:by|on|ignoring|without) \(([^)]*)\)/g)];
  const shown = texts.flatMap((text) => [
    ...text.matchAll(/\{\{(\w+)\}\}/g),
    ...text.matchAll(/\$labels\.(\w+)/g),
  ]);
  // A label that the query makes itself.
  const made = [...(/label_replace\(.*, "(\w+)", "/.exec(query) ?? [])].slice(1);
  const labels = [
    ...grouped.flatMap(([, names = '']) => names.split(/, */)),
    ...shown.map(([, name = '']) => name),
  ];
  const metrics = [
    ...bare.matchAll(/\b((?:oakring|nodejs|process)_\w+|up|ALERTS)\b(?:\{([^}]*)\})?/g),
  ];
  return {
    metrics: metrics.map(([, name = '', braces = '']) => ({
      name,
      labels: theirs([...braces.matchAll(/(\w+)(?:=~|!~|!=|=)/g)].map(([, label = '']) => label)),
    })),
    labels: theirs(labels).filter((label) => !made.includes(label)),
  };
}

function theirs(labels: readonly string[]): readonly string[] {
  return [...new Set(labels)].filter((label) => !ofPrometheus.includes(label));
}

/** What is wrong with a query for who answers so to a scrape; null: nothing. */
export function unanswered({ metrics, labels }: Asked, scraped: Scraped): string | null {
  const known = metrics.filter(({ name }) => !['up', 'ALERTS'].includes(name));
  const nobody = known.filter(({ name }) => !scraped.has(name)).map(({ name }) => name);
  if (nobody.length > 0) return `no metric ${nobody.join(', ')}`;
  const without = known.flatMap(({ name, labels: own }) =>
    own
      .filter((label) => scraped.get(name)?.has(label) !== true)
      .map((label) => `${name}{${label}}`),
  );
  const nowhere = labels.filter(
    (label) => !known.some(({ name }) => scraped.get(name)?.has(label)),
  );
  const missing = [...without, ...(known.length === 0 ? [] : nowhere)];
  if (missing.length === 0) return null;
  return `no label ${missing.join(', ')} of ${known.map(({ name }) => name).join(', ')}`;
}

/** Names of what a scrape answers, each with its labels. */
export type Scraped = ReadonlyMap<string, ReadonlySet<string>>;

/** Of the text that /metrics answers with. What has no value yet is there by its name alone. */
export function readScrape(texts: readonly string[]): Scraped {
  const scraped = new Map<string, Set<string>>();
  const take = (name: string, labels: readonly string[]): void => {
    const known = scraped.get(name) ?? new Set();
    for (const label of labels) known.add(label);
    scraped.set(name, known);
  };
  for (const text of texts) {
    for (const [, name = ''] of text.matchAll(/^# TYPE (\w+) /gm)) take(name, []);
    for (const [, name = '', braces = ''] of text.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
      take(
        name,
        [...braces.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
      );
    }
  }
  return scraped;
}

/** Of docs/metrics.md, which has all that programs show, also where nobody has it. */
export function readPage(page: string): Scraped {
  const scraped = new Map<string, Set<string>>();
  for (const [, name = '', type, cell = ''] of page.matchAll(
    /^\| `(\w+)` \| (\w+) \| (.*?) \|/gm,
  )) {
    const labels = [...cell.matchAll(/`(\w+)`/g)].map(([, label = '']) => label);
    for (const end of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) {
      // Of several programs, each with labels of its own.
      scraped.set(`${name}${end}`, new Set([...(scraped.get(`${name}${end}`) ?? []), ...labels]));
    }
  }
  return scraped;
}
