import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeWithMongod, startMongod, type Mongod } from '../infra/mongo/testing/mongod.js';
import {
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { call, eventually } from './kit/http.js';
import { endGroup, oakring, temporaryFolder, type Running } from './kit/processes.js';

let mongod: Mongod;
let mosquitto: RunningBroker;
const folder = temporaryFolder();
const started: Running[] = [];

function start(): Running {
  const running = oakring(['up'], {
    OAKRING_DATA: folder.path,
    OAKRING_STORE: mongod.url('away'),
    OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}`,
    ...{ OAKRING_PORT: '0', OAKRING_SCHEDULER_PORT: '0' },
  });
  started.push(running);
  return running;
}

async function audit(): Promise<{ code: number | null; output: string }> {
  const running = oakring(['audit', 'verify', '--store', mongod.url('away')]);
  return { code: await running.ended, output: running.output() };
}

describeWithMongod('A store that is away', () => {
  beforeAll(async () => {
    mosquitto = await startMosquitto();
    mongod = await startMongod();
  });
  afterAll(async () => {
    for (const running of started) endGroup(running);
    await mongod.remove();
    await mosquitto.kill();
    folder.remove();
  });

  it('is waited for by a start, which ends when it is asked to', async () => {
    await mongod.kill();
    const cutShort = start();
    await cutShort.prints(/Waiting for the store: .*127\.0\.0\.1/);
    cutShort.child.kill('SIGTERM');
    expect(await cutShort.ended).toBe(0);
    const waiting = start();
    await waiting.prints(/Waiting for the store/);
    await mongod.start();
    await waiting.prints(/oakring is ready/);
    waiting.child.kill('SIGTERM');
    expect(await waiting.ended).toBe(0);
  }, 240_000);

  it('is told as that, with when to ask again and why, and stops nobody from ending', async () => {
    const running = start();
    const [, url = ''] = await running.prints(/oakring is ready: (http\S+)/);
    mongod.freeze();
    const paths = ['ledger/head', 'events?limit=1', 'ledger/head'];
    for (const path of paths) {
      const { status, body, headers } = await eventually(
        () => call('GET', `${url}/api/v1/${path}`),
        (answer) => answer.status !== 200,
      );
      expect({ path, status, code: body.code }).toEqual({ path, status: 503, code: 'store-away' });
      expect(body.detail).toMatch(/cannot be read now: \S/);
      expect(headers.get('retry-after')).toBe('1');
    }
    // It tries for a while, and the other one ends meanwhile.
    const audited = audit();
    running.child.kill('SIGTERM');
    expect({ code: await running.ended, output: running.output() }).toMatchObject({ code: 0 });
    expect(await audited).toMatchObject({
      code: 3,
      output: expect.not.stringContaining('damage'),
    });
    mongod.thaw();
    expect(await audit()).toMatchObject({ code: 0 });
  }, 240_000);
});
