import { describe, expect, it } from '@jest/globals';
import { readHeartbeat, readInstances, readWord } from './reports.js';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const wrongTypes: readonly unknown[] = ['x', -1, true, {}, [], [1], { a: 1 }, 1e300];

/** As a worker sends it: all but the first of its members are there and empty. */
const heartbeat = {
  ...{ ip: '10.0.0.7', cpu_percent: 12.345, vcpus: 4, memory_percent: 50, memory: 3_000 },
  ...{ gpu_driver: '-', gpu_temp: 0, gpu_usage: 0, vram: 0, vram_percent: 0, vgpus: 0 },
  ...{ id: '', host: '', port: '', system_info: null, architecture: '', disk_info: null },
  ...{ virtualization: null, supported_addons: null, csi_drivers: null, Overlay: false },
};

describe('A heartbeat', () => {
  it('is a reading of the machine: its empty members are not looked at', () => {
    expect(readHeartbeat(bytes(heartbeat))).toEqual({
      ok: true,
      value: {
        ...{ cpu: 1_235, memory: 5_000, freeMemory: 3_000 },
        ...{ incarnation: null, sequence: null, instances: null, at: null },
      },
    });
  });

  it('says what the graphics cards of a machine do, where it has some', () => {
    const has = { vgpus: 2, gpu_usage: 25.5, gpu_temp: 61, vram: 8_000, vram_percent: 40 };
    const gpus = { percent: 25.5, temperature: 61, vram: 8_000, vramPercent: 40 };
    expect(readHeartbeat(bytes({ ...heartbeat, ...has }))).toMatchObject({ value: { gpus } });
    const broken = { vgpus: 1, gpu_usage: 101, gpu_temp: 'hot', vram: -1, vram_percent: null };
    expect(readHeartbeat(bytes({ ...heartbeat, ...broken }))).toMatchObject({
      value: { cpu: 1_235, gpus: { percent: null, temperature: null, vram: null } },
    });
  });

  it.each(
    ['cpu_percent', 'memory_percent'].flatMap((member) =>
      [...wrongTypes, null, ''].map((value) => [member, value] as const),
    ),
  )('with %s %j is a reading without it, and says so', (member, value) => {
    expect(readHeartbeat(bytes({ ...heartbeat, [member]: value }))).toMatchObject({
      ok: true,
      value: { [member === 'cpu_percent' ? 'cpu' : 'memory']: value === -1 ? 0 : null },
      ...(value === -1 ? {} : { leftOut: [{ code: 'invalid-field', field: member }] }),
    });
  });

  it('takes any other member as it is', () => {
    for (const member of Object.keys(heartbeat)) {
      if (member.endsWith('u_percent') || member === 'memory_percent') continue;
      for (const value of wrongTypes) {
        const read = readHeartbeat(bytes({ ...heartbeat, [member]: value }));
        expect(read).toMatchObject({ value: { cpu: 1_235, memory: 5_000 } });
      }
    }
  });
});

const entry = {
  ...{ cpu_percent: '1.5', memory_percent: '0.25', disk: '4096', logs: 'hello' },
  ...{ job_name: 'a.b.c.d', virtualization: 'docker', instance: 3 },
};

