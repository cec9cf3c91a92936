import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openFileTelemetryLog } from '@oakring/telemetry';
import { systemPorts, Undo } from '@oakring/ports';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { readManagerSettings } from './config/manager-settings.js';
import { openKept } from './compose/open-kept.js';
import { telemetryLimits } from './telemetry/retention.js';

describe('The data folder of a manager', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-modes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is for its owner alone, and so is everything in it', async () => {
    const data = join(folder, 'data');
    const stopping = new Undo();
    const ports = systemPorts();
    const settings = readManagerSettings({ OAKRING_DATA: data });
    const kept = await openKept(settings, { ports, warn: () => {} }, stopping);
    const telemetry = join(data, 'telemetry');
    const log = await openFileTelemetryLog(telemetry, ports, { ...telemetryLimits, epoch: 1 });
    log.append([{ nodeId: 'n', at: 1, cpu: 1, memory: 1 }]);
    await log.flush();
    await log.close();
    kept.deadLetters.record({
      topic: 't',
      code: 'invalid-json',
      reason: 'r',
      payload: Buffer.from('p'),
      nodeId: null,
    });
    await stopping.run();

    const found = readdirSync(data, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(data, path), mode: statSync(path).mode & 0o777 };
    });
    const names = found.map(({ path }) => path);
    for (const part of ['ledger/data.mdb', 'dead-letters', 'telemetry/', 'snapshots', 'views'])
      expect(names.some((name) => name.includes(part))).toBe(true);
    expect(found.filter(({ mode }) => (mode & 0o077) !== 0)).toEqual([]);
    expect(statSync(data).mode & 0o777).toBe(0o700);
  });
});
