import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ObjectId } from 'mongodb';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../../infra/mongo/testing/mongod.js';
import type { Route } from '../../testing/fake-manager.js';
import { closeManager, oakring } from '../../testing/run-oakring.js';

const hex = (number: number) => number.toString(16).padStart(24, '0');
const node = (number: number) => ({
  ...{ _id: ObjectId.createFromHexString(hex(number)), host: `edge-${number}`, ip: '10.0.0.7' },
  ...{ vcpus: 4, memory: 2_000, cpu_history: [{ value: 1 }], last_modified: new Date(0) },
});
const job = {
  ...{ _id: ObjectId.createFromHexString(hex(9)), job_name: 'app.ns.web.ns', memory: 64 },
  virtualization: 'runc',
  instance_list: [
    { instance_number: 0, worker_id: hex(1), status: 'RUNNING', logs: 'long' },
    { instance_number: 3, worker_id: hex(1), status: 'RUNNING', logs: 'long' },
    { instance_number: 4, worker_id: hex(5), status: 'RUNNING', logs: 'long' },
  ],
};

type Body = Readonly<Record<string, unknown>>;

/** As the manager answers where nothing stands against it. */
const nodes: Route = ({ body }, answer) => {
  const { _id: id, host: name } = body as Body;
  answer.json({ id, name, outcome: 'comes-over', detail: null });
};
const services: Route = ({ body }, answer) => {
  const { _id: id, job_name: name, instance_list: list } = body as Body;
  const instances = (list as Body[]).map(({ instance_number: number, worker_id: nodeId }) => ({
    ...{ number, nodeId, outcome: 'comes-over', detail: null },
  }));
  answer.json({ id, name, warnings: ['a wish'], instances });
};
const routes = {
  'POST /api/v1/imports/oakestra/nodes': nodes,
  'POST /api/v1/imports/oakestra/services': services,
};

describe('oakring import oakestra, of a data base that cannot be read,', () => {
  it('names the address that it was given, and does not send people to our own store only', async () => {
    const unusable = 'mongodb://127.0.0.1:1/?tls=perhaps';
    const { code, error } = await oakring(['import', 'oakestra', unusable], {});
    expect(code).toBe(3);
    expect(error).toContain('MongoDB at mongodb://127.0.0.1:1');
    expect(error).toContain('the one that the command names');
  });
});

describeWithMongod('oakring import oakestra', () => {
  let mongod: AnyMongod;
  let url: string;
  beforeAll(async () => {
    mongod = await anyMongod();
    url = mongod.url('');
  }, 60_000);
  afterAll(() => mongod.remove());
  afterEach(closeManager);
  beforeEach(async () => {
    const client = await mongod.client();
    await client.db('candidates').dropDatabase();
    await client.db('jobs').dropDatabase();
    await client
      .db('candidates')
      .collection('candidates')
      .insertMany([node(1), node(2)]);
    await client.db('jobs').collection('jobs').insertOne(job);
    await client.close();
  });

  it('hands over every node and service as the data base has it, but for readings and logs', async () => {
    const { code, asked, out } = await oakring(['import', 'oakestra', url], routes);
    expect(code).toBe(0);
    const [first, second, service] = asked.map(({ body }) => body);
    expect([first, second]).toMatchObject([{ _id: hex(1) }, { _id: hex(2), memory: 2_000 }]);
    expect(first).not.toHaveProperty('cpu_history');
    expect(service).toMatchObject({ _id: hex(9), instance_list: [{ instance_number: 0 }, {}, {}] });
    expect(JSON.stringify(service)).not.toContain('long');
    expect(out).toContain('2 of 2 nodes and 3 of 3 instances came over.');
  });

  it('makes up from what runs on a node for what heartbeats have written over', async () => {
    const { asked } = await oakring(['import', 'oakestra', url], routes);
    const made = { _id: hex(1), memory: 2_128, virtualization: ['runc'] };
    expect(asked[0]?.body).toMatchObject(made);
  });

  it('tells in a dry run what would come over and what not, and only asks', async () => {
    const { code, out, asked } = await oakring(['import', 'oakestra', url, '--dry-run'], routes);
    expect(code).toBe(0);
    expect(asked.every(({ url: path }) => path.includes('dryRun=true'))).toBe(true);
    expect(out).toContain('note: a wish');
    expect(out).toContain(`instance 3 comes over, on ${hex(1)}`);
    expect(out).toContain('instance 4 comes over, to be placed: it would be placed anew');
    expect(out).toContain('nothing was written');
  });

  it('passes on why a manager refuses, and that it is forced', async () => {
    const inUse: Route = (asked, answer, times) =>
      asked.url.includes('force=true')
        ? nodes(asked, answer, times)
        : answer.problem('ledger-in-use', 'The ledger has 1 other jobs already.');
    const withOthers = { ...routes, 'POST /api/v1/imports/oakestra/nodes': inUse };
    const refused = await oakring(['import', 'oakestra', url], withOthers);
    expect([refused.code, refused.asked.length]).toEqual([1, 1]);
    expect(refused.error).toContain('The ledger has 1 other jobs already.');
    const forced = await oakring(['import', 'oakestra', url, '--force'], withOthers);
    expect([forced.code, forced.asked.length]).toEqual([0, 3]);
  });

  it('ends with a failure where something stays behind, and tells what', async () => {
    const stays: Route = (_asked, answer) =>
      answer.json({ id: hex(1), name: 'edge-1', outcome: 'stays-behind', detail: 'It has no ip.' });
    const { code, out, error } = await oakring(['import', 'oakestra', url], {
      ...routes,
      'POST /api/v1/imports/oakestra/nodes': stays,
    });
    expect(code).toBe(1);
    expect(out).toContain('stays behind: It has no ip.');
    expect(error).toContain('2 stay behind');
  });

  it('says so where there is nothing to import', async () => {
    const client = await mongod.client();
    await client.db('candidates').dropDatabase();
    await client.db('jobs').dropDatabase();
    await client.close();
    const { code, error } = await oakring(['import', 'oakestra', url], routes);
    expect(code).toBe(1);
    expect(error).toContain('is it the MongoDB of the cluster');
  });
});
