import { describe, expect, it } from '@jest/globals';
import type { Registration } from '@oakring/contracts';
import type { Command } from '../commands/command.js';
import {
  ack,
  acknowledgeAll,
  commandTo,
  orderInstance,
  plan,
  ready,
  submitJob,
  type Given,
} from '../testing/given.js';
import { reportOf, type Measured } from './report.js';
import { givenRoot, unmeasured, wholeReport } from './testing/given-root.js';

interface Shown {
  readonly jobs: {
    readonly _id: string;
    readonly status: string;
    readonly status_detail: string;
    readonly instance_list: Record<string, unknown>[];
  }[];
  readonly [field: string]: unknown;
}

const silence = { type: 'ObserveNode', nodeId: 'a', incarnation: 1 } as const;
const roomy = { instances: 200, bytes: 256_000 };

function shown(cluster: Given, measured: Measured = unmeasured, limits = roomy): Shown {
  const { bytes } = wholeReport(cluster, measured, limits);
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Shown;
}

const refuse = (code: string) =>
  ({ type: 'RefusePlacement', id: 'r', code, detail: `Because of ${code}.` }) as const;

function running(...numbers: number[]): Given {
  const orders = numbers.map((number) => orderInstance('r', number));
  const cluster = givenRoot(...ready('a'), ...orders);
  cluster.when(plan('r', ...numbers.map(() => 'a')));
  acknowledgeAll(cluster);
  return cluster;
}

/** Of what a native worker has not, as well. */
const offering = (id: string, offers: Partial<Registration>): Command[] =>
  ready(id).map((command) =>
    command.type === 'RegisterNode'
      ? { ...command, registration: { ...command.registration, ...offers } }
      : command,
  );
const two = [
  ...offering('a', {
    architecture: 'amd64',
    technologies: ['docker', 'runc'],
    addons: ['FLOps'],
    gpuDrivers: ['cuda'],
    capacity: { cpuMillis: 4_000, memoryMiB: 1_000, gpus: 2 },
  }),
  ...offering('b', {
    architecture: 'arm64',
    technologies: ['docker'],
    drivers: ['csi.x'],
    capacity: { cpuMillis: 1_500, memoryMiB: 500 },
  }),
];

describe('What a root is told of the cluster', () => {
  it('is what its workers have together, each name once, and of each architecture', () => {
    const latest = (id: string) =>
      id === 'a' ? { cpu: 10, memory: 20 } : { cpu: 25.5, memory: 40 };
    const totals = shown(givenRoot(...two), { ...unmeasured, latest });
    expect(totals).toMatchObject({
      ...{ cpu_percent: 17.75, memory_percent: 30, vcpus: 5, memory: 1_500, active_nodes: 2 },
      ...{ vgpus: 2, virtualization: ['docker', 'runc'], supported_addons: ['FLOps'] },
      ...{ csi_drivers: ['csi.x'], gpu_drivers: ['cuda'], jobs: [] },
      aggregation_per_architecture: {
        amd64: {
          cpu_percent: 10,
          vcpus: 4,
          memory: 1_000,
          vgpus: 2,
          active_nodes: 1,
          gpu_drivers: ['cuda'],
        },
        arm64: {
          cpu_percent: 25.5,
          vcpus: 1,
          memory: 500,
          vgpus: 0,
          active_nodes: 1,
          gpu_drivers: [],
        },
      },
    });
  });

  it('is what their graphics cards do, where they say it', () => {
    const use = { percent: 10, temperature: 60, vram: 4_000, vramPercent: 30 };
    const unsaid = { percent: 25, temperature: null, vram: null, vramPercent: null };
    const gpusOf = (id: string) => (id === 'a' ? use : unsaid);
    expect(shown(givenRoot(...two), { ...unmeasured, gpusOf })).toMatchObject({
      ...{ gpu_percent: 18, gpu_temp: 60, vram: 4_000, vram_percent: 30 },
      aggregation_per_architecture: {
        amd64: { gpu_percent: 10, vram: 4_000 },
        arm64: { gpu_percent: 25, gpu_temp: 0, vram: 0, vram_percent: 0 },
      },
    });
  });

  it('is nothing, and never null, where there is no worker', () => {
    const totals = shown(givenRoot());
    expect(totals).toMatchObject({ active_nodes: 0, memory: 0, cpu_percent: 0, jobs: [] });
    expect(JSON.stringify(totals)).not.toContain('null');
  });

  it('is without what would overwrite its registration', () => {
    for (const field of ['port', 'candidate_name', 'candidate_location']) {
      expect(shown(givenRoot(...two))).not.toHaveProperty(field);
    }
  });

  it('counts as free what neither our jobs nor others have taken', () => {
    const cluster = running(0);
    const { capacity, reserved } = cluster.state.nodes.get('a') ?? {};
    const foreignOf = () => ({ cpuMillis: 0, memoryMiB: 10 });
    const free = (capacity?.memoryMiB ?? 0) - (reserved?.memoryMiB ?? 0) - 10;
    expect(shown(cluster, { ...unmeasured, foreignOf })).toMatchObject({ memory: free });
  });
});

