import { appendFile, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { DeadLetters } from './dead-letters.js';

describe('dead letters in a folder', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oakring-dead-letters-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are shown again after a restart', async () => {
    const before = await DeadLetters.open(folder, systemPorts());
    record(before, 'one', 'edge-1');
    record(before, 'two', 'edge-1');
    await before.close();
    const after = await DeadLetters.open(folder, systemPorts());
    expect(after.list()).toEqual(before.list());
    expect(after.list()[0]?.reason).toBe('two');
    await after.close();
  });

  it('outlive a line that a crash left unfinished', async () => {
    const before = await DeadLetters.open(folder, systemPorts());
    record(before, 'one', 'edge-1');
    await before.close();
    await appendFile(join(folder, 'dead-letters.ndjson'), '{"at":"2026-01-0');
    const damaged = await DeadLetters.open(folder, systemPorts());
    record(damaged, 'two', 'edge-1');
    await damaged.close();
    const after = await DeadLetters.open(folder, systemPorts());
    expect(after.list().map(({ reason }) => reason)).toEqual(['two', 'one']);
    await after.close();
  });

  it('take a bounded part of the disk', async () => {
    for (let round = 0; round < 12; round += 1) {
      const letters = await DeadLetters.open(folder, systemPorts());
      for (let number = 0; number < 700; number += 1) {
        record(letters, 'flood', `edge-${number}`, Buffer.alloc(4_096, 'x'));
      }
      await letters.close();
    }
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size),
    );
    expect(sizes).toHaveLength(2);
    expect(Math.max(...sizes)).toBeLessThan(13 * 1_048_576);
  });
});

function record(
  letters: DeadLetters,
  reason: string,
  nodeId: string,
  payload = Buffer.from('{}'),
): void {
  letters.record({ topic: `nodes/${nodeId}/acks`, code: 'invalid-field', reason, payload, nodeId });
}
