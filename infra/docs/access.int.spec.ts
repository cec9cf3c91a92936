import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pageWith, tablesOf } from './access.js';

const file = 'docs/access.md';

describe(file, () => {
  it('has the table that the guard reads; if not, npm run access writes it anew', () => {
    const tables = tablesOf(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
    const page = readFileSync(file, 'utf8');
    for (const part of Object.keys(tables)) expect(page).toContain(`<!-- end of ${part} -->`);
    const wanted = pageWith(page, tables);
    if (process.env['OAKRING_WRITES_ACCESS'] === 'true') writeFileSync(file, wanted);
    expect(readFileSync(file, 'utf8')).toBe(wanted);
  });
});
