import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { describeWithMongod } from '../infra/mongo/testing/mongod.js';
import { typescriptArguments } from '../infra/typescript/typescript-arguments.js';
import { call, untilAll } from './kit/http.js';
import { endGroup, runProgram, type Running } from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

describeWithMongod('The stack of docker-compose.yml without containers', () => {
  let stack: Running;
  let worker: TestWorker | null = null;
  let [url, mqttUrl, schedulerUrl, mongoUrl] = ['', '', '', ''];

  beforeAll(async () => {
    const program = typescriptArguments('infra/stack/stack.ts');
    stack = runProgram(process.execPath, program, { CLUSTER_NAME: 'berlin' });
    const ready = /ready: (\S+) · MQTT (\S+) · scheduler (\S+) · MongoDB (\S+) ·/;
    [, url = '', mqttUrl = '', schedulerUrl = '', mongoUrl = ''] = await stack.prints(ready);
  }, 240_000);
  afterAll(async () => {
    await worker?.stop();
    endGroup(stack);
  });

  it('runs a job over Mosquitto, by a scheduler apart, with its ledger in MongoDB', async () => {
    worker = await TestWorker.start(mqttUrl, 'w1');
    const body = { id: 'j', name: 'j', image: 'j:1', technology: 'simulated', count: 2 };
    expect((await call('POST', `${url}/api/v1/jobs`, body)).status).toBe(201);
    await untilAll(url, 'j', 'running', 2);
    expect((await call('GET', `${url}/health/ready`)).status).toBe(200);
    expect((await call('GET', `${schedulerUrl}/health/ready`)).status).toBe(200);
    const client = await new MongoClient(mongoUrl).connect();
    const founding = await client.db('oakring').collection('ledger').findOne({});
    await client.close();
    expect(String(founding?.['events'])).toContain('"name":"berlin"');
    const { body: head } = await call('GET', `${url}/api/v1/ledger/head`);
    expect(head).toMatchObject({ leading: true, leader: url });
  });

  it('ends in order when it is told to', async () => {
    stack.child.kill('SIGTERM');
    expect(await stack.ended).toBe(0);
  });
});
