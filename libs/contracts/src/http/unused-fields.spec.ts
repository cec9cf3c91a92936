import { describe, expect, it } from '@jest/globals';
import { nearestOf } from './nearest-field.js';
import { warningsOf } from './unused-fields.js';

const job = { name: 'web', image: 'web:1', technology: 'docker' };

describe('A field of a job document that nothing looks at', () => {
  it.each([
    ['replicas', 'count'],
    ['env', 'environment'],
    ['restrat', 'restart'],
    ['onDisconect', 'onDisconnect'],
    ['ondisconnect', 'onDisconnect'],
    ['oneshot', 'one_shot'],
    ['Image', 'image'],
    ['nodeSelector', 'nodeLabels'],
    ['volume', 'volumes'],
    ['healthcheck', 'health'],
    ['team', null],
    ['__proto', null],
    ['constructor', null],
  ])('is named with the known one that is nearest (%s: %s)', (field, nearest) => {
    expect(warningsOf({ ...job, [field]: 1 }).warnings).toMatchObject([{ field, nearest }]);
  });

  it('is named where it lies deeper', () => {
    const resources = { cpus: 500, memoryMib: 64, cpuMillis: 500 };
    const constraints = [
      { type: 'direct', node: 'a' },
      { type: 'direct', node: 'b', nodes: [] },
    ];
    expect(warningsOf({ ...job, resources, constraints }).warnings).toMatchObject([
      { field: 'resources.cpus', nearest: 'cpu' },
      { field: 'resources.memoryMib', nearest: 'memoryMiB' },
      { field: 'constraints.1.nodes', nearest: 'node' },
    ]);
  });

  it('is no news in a document that has none', () => {
    const whole = { ...job, id: 'web', count: 1, resources: {}, cmd: ['x'], environment: {} };
    expect(warningsOf({ ...whole, labels: {}, restart: {}, network: 'none' })).toEqual({});
  });

  it('is named up to a limit', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`odd${at}`, at]));
    expect(warningsOf({ ...job, ...many }).warnings).toHaveLength(32);
  });
});

describe('The image of a process whose command is given', () => {
  const process = { ...job, technology: 'process', cmd: ['/bin/sleep', '60'] };

  it('is said not to be run', () => {
    expect(warningsOf(process).warnings).toMatchObject([{ field: 'image', nearest: 'cmd' }]);
  });

  it('may be the program itself', () => {
    expect(warningsOf({ ...process, image: '/bin/sleep' })).toEqual({});
  });
});

describe('A known field that does nothing in a document', () => {
  it.each([
    [{ cmd: ['x'], command: ['y'] }, 'command', 'cmd'],
    [{ technology: 'process', network: 'bridge' }, 'network', null],
    [{ technology: 'simulated', network: 'bridge' }, 'network', null],
    [{ simulate: { startMs: 5 } }, 'simulate', null],
  ])('(%j) is named', (more, field, nearest) => {
    expect(warningsOf({ ...job, ...more }).warnings).toMatchObject([{ field, nearest }]);
  });

  it('is no news where it is used, or is null', () => {
    expect(warningsOf({ ...job, network: 'bridge', command: ['x'], simulate: null })).toEqual({});
    expect(warningsOf({ ...job, technology: 'simulated', simulate: {} })).toEqual({});
  });
});

describe('An update with a new one beside the old one', () => {
  const update = { surge: 1 };

  it.each([[['data:/data']], [['/etc/x:/x:ro', { hostPath: '/srv', target: '/srv' }]]])(
    'is warned of where both would write to a volume (%j)',
    (volumes) => {
      expect(warningsOf({ ...job, update, volumes }).warnings).toMatchObject([
        { field: 'update.surge', detail: expect.stringContaining('both may write to it') },
      ]);
    },
  );

  it.each([
    { update, volumes: ['data:/data:ro'] },
    { update, volumes: [] },
    { update: { surge: 0 }, volumes: ['data:/data'] },
    { volumes: ['data:/data'] },
  ])('is no news in %j', (more) => {
    expect(warningsOf({ ...job, ...more })).toEqual({});
  });
});

describe('The nearest of known names', () => {
  it('is none where all are far', () => {
    expect(nearestOf('x'.repeat(10_000), ['worker'])).toBeNull();
    expect(nearestOf('to', ['worker'])).toBe('worker');
  });
});
