import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Judge } from './judge.js';
import type { Verdict } from './simulation.js';
import { verdictsOf } from './testing/verdicts.js';
import { World } from './world.js';

/** Seeds that once broke a promise, and what was wrong. What they do changes with the code around. */
const found: readonly (readonly [number, string])[] = [
  [59, 'a deploy acknowledged after its withdrawal made a pending instance "running" nowhere'],
  [18, 'instances started again after a reboot stayed "starting" until the next full report'],
  [325, 'a delete whose last word was lost with the manager kept its job for five minutes'],
  [82, 'a reopened order of a withdrawn placement made its instance "placed" again'],
  [655, 'an update waited for a stop whose acknowledgement was lost with the broker'],
  [5170, 'a node called lost whose connection had outlived its silence was never asked again'],
  [10306, 'a replacement that was lost as well ran on beside the original that had come back'],
  [984, 'a scale-down waited for a stop whose acknowledgement was lost'],
];

describe('A simulated cluster', () => {
  let verdicts: readonly Verdict[] = [];

  beforeAll(async () => {
    const seeds = found.map(([seed]) => seed);
    verdicts = await verdictsOf([...seeds, ...seeds.slice(0, 1)].map(seedArgument));
  }, 600_000);

  it('is the same run every time, to the last hash', () => {
    const [first, other] = verdicts;
    expect(verdicts.at(-1)).toEqual(first);
    expect(other?.hash).not.toBe(first?.hash);
    expect(first?.commits).toBeGreaterThan(100);
    expect(first?.faults.length).toBeGreaterThan(10);
  });

  it.each(found)('keeps the promise that seed %i once broke: %s', (seed) => {
    const verdict = verdicts.find((one) => one.seed === seed);
    expect(verdict).toMatchObject({ seed, violation: null });
  });
});

describe('The judge', () => {
  const address = { job: 'j', instance: 0, generation: 1 };

  it('does not let pass what was never ordered', () => {
    const judge = new Judge(new World(1));
    judge.started('a', address);
    expect(judge.violation?.message).toContain('never ordered');
  });

  it('does not let pass a stop that nobody ordered', () => {
    const judge = ordered();
    judge.started('a', address);
    judge.stopped('a', address);
    expect(judge.violation?.message).toContain('nobody had ordered it');
  });

  it('does not let pass a second start of what must never run twice', () => {
    const judge = ordered({ stopOnWorkerAfterMs: 10_000 });
    judge.started('a', address);
    expect(judge.isQuiet).toBe(true);
    judge.started('b', address);
    expect(judge.violation?.message).toContain('while j/0/1 runs on a');
  });

  /** Job `j` is submitted, and ordered on a and on b. */
  function ordered(onDisconnect: object = {}): Judge {
    const judge = new Judge(new World(1));
    const state = { nodes: new Map(), placements: new Map() };
    const policy = { onDisconnect: { stopOnWorkerAfterMs: null, ...onDisconnect } };
    const submitted = { type: 'JobSubmitted', stream: 'jobs/j', data: { policy } };
    const issued = (nodeId: string) => ({
      ...{ type: 'CommandIssued', stream: 'jobs/j' },
      data: { kind: 'deploy', nodeId, instance: 0, generation: 1 },
    });
    const events = [submitted, issued('a'), issued('b')];
    judge.committed(
      events as unknown as Parameters<Judge['committed']>[0],
      state as unknown as Parameters<Judge['committed']>[1],
    );
    return judge;
  }
});

function seedArgument(seed: number): string {
  return `--seed=${seed}`;
}
