import { describe, expect, it } from '@jest/globals';
import { readScrape } from '../testing/index.js';
import type { Book } from './book.js';
import { Distribution } from './distribution.js';
import { Count, countsOf, Labelled } from './labelled.js';
import { Scrapes } from './scrapes.js';

const told = { is: 'What it is.', remedy: 'what to do.' };

async function scrapeOf(write: (book: Book) => void) {
  const { text, contentType } = await new Scrapes(write).scrape();
  expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  return { text, metrics: readScrape(text) };
}

describe('A scrape', () => {
  it('says of each metric what it is and what to do', async () => {
    const { metrics } = await scrapeOf((book) => book.gauge({ name: 'a', ...told }, () => 1));
    expect(metrics.get('a')).toEqual({
      ...{ type: 'gauge', help: 'What it is. Remedy: what to do.' },
      samples: [{ labels: {}, value: 1 }],
    });
  });

  it('says so of the process as well, and tells its memory', async () => {
    const { metrics } = await scrapeOf(() => {});
    for (const { help } of metrics.values()) expect(help).toMatch(/\. Remedy: .+\.$/);
    expect(metrics.get('process_resident_memory_bytes')?.samples[0]?.value).toBeGreaterThan(1e6);
    expect(metrics.get('nodejs_eventloop_lag_p99_seconds')?.samples[0]?.value).toBe(0);
  });

  it('reads a figure anew each time, and leaves out what there is nothing to say of', async () => {
    const figures = [3, null, NaN];
    const scrapes = new Scrapes((book) =>
      book.counter({ name: 'a', ...told }, () => figures.shift() ?? null),
    );
    const seen: unknown[] = [];
    for (let time = 0; time < 3; time += 1) {
      seen.push(
        readScrape((await scrapes.scrape()).text)
          .get('a')
          ?.samples.map(({ value }) => value),
      );
    }
    expect(seen).toEqual([[3], [], [NaN]]);
  });

  it('does what must come before, each time', async () => {
    let seen = 0;
    const scrapes = new Scrapes((book) => {
      book.before(async () => void (seen += 1));
      book.gauge({ name: 'a', ...told }, () => seen);
    });
    await scrapes.scrape();
    expect((await scrapes.scrape()).text).toMatch(/^a 2$/m);
  });

  it('gives what is counted under labels one line each', async () => {
    const counts = new Labelled(() => new Count());
    counts.of('deploy', 'failed').count += 1;
    counts.of('deploy', 'done').count += 2;
    counts.of('deploy', 'failed').count += 1;
    const labels = ['operation', 'outcome'];
    const { text } = await scrapeOf((book) =>
      book.counter({ name: 'a', ...told, labels }, () => countsOf(counts)),
    );
    expect(text).toContain('a{operation="deploy",outcome="failed"} 2\n');
    expect(text).toContain('a{operation="deploy",outcome="done"} 2\n');
  });

  it('makes a histogram of a distribution: up to each bound, their sum and their number', async () => {
    const times = new Distribution([0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 7, -1]) times.observe(seconds);
    const { text } = await scrapeOf((book) => {
      book.histogram({ name: 'a', ...told }, () => times);
      book.histogram({ name: 'b', ...told, labels: ['of'] }, () => [[times, 'x']]);
    });
    for (const line of ['a_bucket{le="0.1"} 3', 'a_bucket{le="1"} 4', 'a_bucket{le="+Inf"} 5']) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).toMatch(/^a_sum 7\.65$/m);
    expect(text).toMatch(/^a_count 5$/m);
    expect(text).toContain('b_bucket{of="x",le="1"} 4\n');
  });
});
