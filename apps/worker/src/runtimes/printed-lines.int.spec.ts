import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { OutputTimes } from './output-times.js';
import { noteStart } from './output-starts.js';
import { printedLines } from './printed-lines.js';
import { NothingPrinted, type LogsWanted } from './runtime.port.js';

const all: LogsWanted = {
  agoMs: null,
  tail: null,
  follow: false,
  previous: false,
  notBefore: 1,
  after: null,
};
const startMs = Date.parse('2026-01-01T00:00:00.000Z');

let folder: string;
let path: string;
let ports: SimulatedPorts;
let isLive: boolean;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-lines-'));
  path = join(folder, 'web.0.log');
  ports = simulatedPorts();
  isLive = false;
});
afterEach(() => rmSync(folder, { recursive: true }));

async function begin(generation: number, text: string): Promise<void> {
  appendFileSync(path, '');
  await noteStart(path, startMs, generation);
  appendFileSync(path, text);
}

function read(wanted: Partial<LogsWanted> = {}, generation = 1, signal = never()) {
  const address = { job: 'web', instance: 0, generation };
  const output = { path, address, ports, isLive: () => isLive };
  return printedLines(output, { ...all, ...wanted }, signal);
}

async function textOf(wanted: Partial<LogsWanted> = {}, generation = 1): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of read(wanted, generation)) lines.push(...batch.map(({ text }) => text));
  return lines;
}

