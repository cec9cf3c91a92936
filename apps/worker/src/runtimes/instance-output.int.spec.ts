import {
  appendFile,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemPorts } from '@oakring/ports';
import { OutputFolder, type InstanceOutput } from './instance-output.js';
import { printedLines } from './printed-lines.js';
import type { InstanceAddress, PrintedLine } from './runtime.port.js';

const all = { agoMs: null, tail: null, follow: false, previous: false, notBefore: 1, after: null };

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
    expect([...names].filter((name) => name.endsWith('.log'))).toHaveLength(202);
    expect([...names].filter((name) => name.startsWith('batch.1.'))).toEqual([]);
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
    expect(names.filter((name) => /^burst.*log$/.test(name))).toHaveLength(20);
    expect(names.filter((name) => /^batch.*log$/.test(name))).toHaveLength(200);
  });

  it('begins a new file where the one before has no room for a line', async () => {
    const output = await printing('full', 0);
    await appendFile(output.path, 'x'.repeat(1_048_576));
    outputs.letGo(output);
    await outputs.keep({ job: 'full', instance: 0, generation: 2 }, printed('more'));
    expect(await readFile(output.path, 'utf8')).toBe('more\n');
    expect(await readdir(folder)).toContain('full.0.log.1');
  });

  it('has of each start what it printed, whatever that is and whoever sets the file aside', async () => {
    const anything = fc.array(
      fc.oneof(
        fc.constantFrom('\n', '\0', ' ', 'é', '1 1 1.1 1\n', '--- x generation 9 begins ---\n'),
        fc.constant(copied),
        fc.string({ unit: 'binary-ascii' }).map((text) => text.replaceAll('\r', '')),
      ),
    );
    const life = fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc.record({ generation: fc.integer({ min: 1, max: 4 }), anything }),
        },
        { weight: 1, arbitrary: fc.constant('set aside' as const) },
      ),
    );
    let count = 0;
    const property = fc.asyncProperty(life, async (steps) => {
      const told = await lived(steps, { job: 'any', instance: (count += 1) });
      for (const [generation, text] of told.expected) {
        expect(await textOf({ ...told.address, generation })).toBe(text);
      }
    });
    await fc.assert(property, { seed: 20261129, numRuns: 60 });
  });

  /** Stands for what was noted of starts until then, as an instance could come to print it. */
  const copied = '(copied)';

  /** What is to be had of the generations whose newest start is kept from its beginning. */
  async function lived(
    steps: readonly ('set aside' | { generation: number; anything: readonly string[] })[],
    number: { readonly job: string; readonly instance: number },
  ) {
    const address = { ...number, generation: 1 };
    const path = await outputs.pathOf(address, all);
    let kept: { generation: number; text: string; age: number }[] = [];
    const setAside = async (): Promise<void> => {
      await rename(path, `${path}.1`);
      await writeFile(path, '');
      kept = kept.map((start) => ({ ...start, age: start.age + 1 })).filter(({ age }) => age < 2);
    };
    for (const step of steps) {
      if (step === 'set aside') {
        if (kept.length > 0) await setAside();
        continue;
      }
      const { generation, anything } = step;
      outputs.letGo(await outputs.open({ ...number, generation }));
      const noted = await readFile(`${path}.starts`, 'utf8');
      const text = anything.map((each) => (each === copied ? noted : each)).join('');
      await appendFile(path, text);
      kept.push({ generation, text, age: 0 });
    }
    return { address, expected: new Map(kept.map((start) => [start.generation, start.text])) };
  }

  /** All of it, a line without an end as it is. */
  async function textOf(address: InstanceAddress): Promise<string> {
    const output = { path: await outputs.pathOf(address, all), address, ports: systemPorts() };
    const lines = printedLines(
      { ...output, isLive: () => false },
      all,
      new AbortController().signal,
    );
    let text = '';
    for await (const batch of lines) {
      for (const line of batch) text += line.isOpen ? line.text : `${line.text}\n`;
    }
    return text;
  }

  async function* printed(text: string): AsyncGenerator<readonly PrintedLine[]> {
    yield [{ generation: 2, atMs: null, text, isOpen: false, mark: '1' }];
  }

  it('is kept apart of two generations that run beside each other, and found in either', async () => {
    const at = (generation: number) => ({ job: 'web', instance: 0, generation });
    const nameOf = async (generation: number, previous = false) =>
      basename(await outputs.pathOf(at(generation), { ...all, previous }));
    const first = await outputs.open(at(1));
    const second = await outputs.open(at(2));
    expect(await Promise.all([nameOf(1), nameOf(2)])).toEqual(['web.0.log', 'web.0.beside.log']);
    outputs.letGo(first);
    const third = await outputs.open(at(3));
    expect(await nameOf(3)).toBe('web.0.log');
    // The second has not ended: no two write to one file.
    const fourth = await outputs.open(at(4));
    expect(await nameOf(4)).toBe('web.0.beside-2.log');
    outputs.letGo(fourth);
    expect(await nameOf(4)).toBe('web.0.beside-2.log');
    for (const output of [second, third]) outputs.letGo(output);
    expect(await Promise.all([nameOf(1), nameOf(2), nameOf(3)])).toEqual([
      ...['web.0.log', 'web.0.beside.log', 'web.0.log'],
    ]);
    // What was printed before is in the other one each time.
    expect(await Promise.all([nameOf(2, true), nameOf(3, true)])).toEqual([
      ...['web.0.log', 'web.0.beside.log'],
    ]);
    const found = new OutputFolder(folder, systemPorts().clock);
    expect(basename((await found.hold(at(2))).path)).toBe('web.0.beside.log');
  });

  /** Of an instance whose last word is as old as its number says: the lower the older. */
  async function printing(job: string, instance: number): Promise<InstanceOutput> {
    const output = await outputs.open({ job, instance, generation: 1 });
    await utimes(join(folder, `${job}.${instance}.log`), instance, instance);
    return output;
  }
});
