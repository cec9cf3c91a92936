import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { clientTypes, documentFile, typesFile } from './client-types.js';

describe('The types that the command line is compiled with', () => {
  let made: string;
  beforeAll(async () => {
    made = await clientTypes(readFileSync(documentFile, 'utf8'));
  });

  it(`are those of ${documentFile}; if not, npm run openapi writes them anew`, () => {
    if (process.env['OAKRING_WRITES_OPENAPI'] === 'true') writeFileSync(typesFile, made);
    // Compared as a whole: a difference of thousands of lines says no more.
    expect(readFileSync(typesFile, 'utf8') === made).toBe(true);
  });
});
