/** A known fault of a package that we have. */
export interface Finding {
  readonly package: string;
  /** Of the advisory: what it is explained by. */
  readonly url: string;
  readonly title: string;
  readonly severity: string;
}

/** Why a finding may stay for now. */
export interface Explained {
  readonly url: string;
  readonly reason: string;
  /** Day, YYYY-MM-DD: from then on it counts again. */
  readonly until: string;
}

/** As `npm audit --json` has it (version 2): of what a fault is inherited from, it names the package alone. */
interface Report {
  readonly vulnerabilities?: Readonly<
    Record<string, { readonly via: readonly (string | Readonly<Record<string, unknown>>)[] }>
  >;
}

/** Each advisory once; null: it is no report, so the registry was not asked or did not answer. */
export function findingsIn(text: string): readonly Finding[] | null {
  const { vulnerabilities } = parsed(text);
  if (vulnerabilities === undefined) return null;
  const byUrl = new Map<string, Finding>();
  for (const { via } of Object.values(vulnerabilities)) {
    for (const one of via) {
      if (typeof one === 'string') continue;
      const { name, url, title, severity } = one;
      byUrl.set(String(url), {
        ...{ package: String(name), url: String(url) },
        ...{ title: String(title), severity: String(severity) },
      });
    }
  }
  return [...byUrl.values()];
}

/** What is wrong, a sentence each: findings that nobody explained, or no more; explanations of what is not found. */
export function judge(
  found: readonly Finding[],
  explained: readonly Explained[],
  today: string,
): readonly string[] {
  const unexplained = found.flatMap((finding) => {
    const why = explained.find(({ url }) => url === finding.url);
    if (why !== undefined && today < why.until) return [];
    const { package: name, severity, title, url } = finding;
    const what = `${name}: ${title} (${severity}, ${url})`;
    return why === undefined
      ? [`${what}. Take a version without it, or explain it in infra/supply/audit-explained.json.`]
      : [`${what} was explained until ${why.until}: "${why.reason}". Look at it again.`];
  });
  const stale = explained
    .filter(({ url }) => found.every((finding) => finding.url !== url))
    .map(({ url }) => `${url} is explained and not found any more: remove it.`);
  return [...unexplained, ...stale];
}

function parsed(text: string): Report {
  try {
    return Object(JSON.parse(text)) as Report;
  } catch {
    return {};
  }
}