describe('What a root is told of an instance', () => {
  it('has every field, and the newest of what its worker said', () => {
    const log = 'x'.repeat(2_000);
    const usage = { cpu: '1.5', memory: '0.2', disk: '77' };
    const figuresOf = () => ({ usage, log, publicIp: '9.9.9.9' });
    const [job] = shown(running(3), { ...unmeasured, figuresOf }).jobs;
    expect(job?.instance_list).toEqual([
      {
        ...{ instance_number: 3, status: 'RUNNING', worker_id: 'a', host_ip: '10.0.0.1' },
        ...{ host_port: 50_011, publicip: '9.9.9.9', cpu_percent: '1.5', memory_percent: '0.2' },
        ...{ disk: '77', logs: 'x'.repeat(1_024) },
        status_detail: expect.stringMatching(/^running on a since 2023-.*; because a$/),
        last_modified_timestamp: expect.any(Number),
      },
    ]);
  });

  it('is without null where its worker said nothing', () => {
    const report = shown(running(0));
    expect(JSON.stringify(report)).not.toContain('null');
    expect(report.jobs[0]?.instance_list[0]).toMatchObject({ publicip: '', logs: '', disk: '' });
  });

  it('is CREATED once its worker says so, and CREATING while it is at it', () => {
    const cluster = givenRoot(...ready('a'), orderInstance('r', 0));
    cluster.when(plan('r', 'a'));
    cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'received'));
    expect(shown(cluster).jobs[0]).toMatchObject({ status: 'CREATING' });
    const hasCreated = (nodeId: string, key: string) => nodeId === 'a' && key === 'r/0/1';
    expect(shown(cluster, { ...unmeasured, hasCreated }).jobs[0]).toMatchObject({
      ...{ status: 'CREATED', instance_list: [{ status: 'CREATED' }] },
    });
  });

  it.each<[string, () => Given, string, RegExp]>([
    ['waits to be looked at', () => givenRoot(orderInstance('r', 0)), 'CLUSTER_SCHEDULED', /./],
    [
      'is ordered',
      () => {
        const cluster = givenRoot(...ready('a'), orderInstance('r', 0));
        cluster.when(plan('r', 'a'));
        return cluster;
      },
      'NODE_SCHEDULED',
      /placed on a/,
    ],
    [
      'failed, and is tried again',
      () => {
        const cluster = givenRoot(...ready('a'), orderInstance('r', 0));
        cluster.when(plan('r', 'a'));
        cluster.when(ack('a', commandTo(cluster, 'a', 'deploy'), 'failed', 'no such image'));
        return cluster;
      },
      'FAILED',
      /no such image/,
    ],
    ['runs', () => running(0), 'RUNNING', /running on a/],
    [
      'runs on a worker that fell silent',
      () => {
        const cluster = running(0);
        cluster.when({ ...silence, seen: 'silent', reason: 'no reading' });
        return cluster;
      },
      'RUNNING',
      /node a is suspect, silent since .*: no reading; it is ordered elsewhere/,
    ],
  ])('that %s is a word that it knows, with our reason', (_, given, status, detail) => {
    const [job] = shown(given()).jobs;
    expect(job?.instance_list[0]).toMatchObject({
      ...{ status, status_detail: expect.stringMatching(detail) },
    });
    expect(job).toMatchObject({ status, status_detail: expect.stringMatching(detail) });
  });

  it.each([
    ['no-capacity', 'NO_WORKER_CAPACITY'],
    ['no-qualified-node', 'NO_QUALIFIED_WORKER_FOUND'],
    ['no-nodes', 'NO_QUALIFIED_WORKER_FOUND'],
    ['service-unusable', 'NO_QUALIFIED_WORKER_FOUND'],
    ['no-such-node', 'NO_NODE_FOUND'],
  ])('refused as %s is %s, with the sentence of the refusal', (code, status) => {
    const cluster = givenRoot(orderInstance('r', 0));
    cluster.when(refuse(code));
    const [job] = shown(cluster).jobs;
    const told = { status, status_detail: expect.stringContaining(`Because of ${code}.`) };
    expect(job?.instance_list[0]).toMatchObject(told);
    expect(job).toMatchObject(told);
  });
});

