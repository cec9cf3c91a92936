import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

interface Packed {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Of the archive, with the packages that are in the programs; every worker's machine carries it. */
const mostBytes = 3_500_000;

describe('The package that npm makes', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
  });
  // What npm writes.
  const [{ size, files }] = JSON.parse(stdout) as [Packed];
  const paths = files.map(({ path }) => path);

  it('has no tests, no fakes and no sources', () => {
    const tests = /\.(spec|contract)\.|(^|\/)(testing|golden|test|simulator|bench)\//;
    expect(paths.filter((path) => tests.test(path) || path.endsWith('.ts'))).toEqual([]);
  });

  it('is small', () => {
    expect(size).toBeLessThan(mostBytes);
  });

  it.each([
    'bin/oakring.js',
    ...['oakring', 'manager', 'scheduler', 'worker', 'index-thread'].flatMap((name) => [
      `dist/programs/${name}.js`,
      `dist/programs/${name}.js.map`,
    ]),
    'dist/programs/LICENSES.txt',
    'infra/oakestra/cluster-registration.proto',
    'infra/mosquitto/acl.example',
    'infra/mosquitto/dynamic-security.example.json',
    'infra/systemd/oakring.service',
  ])('has what is loaded, or shown, by its path: %s', (path) => {
    expect(paths).toContain(path);
  });
});
