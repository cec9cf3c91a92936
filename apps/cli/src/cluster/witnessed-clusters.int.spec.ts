import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../run.js';
import { testIo, type TestIo } from '../testing/test-io.js';
import { startCluster, type RunningCluster } from './start-cluster.js';

const ports = systemPorts();
/** A checkpoint is there from the start: whoever stopped signed it. */
const anyPorts = { OAKRING_PORT: '0', OAKRING_SCHEDULER_PORT: '0', OAKRING_MQTT_PORT: '0' };

let folder: string;
let ending: (() => Promise<unknown>)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-witnesses-'));
  ending = [];
});
afterEach(async () => {
  for (const end of ending.reverse()) await end();
  rmSync(folder, { recursive: true });
});

async function running<T>(
  name: string,
  use: (cluster: RunningCluster) => Promise<T>,
  witnesses = '',
): Promise<T> {
  const open = { ...anyPorts, OAKRING_ALLOW_OPEN: 'true' };
  const env = { ...open, OAKRING_DATA: join(folder, name), OAKRING_WITNESSES: witnesses };
  const cluster = await startCluster(env, ports);
  try {
    return await use(cluster);
  } finally {
    await cluster.stop();
  }
}

async function oakring(args: readonly string[], url = ''): Promise<[number, string]> {
  const io = testIo();
  const code = await run(['audit', ...args], io, { OAKRING_URL: url, XDG_CONFIG_HOME: folder });
  return [code, io.written()];
}

/** Its keys, as a witness takes them. */
async function keysOf({ url }: RunningCluster): Promise<string> {
  return (await oakring(['keys', '--vkeys'], url))[1].trim();
}

/** `oakring audit witness` beside one cluster, for another: its key, and its entry in the settings. */
async function witnessFor(name: string, log: string): Promise<{ key: string; entry: string }> {
  const io = testIo();
  const options = ['--folder', join(folder, name), '--name', name, '--serve', '0', '--log', log];
  const ended = run(['audit', 'witness', ...options], io, {});
  ending.push(() => {
    io.signal();
    return ended;
  });
  const [, key = ''] = await said(io, /^witness (\S+)$/m);
  const [, url = ''] = await said(io, /answers POST (\S+)/);
  return { key, entry: `${key} ${url}` };
}

async function said(io: TestIo, pattern: RegExp): Promise<RegExpExecArray> {
  return until(async () => pattern.exec(io.complained()));
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await ports.timers.sleep(20);
  }
}

/** What a page of the manager says, once it says it. */
function shows({ url }: RunningCluster, path: string, pattern: RegExp): Promise<RegExpExecArray> {
  return until(async () => pattern.exec(await (await fetch(`${url}${path}`)).text()));
}

const cosigned = '/api/v1/events?type=CheckpointCosigned';

describe('Two clusters with a witness beside each', () => {
  it('witness each other, and notice when one went back to an earlier day', async () => {
    const [aLog, bLog] = [await running('a', keysOf), await running('b', keysOf)];
    cpSync(join(folder, 'a'), join(folder, 'restored'), {
      recursive: true,
      filter: (path) => !path.endsWith('.sock'),
    });
    await running('a', async () => {});
    const beside = { a: await witnessFor('beside-a', bLog), b: await witnessFor('beside-b', aLog) };
    const seen = (cluster: RunningCluster) => shows(cluster, cosigned, /CheckpointCosigned/);
    await running('a', seen, beside.b.entry);
    await running('b', seen, beside.a.entry);

    const verify = (name: string, key: string) =>
      oakring(['verify', '--store', join(folder, name, 'ledger'), '--witness', key]);
    const [code, out] = await verify('a', beside.b.key);
    // What came after the last word of the witness is for the next one.
    expect([code, out]).toEqual([5, expect.stringMatching(/^witnessed: .* by beside-b /m)]);
    expect(await verify('a', beside.a.key)).toEqual([1, expect.stringContaining('NOT WITNESSED')]);

    await running(
      'restored',
      async (cluster) => {
        await shows(cluster, '/metrics', /^oakring_witness_objects\{witness="beside-b"\} 1$/m);
        await shows(cluster, '/api/v1/cluster', /REFUSES: it cosigned \d+ commits .*IT WENT BACK/);
      },
      beside.b.entry,
    );
  });
});
