import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  hasMosquitto,
  startMosquitto,
  type RunningBroker,
} from '../apps/manager/src/broker/testing/mosquitto.js';
import { call, eventually, untilAll } from './kit/http.js';
import {
  endGroup,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

const brokers = ['embedded', 'mosquitto'] as const;
const suite = hasMosquitto() ? describe.each(brokers) : describe.skip.each(brokers);

suite('a worker that is a shell script, with the %s broker', (broker) => {
  const folder = temporaryFolder();
  let mosquitto: RunningBroker | null = null;
  let cluster: Cluster;
  /** Settings for a broker of its own. */
  let outside: Record<string, string> = {};
  let worker: Running;

  beforeAll(async () => {
    mosquitto = broker === 'mosquitto' ? await startMosquitto() : null;
    outside = mosquitto === null ? {} : { OAKRING_MQTT_URL: `mqtt://127.0.0.1:${mosquitto.port}` };
    cluster = await up(folder.path, outside);
    const port = new URL(cluster.mqttUrl).port;
    worker = runProgram('sh', ['examples/bare-worker.sh', 'shell-1', '127.0.0.1', port]);
  });

  afterAll(async () => {
    endGroup(worker);
    await cluster.stop();
    await mosquitto?.kill();
    folder.remove();
  });

  const publish = (topic: string, payload: string): void => {
    const port = new URL(cluster.mqttUrl).port;
    const args = ['-h', '127.0.0.1', '-p', port, '-q', '1', '-t', topic, '-s'];
    spawnSync('mosquitto_pub', args, { input: payload });
  };

  it('registers with the given minimum and counts as an assumed machine', async () => {
    const node = await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes/shell-1`),
      ({ body }) => body.status === 'ready' && body.used !== null,
    );
    expect(node.body).toMatchObject({
      assumed: true,
      capacity: { cpuMillis: 4000, memoryMiB: 8192 },
      used: { cpu: 12.5, memory: 30 },
      technologies: ['docker'],
      port: 3000,
    });
  });

  it('receives its deploy because a program posted a job, and runs unconfirmed', async () => {
    const body = { id: 'hello', name: 'hello', image: 'hello:1', technology: 'docker' };
    expect((await call('POST', `${cluster.url}/api/v1/jobs`, body)).status).toBe(201);
    await worker.prints(/"command":"deploy".*"id":"hello"/);
    const { body: shown } = await untilAll(cluster.url, 'hello', 'running', 1);
    expect(shown.instances[0]).toMatchObject({ nodeId: 'shell-1', confirmed: false });
  });

  it('does not stop the cluster with nonsense: each is a dead letter, the next is handled', async () => {
    publish('nodes/shell-1/information', 'not json');
    publish('nodes/shell-1/information', '{"cpu":900,"memory":3}');
    publish('nodes/shell-1/registration', '{"id":"other","name":"x","ip":"x","port":1}');
    publish('nodes/ghost/information', '{"cpu":1,"memory":1}');
    publish('nodes/shell-1/acks', '{"commandId":"9-9","phase":"received"}');
    publish('nodes/shell-1/state', `"${'x'.repeat(300_000)}"`);
    const letters = await eventually(
      () => call('GET', `${cluster.url}/api/v1/dead-letters`),
      ({ body }) => body.items.length >= 6,
    );
    const codes = letters.body.items.map(({ code }: { code: string }) => code).sort();
    expect(codes).toEqual(
      [
        'command-unknown',
        'id-mismatch',
        'invalid-field',
        'invalid-json',
        'node-unknown',
        'payload-too-large',
      ].sort(),
    );
    publish('nodes/shell-1/information', '{"cpu":77,"memory":3}');
    await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes/shell-1`),
      ({ body }) => body.used?.cpu === 77,
    );
  });

  it('is told to delete, and its reservation ends by an assumption that is on record', async () => {
    await call('DELETE', `${cluster.url}/api/v1/jobs/hello`);
    await worker.prints(/"command":"delete"/);
    await eventually(
      () => call('GET', `${cluster.url}/api/v1/jobs/hello`),
      ({ status }) => status === 404,
    );
    const response = await fetch(`${cluster.url}/api/v1/events?type=CommandSucceeded`);
    expect(await response.text()).toContain('"assumed":true');
  });

  it('is there again after the manager and its broker were started anew', async () => {
    const { mqttPort } = cluster;
    await cluster.kill();
    if (broker === 'embedded') await worker.prints(/no broker at 127\.0\.0\.1/);
    const port = broker === 'embedded' ? { OAKRING_MQTT_PORT: mqttPort } : {};
    cluster = await up(folder.path, { ...outside, ...port });
    await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes/shell-1`),
      ({ body }) => body.status === 'ready' && body.used !== null,
    );
    expect(worker.child.exitCode).toBeNull();
  });
});

const withMosquitto = hasMosquitto() ? it : it.skip;

withMosquitto('a shell script hears its orders although it began before its broker', async () => {
  const first = await startMosquitto();
  await first.kill();
  const worker = runProgram('sh', [
    'examples/bare-worker.sh',
    'shell-1',
    '127.0.0.1',
    `${first.port}`,
  ]);
  await worker.prints(/no broker/);
  const broker = await startMosquitto(first.port);
  const order = ['-p', `${first.port}`, '-t', 'nodes/shell-1/controls', '-m', 'an order'];
  await eventually(
    async () => {
      spawnSync('mosquitto_pub', order);
      return worker.output();
    },
    (output) => output.includes('an order'),
  );
  endGroup(worker);
  await broker.kill();
});
