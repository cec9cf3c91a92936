import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileTelemetryReader } from './file/file-telemetry-reader.js';
import { openFileTelemetryLog } from './file/file-telemetry-log.js';
import { BatchChain, restoreFileLines } from './restore-lines.js';
import { roomyOptions } from './telemetry-log.contract.js';

let folder: string;
let ports: SimulatedPorts;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-lines-'));
  ports = simulatedPorts();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Some readings, written by the leader of an epoch. */
async function write(place: string, epoch: number): Promise<void> {
  const log = await openFileTelemetryLog(join(folder, place), ports, { ...roomyOptions, epoch });
  for (const nodeId of ['a', 'b']) {
    log.append([{ nodeId, at: ports.clock.wallMs(), cpu: epoch, memory: 1 }]);
    await log.flush();
    await ports.advance(1_000);
  }
  await log.close();
}

async function linesIn(place: string, from = 1): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of fileTelemetryReader(join(folder, place)).lines(from)) lines.push(line);
  return lines;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('Lines of a telemetry log that are put elsewhere', () => {
  it.each([1, 2, 4])(
    'are the same there, from batch %d on, and the next leader goes on behind them',
    async (from) => {
      await write('log', 1);
      await write('log', 2);
      const lines = await linesIn('log', from);
      expect(await restoreFileLines(join(folder, 'new'), each(lines))).toBe(lines.length);
      expect(await linesIn('new', from)).toEqual(lines);
      await write('new', 3);
      const chain = new BatchChain();
      const after = await linesIn('new', from);
      expect(after.map((line) => typeof chain.next(line))).toEqual(after.map(() => 'object'));
      expect(after.length).toBeGreaterThan(lines.length);
      expect(readdirSync(join(folder, 'new')).at(0)).toMatch(/^0-/);
    },
  );

  it('are refused where one is missing or was changed', async () => {
    await write('log', 1);
    const lines = await linesIn('log');
    const gap = lines.toSpliced(1, 1);
    await expect(restoreFileLines(join(folder, 'x'), each(gap))).rejects.toThrow('does not follow');
    const changed = lines.with(1, lines[1]?.replace('"b"', '"c"') ?? '');
    await expect(restoreFileLines(join(folder, 'y'), each(changed))).rejects.toThrow('was changed');
  });
});
