import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@oakring/contracts';
import { translatedService, type ServiceRules } from './service-translation.js';

const munich = { latitude: 48_100_000, longitude: 11_500_000 };
const usual: ServiceRules = {
  ...{ clusterName: 'edge', clusterPlace: munich, cpuOvercommit: null },
  ...({ unkept: 'place', lostAfterMs: 20_000 } as const),
};
const id = '5f0c7a1b2c3d4e5f60718293';
/** Of four fields, and what a root adds to it. */
const service: JsonObject = {
  ...{ _id: id, microserviceID: id, job_name: 'app.ns.web.ns', status: 'CLUSTER_SCHEDULED' },
  ...{ virtualization: 'docker', image: 'docker.io/library/nginx:1.27', code: 'x' },
  ...{ next_instance_progressive_number: 1, instance_list: [{ instance_number: 0 }] },
};

function translated(more: JsonObject = {}, rules: Partial<ServiceRules> = {}) {
  return translatedService(id, { ...service, ...more }, { ...usual, ...rules });
}

function documentOf(more: JsonObject, rules: Partial<ServiceRules> = {}): JsonObject {
  return translated(more, rules).job.document;
}

function refusal(more: JsonObject, rules: Partial<ServiceRules> = {}): string | null {
  const refused = documentOf(more, rules)['refused'] as { detail: string } | undefined;
  return refused?.detail ?? null;
}

describe('A service of a root', () => {
  it('is a job of its id and name that reserves nothing unless it says so', () => {
    const { job } = translated();
    expect(job).toMatchObject({
      ...{ id, name: 'app.ns.web.ns', technology: 'docker', constraints: [], enforcesStop: false },
      image: 'docker.io/library/nginx:1.27',
      resources: { cpuMillis: 0, memoryMiB: 0 },
    });
    expect(job.document).toMatchObject({ numbering: 'given', document: service });
    expect(job.document).not.toHaveProperty('refused');
    expect(job.document).not.toHaveProperty('warnings');
  });

  it('keeps its document as it came, with what nobody here knows', () => {
    const odd = { RR_ip: null, constraints: [], args: ['x'], extra: { a: [1.5, null] } };
    expect(documentOf(odd)['document']).toEqual({ ...service, ...odd });
  });

  it('is tried again for ever, and placed elsewhere 20 s after the last message', () => {
    expect(translated().job.policy).toMatchObject({
      restart: { limit: null, mostMs: 300_000 },
      onDisconnect: { lostAfterMs: 20_000, replace: true, stopOnWorkerAfterMs: null },
      oneShot: false,
    });
    expect(translated({ one_shot: true }).job.policy.oneShot).toBe(true);
    const own = translated({ onDisconnect: { lostAfterMs: 5_000 } }).job.policy.onDisconnect;
    expect(own.lostAfterMs).toBe(5_000);
    const never = translated({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }).job;
    expect(never.enforcesStop).toBe(true);
    expect(translated({}, { lostAfterMs: 9_000 }).job.policy.onDisconnect.lostAfterMs).toBe(9_000);
  });

  it('reserves memory, and has its cores and GPUs compared', () => {
    const { job } = translated({ memory: 128, vcpus: 2, vgpus: 1 });
    expect(job.resources).toEqual({ cpuMillis: 0, memoryMiB: 128 });
    expect(job.constraints).toEqual([
      { type: 'size', resources: { cpuMillis: 2_000, memoryMiB: 0, gpus: 1 } },
    ]);
  });

  it.each([
    [1, 2_000],
    [4, 500],
    [1.5, 1_334],
  ])('reserves its cores where a core is given away %d times', (cpuOvercommit, cpuMillis) => {
    expect(translated({ vcpus: 2 }, { cpuOvercommit }).job.resources.cpuMillis).toBe(cpuMillis);
  });

  it.each<[string, JsonObject, unknown[]]>([
    ['a machine', { node: 'n1' }, [{ type: 'host', hosts: ['n1'] }]],
    ['one of several', { node: ' n1;n2; ' }, [{ type: 'host', hosts: ['n1', 'n2'] }]],
    ['of this cluster', { cluster: 'edge', node: 'n1' }, [{ type: 'host', hosts: ['n1'] }]],
    ['any', { node: '' }, []],
    ['any of this cluster', { cluster: 'edge' }, []],
    ['any, by null', { cluster: null, node: null }, []],
  ])('goes to %s by `direct`', (_, rule, constraints) => {
    const { job } = translated({ constraints: [{ type: 'direct', ...rule }] });
    expect(job.constraints).toEqual(constraints);
    expect(refusal({ constraints: [{ type: 'direct', ...rule }] })).toBeNull();
  });

  it('asks for add-ons, drivers, architectures and a place', () => {
    const asks = {
      constraints: [
        { type: 'addons', needs: ['x'] },
        { type: 'clusters', allowed: ['edge', 'other'] },
        { type: 'geo', location: '11.6;48.2', threshold: 12.5, rigidness: 1 },
      ],
      arch: ['amd64', 'arm64'],
      volumes: [
        { volume_id: 'a', csi_driver: 'csi.x', mount_path: '/a', config: { k: 'v' } },
        { volume_id: 'b', csi_driver: 'csi.x', mount_path: '/b' },
      ],
    };
    const place = { latitude: 48_200_000, longitude: 11_600_000 };
    expect(translated(asks).job.constraints).toEqual([
      { type: 'addons', needs: ['x'] },
      { type: 'geo', place, withinMetres: 12_500, cluster: munich },
      { type: 'architectures', allowed: ['amd64', 'arm64'] },
      { type: 'drivers', needs: ['csi.x'] },
    ]);
    expect(refusal(asks)).toBeNull();
  });

  it.each(['unikernel', 'crosvm', 'runc'])('runs with what its root calls %s', (virtualization) => {
    expect(translated({ virtualization }).job.technology).toBe(virtualization);
  });

  it('calls a container docker, and an image code', () => {
    expect(translated({ virtualization: 'container' }).job.technology).toBe('docker');
    expect(translated({ image: null, code: 'r.io/i:1' }).job.image).toBe('r.io/i:1');
    expect(refusal({ image: null, code: 'r.io/i:1' })).toBeNull();
  });

  it('is for workers of ours what it is for its own, where it can be', () => {
    const said = { cmd: ['sh', '-c', 'x'], environment: ['A=1', 'B='] };
    expect(documentOf(said)).toMatchObject(said);
    expect(documentOf({ environment: ['noname'] })).not.toHaveProperty('environment');
    expect(refusal({ environment: ['noname'] })).toBeNull();
  });

  it('is the same whatever its root writes anew with each order', () => {
    const again = { instance_list: [{ instance_number: 7 }], next_instance_progressive_number: 8 };
    expect(translated(again).bodyHash).toBe(translated().bodyHash);
    expect(translated({ memory: 1 }).bodyHash).not.toBe(translated().bodyHash);
  });
});

