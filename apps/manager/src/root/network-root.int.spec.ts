import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NetworkRoot } from './network-root.js';
import { givenRoot, wholeReport } from './testing/given-root.js';
import { judgeReport } from './testing/report-rules.js';
import { StrictRoot } from './testing/strict-root.js';
import { orderInstance } from '../testing/given.js';

const noEnd = new AbortController().signal;
const named = { clusterName: 'edge', clusterLocation: '48.1,11.5,10' };

let strict: StrictRoot;
beforeEach(async () => {
  strict = await StrictRoot.start();
});
afterEach(() => strict.stop());

function rootOf(more: { clusterLocation?: string; host?: string; withinMs?: number } = {}) {
  return new NetworkRoot({
    ...{ ...named, host: 'localhost', httpPort: strict.httpPort, grpcPort: strict.grpcPort },
    ...{ managerPort: () => 10_100, networkPort: 10_110, ...more },
  });
}

function aReport(): Uint8Array {
  return wholeReport(givenRoot(orderInstance('r', 0))).bytes;
}

describe('A registration', () => {
  it('says who and where we are, and gives the id that the root knows us by, each time', async () => {
    const ids = [await rootOf().register(noEnd), await rootOf().register(noEnd)];
    expect(strict.clusters.get('edge')).toEqual({
      ...{ id: ids[0], address: '127.0.0.1', port: 10_100, networkPort: 10_110, registrations: 2 },
    });
    expect(ids[1]).toBe(ids[0]);
    expect(strict.problems).toEqual([]);
  });

  it('gives another id once the root has lost its memory', async () => {
    const before = await rootOf().register(noEnd);
    strict.forget();
    expect(await rootOf().register(noEnd)).not.toBe(before);
  });

  it.each([
    ['UNKNOWN', 2],
    ['UNIMPLEMENTED', 12],
    ['INTERNAL', 13],
    ['UNAVAILABLE', 14],
  ] as const)('that is refused as %s says so', async (name, code) => {
    strict.instead = { grpc: name, http: null };
    await expect(rootOf().register(noEnd)).rejects.toMatchObject({
      code: 'root-unavailable',
      message: expect.stringContaining(`gRPC status ${code}: as asked for`),
    });
  });

  it('without what a root must know is refused', async () => {
    const registering = rootOf({ clusterLocation: '' }).register(noEnd);
    await expect(registering).rejects.toThrow("Exception calling application: 'cluster_location'");
  });

  it('ends when we do, and where nobody is', async () => {
    await expect(rootOf({ host: '::1' }).register(noEnd)).rejects.toThrow('has no IPv4 address');
    const root = rootOf();
    await strict.stop();
    await expect(root.register(noEnd)).rejects.toThrow('gRPC status 14');
    await strict.comeBack();
    await expect(rootOf().register(AbortSignal.abort())).rejects.toMatchObject({
      code: 'root-unavailable',
    });
  });
});

describe('A report', () => {
  it('is taken by a strict root', async () => {
    expect(judgeReport(JSON.parse(Buffer.from(aReport()).toString('utf8')))).toMatchObject({
      ...{ status: 200, problem: null, jobs: [{ id: 'r', instances: [{ instance_number: 0 }] }] },
    });
    strict.services.set('r', { document: {}, job: null, instances: new Map([[0, {}]]) });
    const root = rootOf();
    const id = await root.register(noEnd);
    expect(await root.report(id, aReport(), noEnd)).toEqual({ status: 'taken' });
    expect(strict.services.get('r')?.instances.get(0)).toMatchObject({
      status: 'CLUSTER_SCHEDULED',
    });
  });

  it.each([
    [400, 'refused'],
    [413, 'too-large'],
    [500, 'refused'],
  ])('that is answered with %i is %s', async (http, status) => {
    strict.instead = { grpc: null, http };
    const fate = await rootOf().report('a'.repeat(24), aReport(), noEnd);
    expect(fate).toEqual({ status, why: `answers a report with status ${http}` });
  });

  it('may find a root that takes too long, or none', async () => {
    strict.slowMs = 1_000;
    const slow = await rootOf({ withinMs: 100 }).report('a'.repeat(24), aReport(), noEnd);
    expect(slow.status).toBe('slow');
    const root = rootOf();
    await strict.stop();
    expect((await root.report('a'.repeat(24), aReport(), noEnd)).status).toBe('away');
    strict = await StrictRoot.start();
  });
});

const whole = JSON.parse(Buffer.from(aReport()).toString('utf8')) as Record<string, unknown>;
const withJob = (job: object) => ({
  ...whole,
  jobs: [{ _id: 'x', job_name: 'x', status: 'RUNNING', instance_list: [], ...job }],
});

describe('A strict root', () => {
  it.each<[string, unknown, number]>([
    ['a whole report', whole, 200],
    ['no object', null, 400],
    ...Object.keys(whole).flatMap((name): [string, unknown, number][] =>
      name === 'jobs' ? [] : [[`a ${name} that is an object`, { ...whole, [name]: { a: 1 } }, 400]],
    ),
    ...['vcpus', 'vgpus', 'memory', 'active_nodes'].map((name): [string, unknown, number] => [
      `no whole ${name}`,
      { ...whole, [name]: 1.5 },
      400,
    ]),
    ['a port', { ...whole, port: 1 }, 400],
    ['no jobs', { ...whole, jobs: undefined }, 500],
    ['a job without instances', withJob({ instance_list: undefined }), 500],
    ['a status of ours', withJob({ status: 'starting' }), 500],
    ['no status', withJob({ status: null }), 500],
    ['a later status', withJob({ status: 'INSTANTIATION' }), 500],
    ['an instance without number', withJob({ instance_list: [{ status: 'RUNNING' }] }), 500],
  ])('answers %s so', (_, report, status) => {
    expect(judgeReport(report).status).toBe(status);
  });
});
