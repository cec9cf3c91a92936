import { describe, expect, it } from '@jest/globals';
import { runPartOf } from './run-part.js';

describe('How an instance runs', () => {
  const job = { id: 'web', name: 'web', image: 'web:1', technology: 'docker' };

  it('is the same however its environment and command are written', () => {
    const one = { ...job, cmd: ['a', 'b'], environment: ['B=2', 'A=1'] };
    const other = { ...job, command: ['a', 'b'], environment: { A: 1, B: '2' } };
    expect(runPartOf(one)).toEqual(runPartOf(other));
  });

  it('is the same however its resources, ports and volumes are written', () => {
    const one = {
      ...{ resources: { cpu: '0.5', memory: '1Gi' }, ports: ['8080:80'], volumes: ['d:/d:ro'] },
      ...{ command: ['a'], args: ['b'] },
    };
    const other = {
      resources: { cpuMillis: 500, memoryMiB: 1_024 },
      ports: [{ port: 80, published: 8_080, protocol: 'tcp' }],
      volumes: [{ volume: 'd', target: '/d', readOnly: true }],
      cmd: ['a', 'b'],
    };
    expect(runPartOf({ ...job, ...one })).toEqual(runPartOf({ ...job, ...other }));
  });

  it('holds what a document of before has in a field that was not known then', () => {
    expect(runPartOf({ ...job, health: 'good' })).toMatchObject({ health: 'good' });
  });

  it('holds what we do not know: the worker may', () => {
    expect(runPartOf({ ...job, odd: [80] })).toMatchObject({ image: 'web:1', odd: [80] });
  });

  it.each([
    { count: 3 },
    { labels: { team: 'shop' } },
    { nodeLabels: { zone: 'north' } },
    { restart: { limit: 1 } },
    { onDisconnect: { lostAfterMs: 1_000 } },
  ])('is the same wherever, however often and whatever then (%j)', (more) => {
    expect(runPartOf({ ...job, ...more })).toEqual(runPartOf(job));
  });

  it.each([
    { image: 'web:2' },
    { resources: { cpuMillis: 7 } },
    { network: 'bridge' },
    { args: ['x'] },
    { user: 'app' },
    { ports: ['80'] },
    { onDisconnect: { stopOnWorkerAfterMs: 10_000 } },
  ])('is told by what its worker must know (%j)', (more) => {
    expect(runPartOf({ ...job, ...more })).not.toEqual(runPartOf(job));
  });
});
