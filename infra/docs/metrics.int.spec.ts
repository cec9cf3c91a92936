import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { metricsPage } from './metrics.js';

const file = 'docs/metrics.md';

describe(file, () => {
  it('has what the programs show; if not, npm run metrics writes it anew', () => {
    const page = metricsPage();
    if (process.env['OAKRING_WRITES_METRICS'] === 'true') writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it('says of every metric what it is, and what to do, in whole sentences', () => {
    const rows = metricsPage().match(/^\| `.*$/gm) ?? [];
    expect(rows.length).toBeGreaterThan(80);
    for (const row of rows) expect(row).toMatch(/^\| `\w+` \|.*\| [^|]+\. \| [^|]+\. \|$/);
  });
});
