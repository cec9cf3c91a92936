import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { simulatedPorts, systemPorts } from '@oakring/ports';
import { openEventStore, openStoreForRestore } from '@oakring/stores';
import {
  fileTelemetryReader,
  mongoTelemetryReader,
  openFileTelemetryLog,
  restoreFileLines,
  restoreMongoLines,
  type TelemetryLogReader,
} from '@oakring/telemetry';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../../infra/mongo/testing/mongod.js';
import { run } from '../../run.js';
import { testIo } from '../../testing/test-io.js';

const ledger = new SampleLedger(freshKey());
ledger.work(3);
const { position, hash } = ledger.commits.at(-1) ?? { position: 0, hash: '' };
const { timers } = systemPorts();
const options = {
  ...{ epoch: 1, maxSegmentBytes: 1_000_000, maxTotalBytes: 1_000_000, maxAgeMs: 3_600_000 },
  ...{ flushMs: 250, maxBufferedReadings: 100 },
};

let folder: string;
let kept: string;
let data: string;
let ours: readonly string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-readings-'));
  [kept, data] = [join(folder, 'kept'), join(folder, 'data')];
  for (const each of [kept, data]) mkdirSync(each, { mode: 0o700 });
  ours = await linesOf('ours', 2);
  writeFileSync(join(kept, 'ledger.commits'), `${ledger.lines.join('\n')}\n`);
  writeFileSync(join(kept, 'telemetry.batches'), `${ours.join('\n')}\n`);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As many batches of a node, and the mark behind them. */
async function linesOf(nodeId: string, batches: number): Promise<readonly string[]> {
  const ports = simulatedPorts();
  const log = await openFileTelemetryLog(join(folder, nodeId), ports, options);
  for (let batch = 0; batch < batches; batch += 1) {
    log.append([{ nodeId, at: ports.clock.wallMs(), cpu: batch, memory: 1 }]);
    await log.flush();
  }
  await log.close();
  return listed(fileTelemetryReader(join(folder, nodeId)));
}

async function listed(reader: TelemetryLogReader): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of reader.lines(0)) lines.push(line);
  return lines;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function restore(...more: string[]): Promise<{ code: number; out: string; error: string }> {
  const io = testIo();
  const argv = ['restore', '--from', kept, '--telemetry', '--json', ...more];
  const code = await run(argv, io, { HOME: folder });
  return { code, out: io.written(), error: io.complained() };
}

/** As a restore that did not come to the readings leaves it. */
async function begun(store: string): Promise<void> {
  const opened = await openStoreForRestore(store, timers);
  await opened.restoring.leave({ position, hash });
  await opened.close();
}

async function positionIn(store: string): Promise<number> {
  const opened = await openStoreForRestore(store, timers);
  const head = await opened.log.head();
  await opened.close();
  return head.position;
}

describe('Readings of a backup', () => {
  const there = (): string => join(data, 'telemetry');
  const store = (): string => join(data, 'ledger');

  it('come to a data folder as they were', async () => {
    const { code, out } = await restore('--data', data);
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ batches: ours.length })]);
    expect(await listed(fileTelemetryReader(there()))).toEqual(ours);
  });

  it('are refused before anything is written where others lie, however often that is tried', async () => {
    const others = await linesOf('others', 3);
    cpSync(join(folder, 'others'), there(), { recursive: true });
    for (const _ of ['once', 'again']) {
      const { code, error } = await restore('--data', data);
      expect([code, error]).toEqual([1, expect.stringContaining('has other readings already')]);
      expect(await positionIn(store())).toBe(0);
    }
    expect(await listed(fileTelemetryReader(there()))).toEqual(others);
  });

  it('are not taken for restored because a restore was begun beside others', async () => {
    await linesOf('others', 3);
    await begun(store());
    cpSync(join(folder, 'others'), there(), { recursive: true });
    const { code, error } = await restore('--data', data);
    expect([code, error]).toEqual([1, expect.stringContaining('has other readings already')]);
    await expect(openEventStore(store(), timers)).rejects.toMatchObject({
      code: 'restore-unfinished',
    });
  });

  it('that the try before has put there stay, and are counted', async () => {
    await begun(store());
    await restoreFileLines(there(), each(ours));
    const { code, out } = await restore('--data', data);
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ batches: ours.length })]);
    expect(await listed(fileTelemetryReader(there()))).toEqual(ours);
  });

  it('need a place, which is asked for before anything is written', async () => {
    const { code, error } = await restore('--store', store());
    expect([code, error]).toEqual([2, expect.stringContaining('name it with --data')]);
    expect(existsSync(join(store(), 'restoring.json'))).toBe(false);
  });
});

describeWithMongod('Readings of a backup, in MongoDB', () => {
  let mongod: AnyMongod;
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());

  async function putThere(store: string, lines: readonly string[]): Promise<void> {
    const opened = await openStoreForRestore(store, timers);
    if (opened.mongodb !== null) await restoreMongoLines(opened.mongodb, each(lines));
    await opened.close();
  }

  it('are put behind the beginning of them that lies there', async () => {
    const store = mongod.url('readings-begun');
    await begun(store);
    await putThere(store, ours.slice(0, 1));
    expect((await restore('--store', store)).code).toBe(0);
    const opened = await openEventStore(store, timers);
    const lines = opened.mongodb === null ? [] : await listed(mongoTelemetryReader(opened.mongodb));
    await opened.close();
    expect(lines).toEqual(ours);
  });

  it('are not put among others, of whatever numbers', async () => {
    const store = mongod.url('readings-others');
    const others = await linesOf('others', 9);
    await putThere(store, others.slice(ours.length));
    const { code, error } = await restore('--store', store);
    expect([code, error]).toEqual([1, expect.stringContaining('has other readings already')]);
    expect(await positionIn(store)).toBe(0);
  });
});