describe('What an output has of an instance', () => {
  it('is what its newest start of that generation printed', async () => {
    await begin(1, 'old\n');
    await begin(1, 'new\nnewer\n');
    await begin(2, 'of the next\n');
    expect(await textOf()).toEqual(['new', 'newer']);
    expect(await textOf({ tail: 1 })).toEqual(['newer']);
    expect(await textOf({ tail: 0 })).toEqual([]);
  });

  it('ends where the next start was noted, whatever was printed: the same words, or no end of a line', async () => {
    const words = '--- 2026-01-01T00:00:00.000Z generation 9 begins ---\n';
    await begin(1, `before\n${words}after`);
    const noted = readFileSync(`${path}.starts`, 'utf8');
    await begin(2, `${noted}next\n`);
    expect(await textOf({}, 1)).toEqual(['before', words.trimEnd(), 'after']);
    expect(await textOf({}, 2)).toEqual([noted.trimEnd(), 'next']);
    await expect(textOf({}, 9)).rejects.toThrow(NothingPrinted);
  });

  it('is nothing of a job that had the same id before', async () => {
    await begin(1, 'a secret of another job\n');
    await begin(2, 'more of it\n');
    await expect(textOf({ previous: true, notBefore: 3 }, 3)).rejects.toThrow(NothingPrinted);
    await begin(3, 'one\n');
    await expect(textOf({ previous: true, notBefore: 3 }, 3)).rejects.toThrow(NothingPrinted);
    await begin(4, 'two\n');
    expect(await textOf({ previous: true, notBefore: 3 }, 4)).toEqual(['one']);
    expect(await textOf({ previous: true, notBefore: 2 }, 3)).toEqual(['more of it']);
  });

  it('is nothing of such a job whose beginning is not kept any more, before it has begun itself', async () => {
    await begin(1, 'long ago\n');
    renameSync(path, `${path}.1`);
    writeFileSync(path, 'the rest\n');
    rmSync(`${path}.1`);
    expect(await textOf({}, 1)).toEqual(['the rest']);
    await expect(textOf({}, 2)).rejects.toThrow(NothingPrinted);
    await expect(textOf({ previous: true, notBefore: 2 }, 2)).rejects.toThrow(NothingPrinted);
    expect(await textOf({ previous: true }, 2)).toEqual(['the rest']);
    // Nothing is noted of whose it is.
    rmSync(`${path}.starts`);
    for (const previous of [false, true]) {
      await expect(textOf({ previous, notBefore: 2 }, 2)).rejects.toThrow(NothingPrinted);
    }
  });

  it('is followed up to where the next start was noted', async () => {
    isLive = true;
    await begin(1, 'one\n');
    const lines = read({ follow: true });
    expect((await lines.next()).value).toMatchObject([{ text: 'one' }]);
    appendFileSync(path, '--- 2026-01-01T00:00:00.000Z generation 1 begins ---\nleft open');
    await begin(1, 'of the next\n');
    const rest = exhausted(lines);
    await untilSettled(rest);
    expect(await rest).toEqual([
      '--- 2026-01-01T00:00:00.000Z generation 1 begins ---',
      'left open',
    ]);
  });

  it('is of the start before, where that is wanted', async () => {
    await begin(1, 'one\n');
    await begin(1, 'one again\n');
    await begin(3, 'three\n');
    expect(await textOf({ previous: true }, 3)).toEqual(['one again']);
    expect(await textOf({ previous: true }, 1)).toEqual(['one']);
    await expect(textOf({ previous: true }, 0)).rejects.toThrow(NothingPrinted);
  });

  it('goes on from the file that was set aside into the newest', async () => {
    await begin(1, 'first\n');
    renameSync(path, `${path}.1`);
    appendFileSync(path, 'second\n');
    expect(await textOf()).toEqual(['first', 'second']);
  });

  it('is what is left of a start whose beginning was lost', async () => {
    appendFileSync(path, 'in the middle\n');
    await begin(4, 'later\n');
    expect(await textOf({}, 2)).toEqual(['in the middle']);
    expect(await textOf({ previous: true }, 4)).toEqual(['in the middle']);
    await expect(textOf({}, 5)).rejects.toThrow(NothingPrinted);
  });

  it('keeps apart what one start left open and the next one announces', async () => {
    await begin(1, 'no end');
    await begin(2, 'next\n');
    expect(await textOf({}, 1)).toEqual(['no end']);
    expect(await textOf({}, 2)).toEqual(['next']);
  });

  it('is had in pieces where a line has no end, and is well-formed text whatever was printed', async () => {
    await begin(1, `${'x'.repeat(40_000)}\n`);
    appendFileSync(path, Buffer.from([0xff, 0xfe, 0x0a]));
    const pieces: [number, boolean][] = [];
    for await (const batch of read()) {
      pieces.push(...batch.map(({ text, isOpen }): [number, boolean] => [text.length, isOpen]));
    }
    expect(pieces).toEqual([
      [16_384, true],
      [16_384, true],
      [7_232, false],
      [2, false],
    ]);
    expect((await textOf({ tail: 1 }))[0]).toBe('\uFFFD\uFFFD');
  });

  it('goes on behind the line that was had last, in whichever file that is', async () => {
    await begin(1, 'one\ntwo\n');
    const marks: string[] = [];
    for await (const batch of read()) marks.push(...batch.map(({ mark }) => mark));
    renameSync(path, `${path}.1`);
    appendFileSync(path, 'three\n');
    expect(await textOf({ after: marks[0] ?? '' })).toEqual(['two', 'three']);
    expect(await textOf({ after: marks[1] ?? '' })).toEqual(['three']);
    expect(await textOf({ after: '77.5' })).toEqual(['one', 'two', 'three']);
    expect(await textOf({ after: 'anything' })).toEqual(['one', 'two', 'three']);
  });

  it('says by its times what was printed when, and what since', async () => {
    const times = new OutputTimes(ports);
    await begin(1, '');
    await looksAfter(times, 'early\n');
    await ports.advance(10_000);
    await looksAfter(times, 'late\n');
    const at: [string, number | null][] = [];
    for await (const batch of read()) {
      at.push(...batch.map(({ text, atMs }): [string, number | null] => [text, atMs]));
    }
    const [early, late] = at.map(([, ms]) => (ms ?? 0) - startMs);
    expect(early).toBeLessThan(late ?? 0);
    expect(await textOf({ agoMs: ports.clock.wallMs() - startMs - (late ?? 0) })).toEqual(['late']);
    expect(await textOf({ agoMs: 100_000 })).toEqual(['early', 'late']);
  });

  it('is followed over its setting aside until the instance has ended', async () => {
    isLive = true;
    await begin(1, 'one\n');
    const lines = read({ follow: true });
    expect((await lines.next()).value).toMatchObject([{ text: 'one' }]);
    const second = lines.next();
    renameSync(path, `${path}.1`);
    appendFileSync(`${path}.1`, 'two\n');
    writeFileSync(path, 'three\n');
    const texts: string[] = [];
    const take = async (next: typeof second): Promise<void> => {
      const { done, value } = await next;
      if (done === true) return;
      texts.push(...value.map(({ text }) => text));
      if (texts.length < 2) await take(lines.next());
    };
    const taken = take(second);
    await untilSettled(taken);
    expect(texts).toEqual(['two', 'three']);
    isLive = false;
    await untilSettled(lines.next());
  });

  it('is followed over many settings aside with one of its files open at a time', async () => {
    isLive = true;
    await begin(1, 'line 0\n');
    const lines = read({ follow: true });
    expect((await lines.next()).value).toMatchObject([{ text: 'line 0' }]);
    for (let count = 1; count <= 4; count += 1) {
      renameSync(path, `${path}.1`);
      writeFileSync(path, `line ${count}\n`);
      const next = lines.next();
      await untilSettled(next);
      expect((await next).value).toMatchObject([{ text: `line ${count}` }]);
    }
    expect(openFiles()).toEqual([path]);
    renameSync(path, `${path}.1`);
    await begin(2, 'of the next\n');
    const rest = exhausted(lines);
    await untilSettled(rest);
    expect(await rest).toEqual([]);
    expect(openFiles()).toEqual([]);
  });

  it('is bounded beside its files: many times are thinned', async () => {
    const times = new OutputTimes(ports);
    await begin(1, '');
    for (let count = 0; count < 3_000; count += 1) {
      await looksAfter(times, 'x\n');
      await ports.advance(1_000);
    }
    expect(statSync(`${path}.times`).size).toBeLessThan(100_000);
    expect(await textOf({ tail: 1, agoMs: 10_000_000 })).toEqual(['x']);
  });

  /** Of this process, below the folder. */
  function openFiles(): string[] {
    return readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        const file = readlinkSync(`/proc/self/fd/${fd}`);
        return file.startsWith(folder) ? [file] : [];
      } catch {
        // The one that the folder itself was read by.
        return [];
      }
    });
  }

  async function exhausted(
    lines: AsyncIterable<readonly { readonly text: string }[]>,
  ): Promise<string[]> {
    const texts: string[] = [];
    for await (const batch of lines) texts.push(...batch.map(({ text }) => text));
    return texts;
  }

  async function looksAfter(times: OutputTimes, printed: string): Promise<void> {
    appendFileSync(path, printed);
    times.watch(path);
    await times.unwatch(path);
  }

  /** Files are looked at in real time while the clock stands still. */
  function looked(): Promise<void> {
    return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }

  async function untilSettled(work: Promise<unknown>): Promise<void> {
    let isSettled = false;
    void work.finally(() => (isSettled = true));
    while (!isSettled) {
      await looked();
      await ports.advance(250);
    }
  }
});

function never(): AbortSignal {
  return new AbortController().signal;
}
