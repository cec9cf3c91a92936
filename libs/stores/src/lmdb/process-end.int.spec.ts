import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { typescriptArguments } from '../../../../infra/typescript/typescript-arguments.js';

describe('A process that is to end while lmdb commits', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-end-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const ended = async (way: string): Promise<{ signal: unknown; said: string }> => {
    const child = spawn(
      process.execPath,
      [...typescriptArguments('libs/stores/testing/programs/end-while-committing.ts'), folder, way],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
    const [, signal] = await once(child, 'close');
    return { signal, said };
  };

  it.each(['now', 'exit'])('ends when it is told to (%s)', async (way) => {
    expect(await ended(way)).toMatchObject({ signal: 'SIGKILL' });
  });

  it('ends at an exception that nobody caught, and says which', async () => {
    const { signal, said } = await ended('uncaught');
    expect(signal).toBe('SIGKILL');
    expect(said).toMatch(
      /^An error that nobody handled, ended by force: Error: nobody caught this/,
    );
  });

  it('ends at its deadline though its event loop is never free again', async () => {
    const { signal, said } = await ended('deadline');
    expect(signal).toBe('SIGKILL');
    expect(said).toBe('It did not end in good order within 100 ms: ended by force.\n');
  });
});
