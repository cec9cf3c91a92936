import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { promtailPipeline } from '../../../infra/promtail/testing/promtail-pipeline.js';
import { builtProgram } from '../../../infra/programs/built-program.js';

const promtail = promtailPipeline();

let folder: string;
let child: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-manager-main-'));
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('The manager as a process of its own', () => {
  it('says that it is ready, and ends in good order on SIGINT', async () => {
    const manager = start({});
    await manager.prints(/oakring manager is ready: http:/);
    manager.kill('SIGINT');
    expect(await manager.ended).toEqual([0, null]);
  });

  it('explains what is wrong with its settings, and ends with 1', async () => {
    const manager = start({ OAKRING_PORT: 'many' });
    expect(await manager.ended).toEqual([1, null]);
    expect(await manager.said).toMatch(/^OAKRING_PORT: "many"|OAKRING_PORT/);
    expect(await manager.said).not.toContain('    at ');
  });

  it('ends in good order while it waits for its store', async () => {
    const store = 'mongodb://127.0.0.1:1/oakring?replicaSet=rs';
    const manager = start({ OAKRING_STORE: store, OAKRING_MQTT_URL: 'mqtt://127.0.0.1:1' });
    await manager.prints(/Waiting for the store/);
    manager.kill('SIGTERM');
    expect(await manager.ended).toEqual([0, null]);
    expect(await manager.said).not.toContain('ended by force');
  });

  it('logs JSON lines where nobody looks at a terminal, as Promtail takes them apart', async () => {
    const manager = start({ OAKRING_MQTT_URL: 'mqtt://127.0.0.1:1', CLUSTER_NAME: 'edge' });
    await manager.prints(/"level":"warn".*broker/);
    // Seen at once, without a new start.
    manager.kill('SIGUSR2');
    await manager.prints(/the level is debug now/);
    manager.kill('SIGTERM');
    expect(await manager.ended).toEqual([0, null]);
    const lines = (await manager.said).trim().split('\n');
    const entries = lines.map((line) => promtail.takeApart(line));
    for (const { labels, at } of entries) {
      expect(labels).toEqual({
        ...{ app: 'manager', cluster: 'edge' },
        level: expect.stringMatching(/^(debug|info|warn)$/),
      });
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const opened = parsed.find(({ event }) => event === 'EpochOpened');
    expect(opened).toMatchObject({ level: 'info', context: 'Events', position: 1, epoch: 1 });
  });

  it('logs for a person where it is told to, without colours where that is no terminal', async () => {
    const env = { OAKRING_LOG: 'pretty', OAKRING_LOG_LEVEL: 'warn' };
    const manager = start({ ...env, OAKRING_MQTT_URL: 'mqtt://127.0.0.1:1' });
    await manager.prints(/ warn .*broker/);
    manager.kill('SIGUSR2');
    await manager.prints(/the level is debug now/);
    manager.kill('SIGUSR2');
    // The last line that is not a warning.
    await manager.prints(/the level is warn now/);
    manager.kill('SIGTERM');
    expect(await manager.ended).toEqual([0, null]);
    const said = await manager.said;
    expect(said).not.toContain('\u001B');
    expect(said).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn {2}\w+ {2}\S/m);
    const [before = ''] = said.split(/^.*the level is debug now$/m);
    expect(before).not.toContain(' info ');
  });
});

interface Manager {
  prints(pattern: RegExp): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<unknown[]>;
  /** All of standard error, once it has ended. */
  readonly said: Promise<string>;
}

/** As its own program. */
function start(env: Record<string, string>): Manager {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const started = spawn(process.execPath, [builtProgram('manager')], {
    env: {
      ...inherited,
      OAKRING_DATA: folder,
      OAKRING_ALLOW_OPEN: 'true',
      OAKRING_PORT: '0',
      OAKRING_MQTT_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child = started;
  let output = '';
  const { stdout, stderr } = started;
  for (const stream of [stdout, stderr]) {
    stream.on('data', (part: Buffer) => {
      output += part.toString();
      started.emit('printed');
    });
  }
  return {
    async prints(pattern) {
      while (!pattern.test(output)) await once(started, 'printed');
    },
    kill: (signal) => void started.kill(signal),
    ended: once(started, 'exit'),
    said: text(stderr),
  };
}
