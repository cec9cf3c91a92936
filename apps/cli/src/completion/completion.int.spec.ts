import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from '@jest/globals';
import { jobSummary, nodeAnswer } from '../testing/answers.js';
import { fakeManager, type FakeManager, type Route } from '../testing/fake-manager.js';
import { closeManager, oakring, page } from '../testing/run-oakring.js';
import { completionScript, shells, type Shell } from './scripts.js';

afterEach(closeManager);

const chosen = '0b7f3c2e-8d1a-4c57-9f0e-3a2b1c4d5e6f';
const routes: Readonly<Record<string, Route>> = {
  'GET /api/v1/jobs': page(
    jobSummary({ id: chosen, name: 'web' }),
    jobSummary({ id: 'worker', name: 'worker' }),
    jobSummary({ id: 'wrong', name: '$(rm -rf ~)' }),
  ),
  'GET /api/v1/nodes': page(nodeAnswer()),
};

async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out, error } = await oakring(['__complete', ...words], routes);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  const lines = out.trimEnd().split('\n');
  return lines.map((line) => line.split('\t')[0] ?? '').filter((word) => word !== '');
}

describe('completion', () => {
  it('knows commands, and those below them', async () => {
    expect(await completed('no')).toEqual(['node']);
    expect(await completed('job', 's')).toEqual(expect.arrayContaining(['show', 'scale']));
    expect(await completed('audit', 'ver')).toEqual(['verify']);
    expect(await completed('')).not.toContain('__complete');
  });

  it('knows options, those of every command too, and what they may say', async () => {
    expect(await completed('job', 'rm', '--f')).toEqual(['--force']);
    expect(await completed('job', 'ls', '--j')).toEqual(['--json']);
    expect(await completed('job', 'ls', '-o', '')).toEqual(['json', 'yaml', 'name', 'wide']);
    expect(await completed('completion', '')).toEqual([...shells]);
  });

  it('asks the cluster for names: of jobs, of nodes, several, and behind options', async () => {
    expect(await completed('job', 'show', 'w')).toEqual(['web', 'worker', 'wrong']);
    expect(await completed('job', 'show', '0b7')).toEqual([chosen]);
    expect(await completed('job', 'rm', 'web', '--force', 'wo')).toEqual(['worker']);
    expect(await completed('node', 'drain', 'x', '')).toEqual(['edge-berlin']);
    expect(await completed('job', 'run', '--node', 'ed')).toEqual(['edge-berlin']);
    expect(await completed('job', 'run', '--count', '')).toEqual([]);
  });

  it('offers nothing that a shell would take for more than a word', async () => {
    expect(await completed('job', 'show', '$')).toEqual([]);
  });

  it('is silent where no manager answers', async () => {
    const env = { OAKRING_URL: 'http://127.0.0.1:1' };
    const { code, out, error } = await oakring(['__complete', 'job', 'show', ''], {}, { env });
    expect({ code, out, error }).toEqual({ code: 0, out: '', error: '' });
  });

  it('prints a script for a shell, and none for others', async () => {
    for (const shell of shells) {
      expect((await oakring(['completion', shell], {})).out).toContain('__complete');
    }
    expect((await oakring(['completion', 'tcsh'], {})).code).toBe(2);
  });
});

const program =
  `${process.execPath} --import ${process.cwd()}/infra/typescript/register.js ` +
  `${process.cwd()}/apps/cli/src/main.ts`;
/** Lets a shell complete `oakring job show w`, and prints what it offers. */
const questions: Readonly<Record<Shell, string>> = {
  bash: 'COMP_WORDS=(oakring job show w); COMP_CWORD=3; _oakring; printf "%s\\n" "${COMPREPLY[@]}"',
  zsh: 'words=(oakring job show w); CURRENT=4; _describe() { print -l ${(P)2%%:*} }; _oakring',
  fish: 'complete -C "oakring job show w"',
};

function hasShell(shell: Shell): boolean {
  return spawnSync(shell, ['-c', 'true']).status === 0;
}

describe('a real shell', () => {
  let manager: FakeManager | null = null;
  afterEach(async () => manager?.close());

  for (const shell of shells) {
    const isThere = hasShell(shell);
    if (!isThere) console.warn(`${shell} is not installed: its completion is not tried`);
    (isThere ? it : it.skip)(`completes names of jobs: ${shell}`, async () => {
      manager = await fakeManager(routes);
      const compdef = shell === 'zsh' ? 'compdef() { : }\n' : '';
      const script = `${compdef}${completionScript(shell, program)}\n${questions[shell]}\n`;
      const env = { ...process.env, OAKRING_URL: manager.url };
      const { stdout } = await promisify(execFile)(shell, ['-c', script], { env });
      const words = stdout.trim().split('\n');
      expect(words.map((line) => line.split('\t')[0])).toEqual(['web', 'worker', 'wrong']);
    });
  }
});