const wrong = { text: 1, number: '64', list: 'x', flag: 'yes' } as const;

describe('What a root describes and nobody can place or run', () => {
  it.each<[string, unknown, RegExp]>([
    ['job_name', wrong.text, /job_name is 1, not a text/],
    ['job_name', null, /job_name is missing/],
    ['job_name', '', /job_name is ""/],
    ['job_name', 'x'.repeat(70), /job_name makes .* at most 76/],
    ['job_name', 'a..b', /job_name makes "a\.\.b\.instance\.0" the container's id/],
    ['virtualization', wrong.text, /virtualization is 1, not a text/],
    ['virtualization', null, /virtualization is missing, not the name of a runtime/],
    ['virtualization', '', /virtualization is ""/],
    ['image', wrong.text, /image is 1, not a text/],
    ['image', ' ', /image is " "/],
    ['image', 'nginx', /image is "nginx"; it needs its registry and its tag/],
    ['image', 'nginx:alpine', /it needs its registry and its tag/],
    ['image', 'docker.io/library/nginx', /it needs its registry and its tag/],
    ['memory', wrong.number, /memory is "64", not a whole number from 0 to/],
    ['memory', 1.5, /memory is 1.5/],
    ['memory', -1, /memory is -1/],
    ['memory', 1e15, /memory is 1000000000000000/],
    ['vcpus', 0.5, /vcpus is 0.5/],
    ['vcpus', [1], /vcpus is \[1\]/],
    ['vgpus', '1', /vgpus is "1"/],
    ['vtpus', '1', /vtpus is "1"/],
    ['storage', true, /storage is true/],
    ['bandwidth_in', {}, /bandwidth_in is \{\}/],
    ['bandwidth_out', '1', /bandwidth_out is "1"/],
    ['target_node', 1, /target_node is 1, not a text/],
    ['port', 8080, /port is 8080, not a text/],
    ['platform', 1, /platform is 1/],
    ['one_shot', wrong.flag, /one_shot is "yes", not true or false/],
    ['privileged', 1, /privileged is 1/],
    ['cmd', wrong.list, /cmd is "x", not a list/],
    ['cmd', ['x', 1], /cmd is \["x",1\], not a list of texts/],
    ['environment', {}, /environment is \{\}, not a list/],
    ['vm_images', 'x', /vm_images is "x"/],
    ['arch', 'amd64', /arch is "amd64", not a list/],
    ['arch', [1], /arch\.0 is 1/],
    ['volumes', {}, /volumes is \{\}/],
    ['volumes', ['x'], /volumes\.0 is "x", not an object/],
    ['volumes', [{ csi_driver: 1 }], /volumes\.0\.csi_driver is 1/],
    ['volumes', [{ volume_id: 1 }], /volumes\.0\.volume_id is 1/],
    ['volumes', [{ mount_path: [] }], /volumes\.0\.mount_path is \[\]/],
    ['volumes', [{ config: { a: 1 } }], /volumes\.0\.config is .*not an object of texts/],
    ['connectivity', 'x', /connectivity is "x"/],
    ['connectivity', ['x'], /connectivity\.0 is "x"/],
    ['constraints', {}, /constraints is \{\}/],
    ['constraints', [null], /constraints\.0 is null, not an object/],
    ['constraints', [{ type: 'direct', node: 1 }], /constraints\.0\.node is 1/],
    ['constraints', [{ type: 'direct', cluster: 1 }], /constraints\.0\.cluster is 1/],
    ['constraints', [{ type: 'direct', cluster: 'x' }], /names the cluster x; this one is edge/],
    ['constraints', [{ type: 'clusters', allowed: ['x'] }], /allows x; this cluster is edge/],
    ['constraints', [{ type: 'clusters', allowed: 'x' }], /allowed is "x"/],
    ['constraints', [{ type: 'addons', needs: [1] }], /needs\.0 is 1/],
    ['constraints', [{ type: 'geo', location: 'Munich', threshold: 1 }], /location is "Munich"/],
    ['constraints', [{ type: 'geo', location: '1;2' }], /threshold is missing/],
    ['constraints', [{ type: 'geo', location: '1;2', threshold: '3' }], /threshold is "3"/],
    ['onDisconnect', 'x', /onDisconnect is "x"/],
    ['onDisconnect', { lostAfterMs: 1 }, /onDisconnect\.lostAfterMs is 1/],
    ['onDisconnect', { stopOnWorkerAfterMs: 'x' }, /stopOnWorkerAfterMs is "x"/],
  ])('is taken, and told: %s %j', (name, value, told) => {
    const more = name === 'image' ? { code: null, [name]: value } : { [name]: value };
    expect(refusal(more as JsonObject)).toMatch(told);
  });

  it.each([
    ['docker', 50, undefined],
    ['docker', 58, 100_000_000],
    ['docker', 64, 100],
    ['docker', 65, 10],
    ['unikernel', 65, undefined],
  ])('of %s, by a name of %d characters, has numbers below %s', (virtualization, length, below) => {
    const document = documentOf({ virtualization, job_name: 'x'.repeat(length) });
    expect(document['numbersBelow']).toBe(below);
    expect(document).not.toHaveProperty('refused');
  });

  it('is told all at once', () => {
    const detail = refusal({ memory: 'x', port: 1 });
    expect(detail).toMatch(
      /^It cannot be placed: memory is "x".*; port is 1.*Correct it at the root\.$/,
    );
  });

  it('is told in no more words than can be read', () => {
    const constraints = Array.from({ length: 200 }, () => 1);
    expect(refusal({ constraints })).toMatch(/and 192 more/);
  });
});

describe('A wish that nobody here looks at', () => {
  it.each<[JsonObject, RegExp]>([
    [{ constraints: [{ type: 'latency', area: 'x', threshold: 5 }] }, /constraints\.0 \(latency\)/],
    [{ constraints: [{ type: 'moon' }] }, /constraints\.0 is of the type "moon"/],
    [{ constraints: [{}] }, /constraints\.0 is of the type missing/],
    [{ connectivity: [{ target_microservice_id: 'x', con_constraints: [] }] }, /connectivity/],
    [{ bandwidth_in: 100 }, /bandwidth_in \(100 kbit\/s\)/],
    [{ bandwidth_out: 100 }, /bandwidth_out/],
    [{ storage: 5 }, /storage \(5 MB\)/],
    [{ vtpus: 1 }, /vtpus/],
    [{ target_node: 'pi' }, /target_node \(pi\) is not looked at: direct names a machine/],
  ])('%j is stated, or keeps the service from being placed', (more, told) => {
    expect(refusal(more)).toBeNull();
    expect(documentOf(more)['warnings']).toEqual([expect.stringMatching(told)]);
    expect(refusal(more, { unkept: 'refuse' })).toMatch(told);
    expect(documentOf(more, { unkept: 'refuse' })).not.toHaveProperty('warnings');
  });

  it('is none where nothing is wished', () => {
    const nothing = {
      connectivity: [],
      bandwidth_in: 0,
      storage: 0,
      vtpus: 0,
      target_node: '',
      constraints: [],
    };
    expect(documentOf(nothing)).not.toHaveProperty('warnings');
  });
});
