import { describe, expect, it } from '@jest/globals';
import { runPartOf } from './run-part.js';

describe('How an instance runs', () => {
  const job = { id: 'web', name: 'web', image: 'web:1', technology: 'docker' };

  it('is the same however its environment and command are written', () => {
    const one = { ...job, cmd: ['a', 'b'], environment: ['B=2', 'A=1'] };
    const other = { ...job, command: ['a', 'b'], environment: { A: 1, B: '2' } };
    expect(runPartOf(one)).toEqual(runPartOf(other));
  });

  it('holds what we do not know: the worker may', () => {
    expect(runPartOf({ ...job, ports: [80] })).toMatchObject({ image: 'web:1', ports: [80] });
  });

  it.each([
    { count: 3 },
    { labels: { zone: 'north' } },
    { restart: { limit: 1 } },
    { onDisconnect: { lostAfterMs: 1_000 } },
  ])('is the same wherever, however often and whatever then (%j)', (more) => {
    expect(runPartOf({ ...job, ...more })).toEqual(runPartOf(job));
  });

  it.each([
    { image: 'web:2' },
    { resources: { cpuMillis: 7 } },
    { network: 'bridge' },
    { onDisconnect: { stopOnWorkerAfterMs: 10_000 } },
  ])('is told by what its worker must know (%j)', (more) => {
    expect(runPartOf({ ...job, ...more })).not.toEqual(runPartOf(job));
  });
});