describe('What a runtime runs', () => {
  it('is each instance, with what it uses and the end of what it wrote', () => {
    expect(readInstances(bytes({ services: [entry] }))).toEqual({
      ok: true,
      value: {
        instances: [
          {
            ...{ name: 'a.b.c.d', instance: 3, status: 'running', log: 'hello' },
            usage: { cpu: '1.5', memory: '0.25', disk: '4096' },
          },
        ],
        doubtful: [],
      },
    });
  });

  it('may be nothing', () => {
    for (const services of [[], null]) {
      const value = { instances: [], doubtful: [] };
      expect(readInstances(bytes({ services }))).toEqual({ ok: true, value });
    }
  });

  it.each([
    [undefined, 'running'],
    ['RUNNING', 'running'],
    ['INSTANTIATION', 'starting'],
    ['SOMETHING_LATER', 'starting'],
    [7, 'starting'],
  ])('with the status %j is %s', (status, is) => {
    expect(readInstances(bytes({ services: [{ ...entry, status }] }))).toMatchObject({
      value: { instances: [{ status: is }] },
    });
  });

  it('says what it uses in numbers, written out or not', () => {
    const read = readInstances(bytes({ services: [{ ...entry, cpu_percent: '', disk: 7 }] }));
    const usage = { cpu: '', memory: '0.25', disk: '7' };
    expect(read).toMatchObject({ value: { instances: [{ usage }] } });
  });

  it('says nothing where it says empty texts', () => {
    const empty = { ...entry, cpu_percent: '', memory_percent: '', disk: '', logs: '' };
    const read = readInstances(bytes({ services: [empty] }));
    expect(read).toMatchObject({ ok: true, value: { instances: [{ usage: null }] } });
    expect(read).not.toHaveProperty('leftOut');
  });

  it.each(
    ['cpu_percent', 'memory_percent', 'disk', 'logs'].flatMap((member) =>
      wrongTypes
        .filter((value) => value !== (member === 'logs' ? 'x' : 1e300))
        .map((value) => [member, value] as const),
    ),
  )('is taken without %s %j, which is named', (member, value) => {
    expect(readInstances(bytes({ services: [{ ...entry, [member]: value }] }))).toMatchObject({
      ok: true,
      value: { instances: [{ name: 'a.b.c.d', instance: 3 }], doubtful: [] },
      leftOut: [{ code: 'invalid-field', field: `services.0.${member}` }],
    });
  });

  it.each([
    ...wrongTypes.map((value) => ['instance', value] as const),
    ...[...wrongTypes, '', 'x'.repeat(300)]
      .filter((value) => value !== 'x')
      .map((value) => ['job_name', value] as const),
  ])('is taken without an entry whose %s is %j, which is named', (member, value) => {
    const services = [entry, { ...entry, [member]: value }, { ...entry, instance: 4 }];
    expect(readInstances(bytes({ services }))).toMatchObject({
      ok: true,
      value: { instances: [{ instance: 3 }, { instance: 4 }] },
      leftOut: [{ code: 'invalid-field', field: `services.1.${member}` }],
    });
  });

  it.each([
    [
      { ...entry, instance: '3' },
      { name: 'a.b.c.d', instance: null },
    ],
    [
      { ...entry, job_name: 7 },
      { name: null, instance: 3 },
    ],
    [{}, { name: null, instance: null }],
    [7, { name: null, instance: null }],
  ])('that has %j may have what cannot be read of it', (broken, doubt) => {
    expect(readInstances(bytes({ services: [broken, entry] }))).toMatchObject({
      value: { instances: [{ instance: 3 }], doubtful: [doubt] },
    });
  });

  it.each([
    { ...entry, instance: -1 },
    { ...entry, instance: 1.5 },
    { ...entry, job_name: '' },
  ])('that has %j has something that nobody can have ordered', (foreign) => {
    const read = readInstances(bytes({ services: [foreign] }));
    expect(read).toMatchObject({ value: { instances: [], doubtful: [] }, leftOut: [{}] });
  });

  it('may have anything where much of it cannot be read', () => {
    const services = Array.from({ length: 2_000 }, (_each, job_name) => ({ ...entry, job_name }));
    const read = readInstances(bytes({ services }));
    const doubtful = read.ok ? read.value.doubtful : [];
    expect(doubtful).toContainEqual({ name: null, instance: null });
    expect(doubtful.length).toBeLessThan(20);
  });

  it.each([...wrongTypes, undefined].filter((value) => !Array.isArray(value)))(
    'is no list: %j',
    (services) => {
      expect(readInstances(bytes({ services }))).toMatchObject({
        refusal: { code: 'invalid-field', field: 'services' },
      });
    },
  );

  it('is read where a log is binary, and where it is long', () => {
    const logs = `${'\u0000\uFFFDé'.repeat(500)}END`;
    const read = readInstances(bytes({ services: [{ ...entry, logs }] }));
    const log = expect.stringMatching(/END$/);
    expect(read).toMatchObject({ value: { instances: [{ log }] } });
    const many = Array.from({ length: 100 }, (_each, instance) => ({ ...entry, instance }));
    expect(readInstances(bytes({ services: many }))).toMatchObject({ ok: true });
  });
});

const word = {
  ...{ sname: 'a.b.c.d', status: 'FAILED', status_detail: 'no such image', instance: 3 },
  publicip: '10.0.0.7',
};

describe('A word of an instance', () => {
  it.each([
    ['INSTANTIATION', 'starting'],
    ['CREATED', 'created'],
    ['RUNNING', 'running'],
    ['FAILED', 'failed'],
    ['DEAD', 'ended'],
    ['COMPLETED', 'completed'],
    ['UNDEPLOYED', 'stopping'],
  ])('%s says %s', (status, says) => {
    expect(readWord(bytes({ ...word, status }))).toEqual({
      ok: true,
      value: {
        ...{ name: 'a.b.c.d', instance: 3, says },
        ...{ detail: 'no such image', publicIp: '10.0.0.7' },
      },
    });
  });

  it.each(
    (['sname', 'status', 'instance'] as const).flatMap((member) =>
      [...wrongTypes, undefined, null, '']
        .filter((value) => !(member === 'sname' && value === 'x'))
        .map((value) => [member, value] as const),
    ),
  )('is refused with %s %j', (member, value) => {
    expect(readWord(bytes({ ...word, [member]: value }))).toMatchObject({
      ok: false,
      refusal: { code: 'invalid-field', field: member },
    });
  });

  it.each(
    (['status_detail', 'publicip'] as const).flatMap((member) =>
      wrongTypes.filter((value) => value !== 'x').map((value) => [member, value] as const),
    ),
  )('is taken without %s %j, which is named', (member, value) => {
    expect(readWord(bytes({ ...word, [member]: value }))).toMatchObject({
      ...{ ok: true, value: { says: 'failed' }, leftOut: [{ field: member }] },
    });
  });

  it.each(['null', '[]', '7', '', '{', '\u0000'])('is no message: %j', (payload) => {
    expect(readWord(Buffer.from(payload))).toMatchObject({ refusal: { code: 'invalid-json' } });
  });
});
