import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { RecordedReading, TelemetryLog } from '../telemetry-log.port.js';
import type { TelemetryOptions } from '../segmented-telemetry-log.js';
import { describeTelemetryLog, roomyOptions } from '../telemetry-log.contract.js';
import { openFileTelemetryLog } from './file-telemetry-log.js';
import { fileTelemetryReader } from './file-telemetry-reader.js';
import { expectChain, firstBatchOf, linesOf, parsed, type Line } from '../testing/segment-lines.js';

describeTelemetryLog('The telemetry log in files', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'oakring-telemetry-'));
  return {
    open: (ports, changed) => openFileTelemetryLog(folder, ports, changed),
    reader: () => fileTelemetryReader(folder),
    cleanUp: async () => rmSync(folder, { recursive: true }),
  };
});

describe('The telemetry log in files', () => {
  let folder = '';
  let ports: SimulatedPorts;
  let log: TelemetryLog | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-telemetry-'));
    ports = simulatedPorts();
  });
  afterEach(async () => {
    await log?.close();
    log = undefined;
    rmSync(folder, { recursive: true });
  });

  const open = async (changes: Partial<TelemetryOptions> = {}): Promise<TelemetryLog> => {
    log = await openFileTelemetryLog(folder, ports, { ...roomyOptions, ...changes });
    return log;
  };
  const readings = (count: number): RecordedReading[] =>
    Array.from({ length: count }, (_, index) => ({
      nodeId: `node-${index}`,
      at: ports.clock.wallMs(),
      cpu: index % 10_000,
      memory: 5000,
    }));
  const files = (): string[] =>
    readdirSync(folder).sort((a, b) => firstBatchOf(a) - firstBatchOf(b));
  const lines = (file: string): Line[] => linesOf(join(folder, file));

  it('writes batches with dense numbers, chained, and an end mark when it is closed', async () => {
    const opened = await open();
    opened.append(readings(3));
    await opened.flush();
    opened.append(readings(2500));
    await opened.flush();
    await opened.close();
    expect(files()).toEqual(['1-1.ndjson']);
    const written = lines('1-1.ndjson');
    expect(written.map(({ batch, readings }) => [batch, readings?.length])).toEqual([
      [1, 3],
      [2, 2000],
      [3, 500],
      [4, undefined],
    ]);
    expect(written.at(-1)).toMatchObject({ end: true });
    expect(written[0]?.readings?.[2]).toEqual(['node-2', ports.clock.wallMs(), 2, 5000]);
    expectChain(written, '0'.repeat(64));
  });

  it('takes in without writing, and writes by itself every period', async () => {
    const opened = await open();
    expect(opened.append(readings(10))).toBe(0);
    expect(opened.newest).toBe(10);
    expect(files()).toEqual([]);
    await ports.advance(250);
    await opened.flush();
    expect(lines('1-1.ndjson')).toHaveLength(1);
  });

  it('writes before its time when the buffer is half full', async () => {
    const opened = await open({ maxBufferedReadings: 100, flushMs: 3_000_000 });
    opened.append(readings(60));
    await ports.advance(0);
    await opened.flush();
    expect(lines('1-1.ndjson')).toHaveLength(1);
  });

  it('continues numbers and chain in a new segment after a restart', async () => {
    const first = await open();
    first.append(readings(1));
    await first.close();
    const second = await open({ epoch: 2 });
    second.append(readings(1));
    await second.close();
    expect(files()).toEqual(['1-1.ndjson', '2-3.ndjson']);
    expectChain([...lines('1-1.ndjson'), ...lines('2-3.ndjson')], '0'.repeat(64));
  });

  it('closes what a crash left open, and cuts off the torn line without touching it', async () => {
    const crashed = await open();
    for (let count = 0; count < 3; count += 1) {
      crashed.append(readings(5));
      await crashed.flush();
    }
    const path = join(folder, '1-1.ndjson');
    const whole = readFileSync(path, 'utf8');
    for (const torn of [whole.length - 1, whole.length - 30, whole.indexOf('\n') + 2]) {
      const place = mkdtempSync(join(tmpdir(), 'oakring-torn-'));
      writeFileSync(join(place, '1-1.ndjson'), whole);
      truncateSync(join(place, '1-1.ndjson'), torn);
      const kept = whole.slice(0, torn).split('\n').slice(0, -1);
      const next = await openFileTelemetryLog(place, ports, { ...roomyOptions, epoch: 2 });
      next.append(readings(1));
      await next.close();
      const after = readFileSync(join(place, '1-1.ndjson'), 'utf8');
      expect(after.slice(0, torn)).toBe(whole.slice(0, torn));
      const mark = parsed(after.trimEnd().split('\n').at(-1) ?? '');
      expect(mark).toMatchObject({ end: true, batch: kept.length + 1 });
      expect(mark.torn).toBe(torn - kept.join('\n').length - 1);
      const later = linesOf(join(place, `2-${kept.length + 2}.ndjson`));
      expectChain([...kept.map(parsed), mark, ...later], '0'.repeat(64));
      rmSync(place, { recursive: true });
    }
  });

  it('starts from a segment whose only line is torn', async () => {
    writeFileSync(join(folder, '1-1.ndjson'), '{"at":17672256');
    const opened = await open({ epoch: 2 });
    opened.append(readings(1));
    await opened.close();
    expect(files()).toEqual(['1-1.ndjson', '2-2.ndjson']);
    expect(lines('2-2.ndjson')[0]).toMatchObject({ batch: 2 });
  });

  it('begins a new segment when one is large, and when it is old', async () => {
    const opened = await open({ maxSegmentBytes: 2000, maxAgeMs: 80_000 });
    opened.append(readings(100));
    await opened.flush();
    opened.append(readings(1));
    await opened.flush();
    await ports.advance(10_000);
    opened.append(readings(1));
    await opened.flush();
    opened.append(readings(1));
    await opened.flush();
    expect(files()).toEqual(['1-1.ndjson', '1-3.ndjson', '1-6.ndjson']);
    expectChain(files().flatMap(lines), '0'.repeat(64));
  });

  it('drops what was declared, again without harm, and nothing else', async () => {
    const opened = await open({ maxSegmentBytes: 1, maxAgeMs: 60_000 });
    for (let count = 0; count < 3; count += 1) {
      opened.append(readings(1));
      await opened.flush();
    }
    await opened.drop('1-1.ndjson');
    await opened.drop('1-1.ndjson');
    await opened.drop('1-5.ndjson');
    await opened.drop('../elsewhere');
    expect(files()).toEqual(['1-3.ndjson', '1-5.ndjson']);
    await opened.close();
    await open({ epoch: 2 });
    expect(await log?.expired()).toEqual([]);
  });

  it('keeps readings and tells why when it cannot write', async () => {
    const problems: string[] = [];
    const opened = await open({ onProblem: (reason) => problems.push(reason) });
    // The name that the next segment needs is taken.
    appendFileSync(join(folder, '1-1.ndjson'), 'in the way');
    opened.append(readings(5));
    await expect(opened.flush()).rejects.toThrow('EEXIST');
    rmSync(join(folder, '1-1.ndjson'));
    opened.append(readings(2));
    await opened.flush();
    expect(lines('1-1.ndjson').map((line) => line.readings?.length)).toEqual([5, 2]);
  });
});
