import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { appendFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordedReading, TelemetryLog } from '../telemetry-log.port.js';
import { openFileTelemetryLog } from './file-telemetry-log.js';
import { fileTelemetryReader } from './file-telemetry-reader.js';

let folder: string;
let log: TelemetryLog;
const shed: string[] = [];
const ports = simulatedPorts(1);

async function open(epoch: number, maxBufferedReadings = 10_000): Promise<TelemetryLog> {
  return openFileTelemetryLog(folder, ports, {
    ...{ epoch, maxSegmentBytes: 20_000, maxTotalBytes: 1e9, maxAgeMs: 1e9, flushMs: 1e9 },
    maxBufferedReadings,
    onShed: (nodeId) => shed.push(nodeId),
  });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oakring-readings-'));
  shed.length = 0;
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true });
});

async function readingsOf(
  nodeId: string | null,
  from: number,
  to: number,
): Promise<RecordedReading[]> {
  const found: RecordedReading[] = [];
  await log.read({ nodeId, from, to }, (reading) => found.push(reading));
  return found;
}

describe('readings of one node, or of all', () => {
  it('are found in a segment of many chunks, wherever they lie', async () => {
    const clock = { ...ports.clock, wallMs: () => at };
    let at = 1_000_000;
    log = await openFileTelemetryLog(
      folder,
      { ...ports, clock },
      {
        ...{ epoch: 1, maxSegmentBytes: 1e9, maxTotalBytes: 1e9, maxAgeMs: 1e9, flushMs: 1e9 },
        maxBufferedReadings: 1_000,
      },
    );
    const last: RecordedReading[] = [];
    // About 4 MB, lines of 30 kB.
    for (let batch = 0; batch < 130; batch += 1) {
      const readings = Array.from({ length: 1_000 }, (_, index) => ({
        ...{ nodeId: `node-${index}`, at: (at += 1), cpu: 1, memory: 2 },
      }));
      last.splice(0, 1_000, ...readings);
      log.append(readings);
      await log.flush();
    }
    for (const [from, to] of [
      [at - 100, at],
      [at - 900, at - 800],
    ] as const) {
      const expected = last.filter((reading) => reading.at >= from && reading.at <= to);
      expect(await readingsOf(null, from, to)).toEqual(expected);
    }
  });

  it('that were shed are counted by node, the oldest first', async () => {
    log = await open(1, 3);
    const reading = (nodeId: string) => ({ nodeId, at: 1, cpu: 1, memory: 1 });
    expect(log.append(['a', 'b', 'b', 'c', 'c'].map(reading))).toBe(2);
    expect(shed).toEqual(['a', 'b']);
  });
});

describe('a reader of a folder', () => {
  it('sees what is written, by whoever writes, and nothing of a torn line', async () => {
    log = await open(1);
    const reading = (at: number): RecordedReading => ({ nodeId: 'n1', at, cpu: 1, memory: 2 });
    log.append([reading(1), reading(2)]);
    await log.flush();
    log.append([reading(3)]);
    const reader = fileTelemetryReader(folder);
    const seen = async (): Promise<number[]> => {
      const found: number[] = [];
      await reader.read({ nodeId: 'n1', from: 0, to: 10 }, ({ at }) => found.push(at));
      return found;
    };
    expect(await seen()).toEqual([1, 2]);
    await log.flush();
    appendFileSync(join(folder, '1-1.ndjson'), '{"batch":3,"at":9,"readi');
    expect(await seen()).toEqual([1, 2, 3]);
    expect(await reader.floor()).toBe(1);
    const lines: string[] = [];
    for await (const line of reader.lines(2)) lines.push(line);
    expect(lines.map((line) => (JSON.parse(line) as { batch: number }).batch)).toEqual([2]);
  });

  it('sees nothing where there is no folder', async () => {
    log = await open(1);
    const reader = fileTelemetryReader(join(folder, 'none'));
    expect(await reader.floor()).toBeNull();
    await reader.read({ nodeId: null, from: 0, to: 9 }, () => {
      throw new Error('nothing is here');
    });
  });
});
