import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { settingsCatalogue, unknownSettings, workerCatalogue } from '@oakring/contracts';

const analyzer = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
const hasAnalyze = analyzer.error === undefined;
const version = Number(/^systemd (\d+)/.exec(analyzer.stdout ?? '')?.[1]);
/** What an older systemd warns of, and goes on without. */
const knownSince: readonly (readonly [key: string, version: number])[] = [
  ['DelegateSubgroup', 254],
];
if (!hasAnalyze) console.warn('NOT TESTED: systemd units, there is no systemd-analyze here');

const read = (name: string): string => readFileSync(`infra/systemd/${name}`, 'utf8');
const install = readFileSync('docs/install.md', 'utf8');
const program = readFileSync('package.json', 'utf8');

/** Values of a key, in order: some may be given more than once. */
const valuesOf = (unit: string, key: string): string[] =>
  [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

describe('oakring-worker.service', () => {
  const text = read('oakring-worker.service');

  it('starts the worker beside the groups that it limits, not above them', () => {
    expect(valuesOf(text, 'Delegate')).toEqual(['yes']);
    expect(valuesOf(text, 'DelegateSubgroup')).toEqual(['oakring-worker']);
  });

  it('has the same /tmp after a restart, which what it runs goes on to have', () => {
    expect(valuesOf(text, 'KillMode')).toEqual(['process']);
    expect([...valuesOf(text, 'TemporaryFileSystem'), ...valuesOf(text, 'PrivateTmp')]).toEqual([]);
    const bound = valuesOf(text, 'BindPaths').flatMap((value) => value.split(' '));
    const places = new Map(bound.map((each) => each.split(':').reverse() as [string, string]));
    expect([...places.keys()]).toEqual(['/tmp', '/var/tmp']);
    // A folder that is not there keeps a unit from starting: systemd makes these before.
    const made = valuesOf(text, 'CacheDirectory').flatMap((value) => value.split(' '));
    expect(made.map((name) => `%C/${name}`)).toEqual(expect.arrayContaining([...places.values()]));
  });
});

describe.each([
  {
    unit: 'oakring.service',
    command: 'up',
    file: 'oakring.env',
    catalogue: Object.values<{ variable: string }>(settingsCatalogue),
  },
  {
    unit: 'oakring-worker.service',
    command: 'worker',
    file: 'oakring-worker.env',
    catalogue: Object.values<{ variable: string }>(workerCatalogue),
  },
])('$unit', ({ unit, command, file, catalogue }) => {
  const text = read(unit);
  const known = new Set(catalogue.map(({ variable }) => variable));

  it('starts the program where docs/install.md installs it', () => {
    const [, prefix] = /npm install --global --prefix (\S+)/.exec(install) ?? [];
    expect(valuesOf(text, 'ExecStart')).toEqual([`${prefix}/bin/oakring ${command}`]);
    expect(JSON.parse(program)).toMatchObject({ bin: { oakring: 'bin/oakring.js' } });
  });

  it('gives it folders that are its own, and settings that there are', () => {
    const [state = ''] = valuesOf(text, 'StateDirectory');
    const given = valuesOf(text, 'Environment').flatMap((value) => value.split(' '));
    const settings = given
      .map((each) => each.split('='))
      .filter(([name]) => !['HOME', 'NODE_OPTIONS'].includes(name ?? ''));
    expect(settings.map(([name = '']) => known.has(name))).toEqual([true]);
    expect(settings.map(([, value]) => value)).toEqual([`%S/${state}`]);
    expect(valuesOf(text, 'StateDirectoryMode')).toEqual(['0700']);
  });

  it('reads a file of which the example has settings that there are, commented ones too', () => {
    expect(valuesOf(text, 'EnvironmentFile')).toEqual([`-/etc/oakring/${file}`]);
    const names = [...read(`${file}.example`).matchAll(/^#?([A-Z][A-Z_]+)=/gm)];
    const variables = names.map(([, name = '']) => name);
    expect(variables.filter((name) => !known.has(name))).toEqual([]);
    expect(unknownSettings(Object.fromEntries(variables.map((name) => [name, ''])))).toEqual([]);
  });

  it('lets it end in good order, starts it again when it failed, and not when a setting is wrong', () => {
    // It ends by itself within 4.8 s.
    expect(Number(valuesOf(text, 'TimeoutStopSec')[0])).toBeGreaterThanOrEqual(6);
    expect(valuesOf(text, 'Restart')).toEqual(['on-failure']);
    expect(valuesOf(text, 'RestartPreventExitStatus')).toEqual(['2']);
  });

  it('lets it have as many open files as the doctor asks for', () => {
    const most = Number(settingsCatalogue.maxNodes.fallback) + 2_048;
    expect(Number(valuesOf(text, 'LimitNOFILE')[0])).toBeGreaterThanOrEqual(most);
  });

  (hasAnalyze ? describe : describe.skip)('as systemd reads it', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'oakring-units-'));
      // The program need not be installed here.
      let read = text.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true');
      for (const [key, since] of knownSince) {
        if (version < since) read = read.replace(new RegExp(`^${key}=.*\n`, 'm'), '');
      }
      writeFileSync(join(folder, unit), read);
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it('has no mistake', () => {
      const { status, stderr } = analyze('verify', '--man=no');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });

    it('is exposed no more than it must be', () => {
      // Of 10.0, where most services of a distribution have 9; a worker's jobs are somebody else's.
      const { status, stdout } = analyze('security', '--offline=yes', '--threshold=20');
      expect(stdout).toMatch(/Overall exposure level for \S+: [\d.]+ OK/);
      expect(status).toBe(0);
    });

    function analyze(...argv: readonly string[]) {
      return spawnSync('systemd-analyze', [...argv, join(folder, unit)], { encoding: 'utf8' });
    }
  });
});
