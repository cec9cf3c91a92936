import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { limits, withTables } from './limits.js';

const file = 'docs/limits.md';
const rows = Object.values(limits).flat();

describe(file, () => {
  it('has the figures of the code; if not, npm run limits writes them anew', () => {
    const page = readFileSync(file, 'utf8');
    for (const part of Object.keys(limits)) expect(page).toContain(`<!-- end of ${part} -->`);
    const wanted = withTables(page);
    if (process.env['OAKRING_WRITES_LIMITS'] === 'true') writeFileSync(file, wanted);
    expect(readFileSync(file, 'utf8')).toBe(wanted);
  });

  it.each(rows.map(({ of, per, test }) => [of, per, ...test]))(
    'names a test of %s per %s that is there',
    (_of, _per, spec, name) => {
      expect(readFileSync(spec, 'utf8')).toContain(name);
    },
  );

  it('names metrics that there are', () => {
    const metrics = readFileSync('docs/metrics.md', 'utf8');
    const named = rows.flatMap(({ shown }) => shown.match(/oakring_\w+/g) ?? []);
    expect(named.filter((name) => !metrics.includes(`\`${name}\``))).toEqual([]);
  });
});
