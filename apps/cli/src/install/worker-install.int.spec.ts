import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../run.js';
import { testIo } from '../testing/test-io.js';
import { carryOut, isRunBySystemd, type Step } from './machine.js';
import { stepsToInstall, stepsToUninstall, type Facts } from './plan.js';
import { execWord, systemPlace, userPlace, type Place } from './worker-unit.js';

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).error === undefined;
if (!hasAnalyze) console.warn('NOT TESTED: installed units, there is no systemd-analyze here');
const shipped = {
  unit: readFileSync('infra/systemd/oakring-worker.service', 'utf8'),
  settings: readFileSync('infra/systemd/oakring-worker.env.example', 'utf8'),
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-install-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const factsOf = (place: Place, more: Partial<Facts> = {}): Facts => ({
  ...{ place, shipped, hasSettings: false, hasUser: false },
  program: `${execWord('/bin/true')} ${execWord('/opt/oak ring/bin/oakring.js')}`,
  ...more,
});
const written = (steps: readonly Step[]) => steps.filter((step) => step.does === 'write');

describe('oakring worker install', () => {
  (hasAnalyze ? it : it.skip).each(['system', 'user'])(
    'writes a %s unit that systemd has nothing to say against',
    (whose) => {
      const place = whose === 'user' ? userPlace(folder) : systemPlace;
      const [unit] = written(stepsToInstall(factsOf(place)));
      const path = join(folder, 'oakring-worker.service');
      writeFileSync(path, unit?.content ?? '');
      const scope = whose === 'user' ? ['--user'] : [];
      const found = spawnSync('systemd-analyze', [...scope, 'verify', '--man=no', path], {
        encoding: 'utf8',
        env: { ...process.env, XDG_RUNTIME_DIR: folder },
      });
      // What systemd knows since 254 an older one goes on without.
      const said = found.stderr.replace(/^.*Unknown key 'DelegateSubgroup'.*\n/gm, '');
      expect([found.status, said]).toEqual([0, '']);
      expect(unit?.content).toMatch(
        /^ExecStart=\/bin\/true "\/opt\/oak ring\/bin\/oakring.js" worker$/m,
      );
      expect(unit?.content).toMatch(/^KillMode=process$/m);
    },
  );

  it.each([userPlace('/home/someone'), systemPlace])(
    'lets all jobs together have as many tasks as there are: guards end where they cannot fork',
    (place) => {
      const [unit] = written(stepsToInstall(factsOf(place)));
      expect(unit?.content).toMatch(/^TasksMax=infinity$/m);
    },
  );

  it('makes a user once, and leaves settings that are there', () => {
    const first = stepsToInstall(factsOf(systemPlace));
    expect(first[0]).toMatchObject({ argv: expect.arrayContaining(['useradd', 'oakring-worker']) });
    const again = stepsToInstall(factsOf(systemPlace, { hasSettings: true, hasUser: true }));
    expect(again.map(({ does }) => does)).toEqual(['write', 'leave', 'run']);
  });

  it('keeps settings, in which a password may be, for their owner alone', () => {
    const [, settings] = written(stepsToInstall(factsOf(userPlace(folder))));
    if (settings === undefined) throw new Error('no settings are written');
    carryOut(settings);
    expect(statSync(settings.path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(settings.path)).mode & 0o777).toBe(0o700);
  });

  it('takes away the unit, and neither settings nor data', () => {
    const removed = stepsToUninstall(systemPlace).filter(({ does }) => does === 'remove');
    expect(removed).toEqual([{ does: 'remove', path: systemPlace.unitFile }]);
  });

  it('shows what it would do, with --dry-run, anywhere', async () => {
    const io = testIo();
    expect(await run(['worker', 'install', '--user', '--dry-run'], io, { HOME: folder })).toBe(0);
    expect(io.written()).toMatch(
      /write .*\.config\/systemd\/user\/oakring-worker\.service \(mode 0644\)/,
    );
    expect(io.written()).toContain('systemctl --user enable --now oakring-worker');
  });

  it('refuses with the reason where nothing would start it', async () => {
    if (isRunBySystemd()) return;
    const io = testIo();
    expect(await run(['worker', 'install', '--user'], io, { HOME: folder })).toBe(1);
    expect(io.complained()).toContain('not run by systemd');
  });
});
