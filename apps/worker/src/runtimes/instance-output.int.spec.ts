import { appendFile, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { OutputFolder, type InstanceOutput } from './instance-output.js';

let folder = '';
let outputs: OutputFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oakring-output-'));
  outputs = new OutputFolder(folder, systemPorts().clock);
});
afterEach(() => rm(folder, { recursive: true }));

describe('Kept output', () => {
  it('is that of the newest 200 that have ended, and of all that run', async () => {
    const running = await printing('daemon', 0);
    for (let number = 0; number < 201; number += 1) {
      outputs.letGo(await printing('batch', number + 1));
    }
    await outputs.open({ job: 'next', instance: 0, generation: 1 });
    const names = new Set(await readdir(folder));
    expect(names.size).toBe(202);
    expect(names.has('batch.1.log')).toBe(false);
    await appendFile(running.path, 'late\n');
    expect(await readFile(join(folder, 'daemon.0.log'), 'utf8')).toContain('late\n');
  });

  it('is that of the next one too, when many begin at once and room is made', async () => {
    for (let number = 0; number < 210; number += 1) {
      outputs.letGo(await printing('batch', number));
    }
    await Promise.all(
      Array.from({ length: 20 }, (_, instance) =>
        outputs.open({ job: 'burst', instance, generation: 1 }),
      ),
    );
    const names = await readdir(folder);
    expect(names.filter((name) => name.startsWith('burst.'))).toHaveLength(20);
    expect(names.filter((name) => name.startsWith('batch.'))).toHaveLength(200);
  });

  it('begins a new file where the one before has no room for a line', async () => {
    const output = await printing('full', 0);
    await appendFile(output.path, 'x'.repeat(1_048_500));
    await outputs.open({ job: 'full', instance: 0, generation: 2 });
    expect(await readFile(output.path, 'utf8')).toMatch(/^--- \S+ generation 2 begins ---\n$/);
    expect((await readdir(folder)).sort()).toEqual(['full.0.log', 'full.0.log.1']);
  });

  /** Of an instance whose last word is as old as its number says: the lower the older. */
  async function printing(job: string, instance: number): Promise<InstanceOutput> {
    const output = await outputs.open({ job, instance, generation: 1 });
    await utimes(join(folder, `${job}.${instance}.log`), instance, instance);
    return output;
  }
});
