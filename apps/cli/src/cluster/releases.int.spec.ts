import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { schemaVersion } from '@oakring/events';
import { commitOfNextRelease } from '@oakring/events/testing';
import { systemPorts } from '@oakring/ports';
import { openEventStore } from '@oakring/stores';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../infra/mongo/testing/mongod.js';
import { run } from '../run.js';
import { testIo } from '../testing/test-io.js';
import { startCluster } from './start-cluster.js';

const ports = systemPorts();
/** Data folders as `oakring demo` of older releases left them, packed by tar: written once, never again. */
const kept = resolve('apps/cli/testing/released');
const released = readdirSync(kept);
const anyPorts = { OAKRING_PORT: '0', OAKRING_SCHEDULER_PORT: '0', OAKRING_MQTT_PORT: '0' };

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'oakring-release-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const environment = (more: Readonly<Record<string, string>> = {}) => ({
  ...{ ...anyPorts, OAKRING_DATA: data, OAKRING_LOG_LEVEL: 'error', OAKRING_ALLOW_OPEN: 'true' },
  ...more,
});

async function oakring(...argv: readonly string[]): Promise<{ code: number; said: string }> {
  const io = testIo();
  const code = await run(argv, io, environment());
  return { code, said: io.written() + io.complained() };
}

describe.each(released)('The data folder of an older release (%s)', (archive) => {
  beforeEach(() => {
    execFileSync('tar', ['-xzf', join(kept, archive), '-C', data]);
    // Those before schema version 4 left it open to others; a start refuses that with these words.
    execFileSync('chmod', ['-R', 'go-rwx', data]);
  });

  it('is taken up as it is, history and all, and what it knew is known', async () => {
    const views = join(data, 'views');
    const [before] = readdirSync(views);
    const cluster = await startCluster(environment(), ports);
    try {
      expect(cluster.positionBefore).toBeGreaterThan(10);
      const answer = await fetch(`${cluster.url}/api/v1/jobs/hello`);
      expect(await answer.json()).toMatchObject({ id: 'hello', desired: 3 });
      const { items } = (await (await fetch(`${cluster.url}/api/v1/nodes`)).json()) as {
        readonly items: readonly { readonly id: string }[];
      };
      expect(items.map(({ id }) => id)).toEqual(['edge-amsterdam', 'edge-berlin', 'edge-lisbon']);
      // Its views are made anew by today's folds, and the older ones are gone then.
      expect(readdirSync(views)).toEqual([expect.not.stringMatching(`^${before}$`)]);
    } finally {
      await cluster.stop();
    }
    const verified = await oakring('audit', 'verify', '--store', join(data, 'ledger'));
    expect(verified).toMatchObject({
      code: 0,
      said: expect.stringMatching(/^whole: positions 1–/),
    });
  });
});

/** A ledger of this release, to which the next one has appended. */
async function writtenOn(address: string): Promise<void> {
  const store = await openEventStore(address, ports.timers);
  const commit = commitOfNextRelease(await store.log.head());
  expect(await store.log.append(commit)).toMatchObject({ status: 'appended' });
  await store.close();
}

async function headOf(address: string): Promise<number> {
  const { log, close } = await openEventStore(address, ports.timers);
  const { position } = await log.head();
  await close();
  return position;
}

const refusal = (place: string) =>
  expect.objectContaining({
    code: 'ledger-newer',
    message: expect.stringMatching(
      `${place}.*newer release.*schema version ${schemaVersion + 1}; known are 1 to ${schemaVersion}`,
    ),
  });

describe('The data folder of a later release', () => {
  it('is refused with both versions, and nothing is appended to it; the doctor says it beforehand', async () => {
    const cluster = await startCluster(environment(), ports);
    await cluster.stop();
    const ledger = join(data, 'ledger');
    await writtenOn(ledger);
    mkdirSync(join(data, 'views', 'v9999'));
    const before = await headOf(ledger);
    await expect(startCluster(environment(), ports)).rejects.toEqual(refusal(ledger));
    expect(await headOf(ledger)).toBe(before);
    // The later release finds its views again.
    expect(readdirSync(join(data, 'views'))).toContain('v9999');
    const { code, said } = await oakring('doctor');
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringMatching(
        /ledger in .*: a newer release wrote it: .*\n.*docs\/upgrading\.md/,
      ),
    });
  });
});

describeWithMongod('A ledger in MongoDB of a later release', () => {
  let mongod: AnyMongod;
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());

  it('is refused with both versions, and nothing is appended to it', async () => {
    const store = mongod.url('later');
    const env = environment({ OAKRING_STORE: store });
    const cluster = await startCluster(env, ports);
    await cluster.stop();
    await writtenOn(store);
    const before = await headOf(store);
    await expect(startCluster(env, ports)).rejects.toEqual(refusal('mongodb://'));
    expect(await headOf(store)).toBe(before);
    const { code, said } = await oakring('doctor', '--store', store);
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringMatching(/ledger in it: .*newer release.*\n.*docs\/upgrading\.md/),
    });
  });
});
