import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { seededRandomness, simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { TelemetryOptions } from './segmented-telemetry-log.js';
import type { RecordedReading, TelemetryLog, TelemetryLogReader } from './telemetry-log.port.js';
import { expectChain, parsed, type Line } from './testing/segment-lines.js';

/** A store under test, empty at first. */
export interface TelemetryUnderTest {
  /** Again after `close`: the same one. */
  open(ports: SimulatedPorts, options: TelemetryOptions): Promise<TelemetryLog>;
  /** For whoever does not write. */
  reader(): TelemetryLogReader;
  cleanUp(): Promise<void>;
}

/** Of a log that no limit stands in the way of. */
export const roomyOptions: TelemetryOptions = {
  epoch: 1,
  maxSegmentBytes: 1_000_000,
  maxTotalBytes: 1_000_000_000,
  maxAgeMs: 3_600_000,
  flushMs: 250,
  maxBufferedReadings: 10_000,
};

/** What every telemetry log does, wherever its segments lie. */
export function describeTelemetryLog(
  name: string,
  prepare: () => Promise<TelemetryUnderTest>,
): void {
  describe(`${name}, as a telemetry log`, () => {
    let store: TelemetryUnderTest;
    let ports: SimulatedPorts;
    let log: TelemetryLog | null = null;
    /** Those that were left as a crash leaves them included. */
    const logs: TelemetryLog[] = [];

    beforeEach(async () => {
      ports = simulatedPorts(1);
      store = await prepare();
    });
    afterEach(async () => {
      for (const one of logs.splice(0)) await one.close();
      log = null;
      await store.cleanUp();
    });

    const open = async (changes: Partial<TelemetryOptions> = {}): Promise<TelemetryLog> => {
      log = await store.open(ports, { ...roomyOptions, ...changes });
      logs.push(log);
      await log.flush();
      return log;
    };
    const readings = (count: number): RecordedReading[] =>
      Array.from({ length: count }, (_, index) => ({
        ...{ nodeId: `node-${index}`, at: ports.clock.wallMs(), cpu: index % 10_000, memory: 5000 },
      }));
    const linesOf = async (from: TelemetryLogReader, first = 1): Promise<Line[]> => {
      const lines: Line[] = [];
      for await (const text of from.lines(first)) lines.push(parsed(text));
      return lines;
    };
    const asked = async (
      of: TelemetryLogReader,
      nodeId: string | null,
      from: number,
      to: number,
    ): Promise<RecordedReading[]> => {
      const found: RecordedReading[] = [];
      await of.read({ nodeId, from, to }, (reading) => found.push(reading));
      return found;
    };
    const countsOf = (lines: readonly Line[]): number[] =>
      lines.flatMap(({ readings: rows }) => (rows === undefined ? [] : [rows.length]));

    it('has batches with dense numbers, chained, and a mark at its end when it is closed', async () => {
      const opened = await open();
      opened.append(readings(3));
      await opened.flush();
      opened.append(readings(2500));
      await opened.close();
      const lines = await linesOf(store.reader());
      expectChain(lines, '0'.repeat(64));
      expect(countsOf(lines)).toEqual([3, 2000, 500]);
      expect(lines.at(-1)).toMatchObject({ end: true });
      expect(await store.reader().floor()).toBe(1);
    });

    it('continues numbers and chain after a restart, and after a crash', async () => {
      const first = await open();
      first.append(readings(1));
      await first.close();
      const crashed = await open({ epoch: 2 });
      crashed.append(readings(2));
      await crashed.flush();
      const third = await open({ epoch: 3 });
      third.append(readings(3));
      await third.flush();
      const lines = await linesOf(third);
      expectChain(lines, '0'.repeat(64));
      expect(countsOf(lines)).toEqual([1, 2, 3]);
      const later = await linesOf(third, 3);
      expect(later.map(({ batch }) => batch)).toEqual(lines.slice(2).map(({ batch }) => batch));
    });

    it('sheds the oldest readings when nothing can be written in time', async () => {
      const opened = await open({ maxBufferedReadings: 100 });
      opened.append(readings(70));
      expect(opened.append(readings(50))).toBe(20);
      expect(opened.newest).toBe(120);
      const kept = await asked(opened, null, 0, ports.clock.wallMs());
      expect(kept).toHaveLength(100);
      expect(kept[0]?.nodeId).toBe('node-20');
    });

    it('finds the readings of a node, or of all, over segments, restarts and what is not written yet', async () => {
      const chance = seededRandomness(5);
      const nodes = ['n1', 'n10', 'n1.x', 'n-1'];
      const all: RecordedReading[] = [];
      for (let epoch = 1; epoch <= 3; epoch += 1) {
        await log?.close();
        const opened = await open({ epoch, maxSegmentBytes: 5_000, flushMs: 1e9 });
        for (let batch = 0; batch < 12; batch += 1) {
          const some: RecordedReading[] = [];
          for (let count = 1 + chance.integer(60); count > 0; count -= 1) {
            await ports.advance(chance.integer(3));
            const [nodeId = '', at] = [nodes[chance.integer(4)], ports.clock.wallMs()];
            some.push({ nodeId, at, cpu: chance.integer(10_000), memory: chance.integer(10_000) });
          }
          all.push(...some);
          opened.append(some);
          if (batch % 3 === 0) await opened.flush();
        }
      }
      const [begin, end] = [all[0]?.at ?? 0, ports.clock.wallMs()];
      for (let question = 0; question < 20; question += 1) {
        const nodeId = [...nodes, null][chance.integer(5)] ?? null;
        const from = begin + chance.integer(end - begin);
        const to = from + chance.integer(600);
        const expected = all.filter(
          (one) => (nodeId ?? one.nodeId) === one.nodeId && one.at >= from && one.at <= to,
        );
        if (log !== null) expect(await asked(log, nodeId, from, to)).toEqual(expected);
      }
    });

    it('shows whoever does not write what is written', async () => {
      const reader = store.reader();
      expect(await reader.floor()).toBeNull();
      expect(await asked(reader, null, 0, ports.clock.wallMs())).toEqual([]);
      const opened = await open({ flushMs: 1e9 });
      const [one, other] = [readings(2), readings(1)];
      opened.append(one);
      await opened.flush();
      opened.append(other);
      expect(await asked(reader, null, 0, ports.clock.wallMs())).toEqual(one);
      await opened.flush();
      expect(await asked(reader, 'node-0', 0, ports.clock.wallMs())).toEqual([one[0], other[0]]);
    });

    it('declares what is too old with a manifest that anyone can recompute, and drops it', async () => {
      const opened = await open({ maxSegmentBytes: 1, maxAgeMs: 60_000 });
      for (const count of [10, 20, 30]) {
        opened.append(readings(count));
        await opened.flush();
      }
      expect(await opened.expired()).toEqual([]);
      await ports.advance(60_001);
      const lines = await linesOf(opened);
      const manifests = (await opened.expired()).filter(({ readings: count }) => count > 0);
      // The newest one always stays: the numbers continue from it.
      expect(manifests.map(({ readings: count }) => count)).toEqual([10, 20]);
      const [, manifest] = manifests;
      const [batch, mark] = lines.filter(
        ({ batch: number }) => number >= (manifest?.firstBatch ?? 0),
      );
      expect(manifest).toMatchObject({
        ...{ firstBatch: batch?.batch, lastBatch: mark?.batch },
        ...{ firstHash: batch?.hash, lastHash: mark?.hash },
        merkleRoot: rootOfTwo(batch?.hash ?? '', mark?.hash ?? ''),
      });
      for (const { segment } of await opened.expired()) {
        await opened.drop(segment);
        await opened.drop(segment);
      }
      await opened.drop('elsewhere');
      const left = await linesOf(opened);
      expect(countsOf(left)).toEqual([30]);
      expect(await opened.floor()).toBe(left[0]?.batch);
      expect(await opened.expired()).toEqual([]);
    });

    it('declares the oldest segments when all of them are too large', async () => {
      const opened = await open({ maxSegmentBytes: 1, maxTotalBytes: 1500 });
      for (let count = 0; count < 4; count += 1) {
        opened.append(readings(10));
        await opened.flush();
      }
      const manifests = await opened.expired();
      expect(manifests.length).toBeGreaterThan(0);
      for (const { segment } of manifests) await opened.drop(segment);
      const left = JSON.stringify(await linesOf(opened)).length;
      expect(left).toBeLessThanOrEqual(1500 + 100);
      expect(await opened.expired()).toEqual([]);
    });
  });
}

function rootOfTwo(left: string, right: string): string {
  const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();
  const leaf = (hash: string): Buffer =>
    sha256(Buffer.concat([Buffer.of(0), Buffer.from(hash, 'hex')]));
  return sha256(Buffer.concat([Buffer.of(1), leaf(left), leaf(right)])).toString('hex');
}
