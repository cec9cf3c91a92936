import { readFileSync } from 'node:fs';
import { readScrape, type ScrapedMetric } from '@oakring/metrics/testing';

export type ScrapedFigures = ReadonlyMap<string, ScrapedMetric>;

/** What `url` tells Prometheus. */
export async function scrapeOf(url: string): Promise<ScrapedFigures> {
  const response = await fetch(`${url}/metrics`);
  if (!response.ok) throw new Error(`${url}/metrics: ${response.status}`);
  return readScrape(await response.text());
}

/** Names that docs/metrics.md lists under a heading. */
export function namesUnder(heading: string): readonly string[] {
  const [, part = ''] = readFileSync('docs/metrics.md', 'utf8').split(`\n## ${heading}\n`);
  const [section = ''] = part.split('\n## ');
  return Array.from(section.matchAll(/^\| `(\w+)` /gm), ([, name = '']) => name);
}

/** Values by those of the labels; what a histogram counted. */
export function figures(scraped: ScrapedFigures, name: string): Readonly<Record<string, number>> {
  const samples = scraped.get(name)?.samples ?? [];
  const counted = samples.filter(({ labels }) => (labels['part'] ?? '_count').endsWith('_count'));
  return Object.fromEntries(
    counted.map(({ labels: { part: _part, ...labels }, value }) => [
      Object.values(labels).join(' '),
      value,
    ]),
  );
}

/** What is no amount of anything: below nothing, or not a number although its help does not say that it may be. */
export function implausible(scraped: ScrapedFigures): readonly string[] {
  return Array.from(scraped, ([name, { help, samples }]) =>
    samples
      .filter(({ value }) => (Number.isNaN(value) ? !help.includes('NaN') : value < 0))
      .map(({ labels, value }) => `${name} ${JSON.stringify(labels)} ${value}`),
  ).flat();
}
