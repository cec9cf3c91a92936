import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { ownFile } from './own-file.js';

describe('a file that comes with us', () => {
  it('is found by its path from our package.json', () => {
    expect(ownFile('package.json').href).toBe(pathToFileURL('package.json').href);
    expect(readFileSync(ownFile('infra/oakestra/cluster-registration.proto'), 'utf8')).toContain(
      'register_cluster',
    );
  });
});
