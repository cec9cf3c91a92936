import { promtailPipeline } from '../../promtail/testing/promtail-pipeline.js';

/** `name op "value"`, of a label or of a member of the line. */
interface Matcher {
  readonly name: string;
  readonly op: string;
  readonly value: string;
}

const promtail = promtailPipeline();
const matcher = /(\w+)(=~|!~|!=|=)"([^"]*)"/;
/** Lines as they are, or how many of them by some of their labels. */
const counted =
  /^sum by \(([\w, ]+)\) \(count_over_time\((.*) \[(?:\d+[mh]|\$__auto)\]\)\)(?: > (\d+))?$/;

/**
 * A query of Loki's in the part of LogQL that our rules and panels are written in, read and followed as its
 * manual has it: a stream selector, `|= "text"`, `| json`, `| member op "value"`, and how many lines of that
 * there are by some labels. Anything else is refused. Loki is not to be had here.
 */
export class LogQuery {
  readonly selectors: readonly Matcher[];
  readonly filters: readonly Matcher[];
  readonly by: readonly string[];
  private readonly texts: readonly string[];
  private readonly takesApart: boolean;
  private readonly above: number;

  constructor(query: string) {
    const [, by, inside = query, above = '0'] = counted.exec(query) ?? [];
    this.by = by?.split(', ') ?? [];
    this.above = Number(above);
    const [all, selector = '', stages = ''] = /^\{([^}]*)\}(.*)$/.exec(inside) ?? [];
    if (all === undefined) throw new Error(`no query that is known here: ${query}`);
    this.selectors = selector.split(', ').map(matcherOf);
    const parts = [...stages.matchAll(/ (\|= "[^"]*"|\| json|\| \w+(?:=~|!~|!=|=)"[^"]*")/g)];
    const texts = parts.map(([, part = '']) => part);
    if (texts.map((part) => ` ${part}`).join('') !== stages)
      throw new Error(`not all of it is known here: ${query}`);
    this.texts = texts.filter((part) => part.startsWith('|= ')).map((part) => part.slice(4, -1));
    this.takesApart = texts.includes('| json');
    this.filters = texts
      .filter((part) => /^\| \w+[=!]/.test(part))
      .map((part) => matcherOf(part.slice(2)));
    if (this.filters.length > 0 && !this.takesApart)
      throw new Error(`members without json: ${query}`);
  }

  /** The labels that a line has in its answer; null: it is not in it. */
  find(line: string): Readonly<Record<string, string>> | null {
    if (!this.texts.every((text) => line.includes(text))) return null;
    const labels = strings(promtail.takeApart(line).labels);
    if (!holdAll(this.selectors, labels)) return null;
    const all = this.takesApart ? { ...strings(JSON.parse(line) as object), ...labels } : labels;
    return holdAll(this.filters, all) ? all : null;
  }

  /** What it counts in these lines, where that is more than it asks for: labels and how many. */
  count(
    lines: readonly string[],
  ): readonly (Readonly<Record<string, string>> & { value: string })[] {
    const groups = new Map<string, number>();
    for (const line of lines) {
      const labels = this.find(line);
      if (labels === null) continue;
      const kept = this.by.filter((name) => name in labels).map((name) => [name, labels[name]]);
      const key = JSON.stringify(Object.fromEntries(kept));
      groups.set(key, (groups.get(key) ?? 0) + 1);
    }
    return [...groups]
      .filter(([, count]) => count > this.above)
      .map(([key, count]) => ({ ...(JSON.parse(key) as object), value: String(count) }));
  }
}

function matcherOf(text: string): Matcher {
  const [all, name = '', op = '', value = ''] = matcher.exec(text) ?? [];
  if (all !== text) throw new Error(`no matcher: ${text}`);
  return { name, op, value };
}

function holdAll(matchers: readonly Matcher[], labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ name, op, value }) => {
    // What is not there is empty, for Loki.
    const found = labels[name] ?? '';
    const isLike = op.endsWith('~') ? new RegExp(`^(?:${value})$`).test(found) : found === value;
    return isLike !== op.startsWith('!');
  });
}

function strings(members: object): Record<string, string> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));
}
