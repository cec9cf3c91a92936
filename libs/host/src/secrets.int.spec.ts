import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typescriptArguments } from '../../../infra/typescript/typescript-arguments.js';
import { takeEnvironment } from './secrets.js';

describe('The secrets of an environment', () => {
  let proc: string;
  let warnings: string[];
  beforeEach(() => {
    proc = mkdtempSync(join(tmpdir(), 'oakring-proc-'));
    warnings = [];
  });
  afterEach(() => rmSync(proc, { recursive: true }));

  const take = (env: Record<string, string | undefined>) =>
    takeEnvironment(env, (line) => warnings.push(line), proc);
  const show = (file: string, text: string): void => writeFileSync(join(proc, file), text);

  it('are taken out of it, and nothing else is', () => {
    const env: Record<string, string | undefined> = {
      OAKRING_MQTT_PASSWORD: 'p',
      OAKRING_TOKEN: 't',
      OAKRING_STORE: 'mongodb://user:word@host/db',
      OAKRING_URL: 'http://127.0.0.1:10100/a@b',
      HOME: '/root',
    };
    const before = { ...env };
    expect(take(env)).toEqual(before);
    expect(env).toEqual({ OAKRING_URL: before['OAKRING_URL'], HOME: '/root' });
    expect(warnings).toEqual([]);
  });

  it('are told of where the system shows them all the same, and why', () => {
    show('environ', 'HOME=/root\0OAKRING_TOKEN=hunter2\0');
    show('cmdline', 'node\0--store=mongodb://u:hunter3@h/db\0');
    take({ OAKRING_TOKEN: 'hunter2', HOME: '/root' });
    expect(warnings).toEqual([
      expect.stringMatching(/can be read in .*\/environ as long as this runs: .*ENOENT.*stat/),
      expect.stringMatching(/can be read in .*\/cmdline as long as this runs: /),
    ]);
    expect(warnings.join()).not.toContain('hunter');
  });

  it('are looked for again after they were overwritten', () => {
    show('environ', 'OAKRING_TOKEN=hunter2\0');
    show('stat', `1 (a) b) ${'7 '.repeat(50)}`);
    // Another memory than the one that is shown.
    show('mem', '');
    take({ OAKRING_TOKEN: 'hunter2' });
    expect(warnings).toEqual([
      expect.stringMatching(/environ .*: it was overwritten to no effect/),
    ]);
  });

  it('have no word beside them that nobody is to be verified, for any library of the process', () => {
    const env: Record<string, string | undefined> = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    take(env);
    expect(env).toEqual({});
    expect(warnings).toEqual([expect.stringContaining('certificates are always verified')]);
  });

  it('are no reason to warn where there are none', () => {
    show('environ', 'HOME=/root\0OAKRING_TOKEN=\0');
    show('cmdline', 'node\0oakring.js\0up\0--url\0http://127.0.0.1:1/a@b\0');
    take({ OAKRING_TOKEN: '', HOME: '/root' });
    expect(warnings).toEqual([]);
  });
});

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('A process that took its environment', () => {
  onLinux('shows no secret of its environment or its command line to anybody', () => {
    const program = typescriptArguments('libs/host/testing/programs/take-environment.ts');
    const flags = ['--token', 'hunter2', '--token=hunter3', '--store=mongodb://u:hunter4@h', 'up'];
    const env = { OAKRING_TOKEN: 'hunter5', HTTP_PROXY: 'http://u:hunter6@proxy', HOME: '/h' };
    const output = execFileSync(process.execPath, [...program, ...flags], { env });
    const said = JSON.parse(output.toString()) as {
      token: string;
      argv: string[];
      shown: string[];
    };
    expect(said).toMatchObject({ token: 'hunter5', argv: flags });
    expect(said.shown.join()).not.toContain('hunter');
    expect(said.shown).toEqual([
      expect.stringContaining('HOME=/h'),
      expect.stringMatching(/--token\0\*+\0--token=\*+\0--store=\*+\0up\0$/),
    ]);
  });
});
