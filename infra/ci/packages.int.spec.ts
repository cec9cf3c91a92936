import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Lock {
  readonly packages: Record<string, { readonly hasInstallScript?: true; readonly dev?: true }>;
}

// What npm wrote.
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;

describe('the packages of an installation', () => {
  it('do not call home: none counts who installs it', () => {
    const text = readFileSync('package-lock.json', 'utf8');
    expect(text).not.toContain('@scarf/scarf');
  });

  it('run code at an installation only where it is known what for', () => {
    const found = Object.entries(lock.packages)
      .filter(([path, { hasInstallScript }]) => hasInstallScript === true && path !== '')
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    const known = [
      // Fetch or build their binary for this machine.
      ...['@parcel/watcher', '@swc/core', 'cpu-features', 'esbuild', 'lefthook', 'lmdb'],
      'msgpackr-extract',
      // Try to build an optional part.
      'ssh2',
      // Prints a warning about versions.
      'protobufjs',
    ];
    expect(found.filter((name) => !known.includes(name))).toEqual([]);
  });
});