describe('What a root is told of a job', () => {
  it('says what it wished and nobody here looks at, however it does', () => {
    const told = 'bandwidth_in (5 kbit/s) is not looked at';
    const cluster = givenRoot(...ready('a'), orderInstance('r', 0, { warnings: [told] }));
    expect(shown(cluster).jobs[0]?.status_detail).toContain(told);
    cluster.when(plan('r', 'a'));
    acknowledgeAll(cluster);
    const [job] = shown(cluster).jobs;
    expect(job).toMatchObject({ status: 'RUNNING', status_detail: expect.stringContaining(told) });
    expect(job?.instance_list[0]?.['status_detail']).toContain(told);
  });

  it('is RUNNING once all its instances run, and until then what the worst of them is', () => {
    expect(shown(running(0, 4)).jobs[0]).toMatchObject({ status: 'RUNNING' });
    const cluster = running(0, 4);
    cluster.when(orderInstance('r', 5));
    expect(shown(cluster).jobs[0]).toMatchObject({
      status: 'CLUSTER_SCHEDULED',
      status_detail: expect.stringMatching(/^2 of 3 running; instance 5: /),
    });
  });

  it.each<[string, (cluster: Given) => void]>([
    ['submitted here', () => {}],
    [
      'ordered by a root that has lost its memory',
      (cluster) => {
        cluster.when(orderInstance('r', 0));
        cluster.when({ type: 'RecordRoot', root: 'another' });
      },
    ],
    [
      'whose numbers it took back',
      (cluster) => {
        cluster.when(orderInstance('r', 0));
        cluster.when(plan('r', 'a'));
        acknowledgeAll(cluster);
        cluster.when({ type: 'EndInstance', id: 'r', instance: 0, root: null });
      },
    ],
  ])('is nothing of one %s: it would order its end', (_, happened) => {
    const cluster = givenRoot(...ready('a'), submitJob('native'));
    happened(cluster);
    expect(shown(cluster).jobs).toEqual([]);
  });

  it('is UNDEPLOYED of a number that somebody took back here', () => {
    const cluster = running(0, 1);
    cluster.when({ type: 'ScaleJob', id: 'r', count: 1, force: true });
    const statuses = shown(cluster).jobs[0]?.instance_list.map(({ status }) => status);
    expect(statuses).toEqual(['RUNNING', 'UNDEPLOYED']);
  });

  it('is UNDEPLOYED where nothing is left but what its root has taken back, and not yet there', () => {
    const cluster = running(0);
    cluster.when(orderInstance('r', 1));
    cluster.when({ type: 'ScaleJob', id: 'r', count: 1, force: true });
    cluster.when({ type: 'EndInstance', id: 'r', instance: 0, root: null });
    const { bytes } = reportOf({ state: cluster.state, measured: unmeasured }, ['r/1'], roomy);
    const { jobs } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Shown;
    expect(jobs).toMatchObject([
      { status: 'UNDEPLOYED', instance_list: [{ instance_number: 1, status: 'UNDEPLOYED' }] },
    ]);
  });

  it('is UNDEPLOYED where somebody ended it here', () => {
    const cluster = running(0);
    cluster.when({ type: 'DeleteJob', id: 'r', force: true });
    expect(shown(cluster).jobs[0]).toMatchObject({
      status: 'UNDEPLOYED',
      status_detail: expect.stringContaining('being deleted'),
    });
  });
});

describe('A report', () => {
  it('has no more instances and bytes than its root bears, but always one', () => {
    const cluster = running(0, 1, 2, 3);
    expect(
      shown(cluster, unmeasured, { ...roomy, instances: 3 }).jobs[0]?.instance_list,
    ).toHaveLength(3);
    const [one] = shown(cluster, unmeasured, { ...roomy, bytes: 1 }).jobs;
    expect(one?.instance_list).toHaveLength(1);
    const { bytes } = wholeReport(cluster, unmeasured, { instances: 200, bytes: 1_500 });
    expect(bytes.length).toBeLessThanOrEqual(1_500);
  });
});
