import { describe, expect, it } from '@jest/globals';
import { missing, nameOf, production, readLock, type Lock } from './lock.js';

const lock = readLock();

/** Terms that let us bundle a package and give it on: they ask for their own text, which LICENSES.txt holds. */
const permissive: ReadonlySet<string> = new Set([
  ...['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Python-2.0'],
  'Unlicense',
]);

/** They say it as was usual before SPDX, in a member that npm leaves out of the lock. */
const saidOtherwise: Readonly<Record<string, string>> = {
  'buildcheck@0.0.7': 'MIT',
  'cpu-features@0.0.10': 'MIT',
  'ssh2@1.17.0': 'MIT',
};

describe('package-lock.json', () => {
  it('has all that packages ask for, those of other platforms too, so that npm ci takes it anywhere', () => {
    expect(missing(lock)).toEqual([]);
  });

  it('misses what one of them asks for when it is left out', () => {
    const without = new Map([...lock].filter(([path]) => path !== 'node_modules/lmdb'));
    expect(missing(without)).toEqual(['package.json needs lmdb']);
    const nested: Lock = new Map([
      ['node_modules/a', { version: '1.0.0', dependencies: { b: '1' } }],
      ['node_modules/a/node_modules/b', { version: '1.0.0', optionalDependencies: { c: '1' } }],
      ['node_modules/@of/c', { version: '1.0.0' }],
    ]);
    expect(missing(nested)).toEqual(['node_modules/a/node_modules/b needs c']);
  });

  it('names each archive by its digest, and none that lies elsewhere than in the registry', () => {
    const loose = [...lock].filter(
      ([path, { integrity, resolved }]) =>
        path !== '' &&
        (integrity?.startsWith('sha512-') !== true ||
          (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))),
    );
    expect(loose).toEqual([]);
  });

  it('has nobody who calls home: none counts who installs it', () => {
    expect([...lock.keys()].filter((path) => path.includes('@scarf/scarf'))).toEqual([]);
  });
});

describe('the packages of an installation', () => {
  const scripted = (packages: Lock) =>
    [...packages]
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true)
      .map(([path]) => nameOf(path))
      .toSorted();

  // `npm run installed` shows it: it installs the package with --ignore-scripts, and all of it works.
  it('need none of the scripts that some have', () => {
    expect(scripted(production(lock))).toEqual([
      // Optional parts of ssh2, which we do not use.
      'cpu-features',
      // Looks for its binary, which is inside the package for each platform.
      'lmdb',
      // Optional: what it does is done in JavaScript without it.
      'msgpackr-extract',
      // Prints a warning about versions.
      'protobufjs',
      // Builds its optional part.
      'ssh2',
    ]);
  });

  it('for development run code only where it is known what for', () => {
    const forDevelopment = scripted(new Map([...lock].filter(([, { dev }]) => dev)));
    // They take their binary out of its package, or look whether it is there.
    expect(forDevelopment).toEqual(['@parcel/watcher', '@swc/core', 'esbuild', 'lefthook']);
  });

  it('are given on terms under which we may give them on', () => {
    const terms = [...production(lock)].map(([path, { version, license }]) => {
      const named = `${nameOf(path)}@${version}`;
      return { named, license: license ?? saidOtherwise[named] ?? 'nothing is said' };
    });
    expect(terms.filter(({ license }) => !permissive.has(license))).toEqual([]);
  });
});
