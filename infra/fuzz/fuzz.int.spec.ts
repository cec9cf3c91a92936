import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { typescriptArguments } from '../typescript/typescript-arguments.js';

/** Of each target, with what is known of it: enough to reach most of what can be reached quickly. */
const executions = '96';

describe('Every parser of what others write', () => {
  it('reads whatever comes: its corpus, and inputs that are made of it', () => {
    const seed = String(Date.now() % 1_000_000);
    const args = ['--executions', executions, '--seed', seed];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [...typescriptArguments('infra/fuzz/run.ts'), ...args],
      { encoding: 'utf8' },
    );
    // With the seed, and where the input lies that was not read as it should be.
    expect({ status, told: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, told: '' });
    const lines = stdout.trim().split('\n').slice(1);
    expect(lines.length).toBeGreaterThanOrEqual(15);
    for (const line of lines) {
      const [, reached] = / ok +\d+ executions, (\d+) blocks reached/.exec(line) ?? [];
      // Where nothing is reached nothing leads it: it would be chance alone.
      expect([line, Number(reached) > 20]).toEqual([line, true]);
    }
  });
});
