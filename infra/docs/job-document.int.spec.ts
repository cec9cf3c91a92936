import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { jobOf, type JsonObject, type SubmitJob as Body } from '@oakring/contracts';
import { instanceOf, SubmitJob, warningsOf } from '@oakring/contracts/http';
import { validateSync } from 'class-validator';
import { parse } from 'yaml';
import { jobDocumentPage, rowsOf } from './job-document.js';

const file = 'docs/job-document.md';
const rows = rowsOf(SubmitJob);

describe(file, () => {
  it('has what the classes check; if not, npm run job-document writes it anew', () => {
    const page = jobDocumentPage();
    if (process.env['OAKRING_WRITES_JOB_DOCUMENT'] === 'true') writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it.each(rows.map((row) => [row.path, row] as const))(
    'has an example of %s that is taken',
    (_, row) => {
      const { kind, example } = row;
      expect(example).toBeDefined();
      expect([example, kind.holds(example), kind.each?.holds(example) ?? true]).toEqual([
        ...[example, true, true],
      ]);
    },
  );

  it('says of every field what it is', () => {
    expect(rows.filter(({ says }) => says === '').map(({ path }) => path)).toEqual([]);
  });
});

describe.each(readdirSync('examples').filter((name) => name.endsWith('.yaml')))(
  'The example examples/%s',
  (name) => {
    const document = parse(readFileSync(`examples/${name}`, 'utf8')) as JsonObject;

    it('is taken, and has nothing that is not known', () => {
      expect(validateSync(instanceOf(SubmitJob, document))).toEqual([]);
      expect(() => jobOf(document as unknown as Body)).not.toThrow();
      const { warnings = [] } = warningsOf(document);
      expect(warnings.filter(({ detail }) => !detail.includes('uses it yet'))).toEqual([]);
    });
  },
);
