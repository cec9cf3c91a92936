import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const program = fileURLToPath(new URL('count.js', import.meta.url));

describe('the count at the end of the gate', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-count-'));
    mkdirSync(join(folder, 'apps'));
    writeFileSync(join(folder, 'apps/a.spec.ts'), '');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const suite = (
    statuses: string[],
    status = statuses.includes('failed') ? 'failed' : 'passed',
  ) => ({
    name: join(folder, 'apps/a.spec.ts'),
    status,
    assertionResults: statuses.map((each, index) => ({ status: each, fullName: `test ${index}` })),
  });

  function count(suites: object[] | null, ...failedSteps: string[]) {
    if (suites !== null)
      writeFileSync(join(folder, 'report.json'), JSON.stringify({ testResults: suites }));
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [program, 'report.json', ...failedSteps],
      { cwd: folder, encoding: 'utf8' },
    );
    return { line: stdout.trim().split('\n').at(-1), why: stderr, status };
  }

  it('is fine when every spec ran and passed', () => {
    expect(count([suite(['passed', 'passed'])])).toEqual({
      line: '2 passed, 0 failed',
      why: '',
      status: 0,
    });
  });

  it('counts failed tests', () => {
    expect(count([suite(['passed', 'failed'])])).toMatchObject({
      line: '1 passed, 1 failed',
      status: 1,
    });
  });

  it('is not fine when a test skipped itself, and names it', () => {
    const { line, why, status } = count([suite(['passed', 'pending'])]);
    expect({ line, status }).toEqual({ line: '1 passed, 0 failed, 1 skipped', status: 1 });
    expect(why).toContain('skipped: test 1');
  });

  it('counts a suite that could not be loaded as a failure', () => {
    const { line, why, status } = count([suite(['passed']), suite([], 'failed')]);
    expect({ line, status }).toEqual({ line: '1 passed, 1 failed', status: 1 });
    expect(why).toContain('could not run: apps/a.spec.ts');
  });

  it('counts a spec that no run included as a failure, and names it', () => {
    writeFileSync(join(folder, 'apps/b.e2e.spec.ts'), '');
    const { line, why, status } = count([suite(['passed'])]);
    expect({ line, status }).toEqual({ line: '1 passed, 1 failed', status: 1 });
    expect(why).toContain('did not run: apps/b.e2e.spec.ts');
  });

  it('looks for specs wherever this repository has some', () => {
    const listed = execFileSync('git', ['ls-files', '*.spec.ts'], { encoding: 'utf8' });
    for (const spec of listed.trim().split('\n')) {
      mkdirSync(dirname(join(folder, spec)), { recursive: true });
      writeFileSync(join(folder, spec), '');
    }
    const { why } = count([suite(['passed'])]);
    expect(why.match(/did not run: /g)).toHaveLength(listed.trim().split('\n').length);
  });

  it('counts a step that failed before the tests', () => {
    expect(count([suite(['passed'])], 'npm run check')).toMatchObject({
      line: '1 passed, 1 failed',
      why: 'failed: npm run check\n',
      status: 1,
    });
  });

  it('is not fine when no test ran or no report was written', () => {
    rmSync(join(folder, 'apps/a.spec.ts'));
    expect(count([])).toMatchObject({ line: '0 passed, 1 failed', status: 1 });
    rmSync(join(folder, 'report.json'));
    expect(count(null)).toMatchObject({ line: '0 passed, 1 failed', status: 1 });
  });
});
