import { beforeEach, describe, expect, it } from '@jest/globals';
import { healthCheckOf, type HealthCheck } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { HealthChecks } from './health-checks.js';

interface Look {
  readonly name: string;
  readonly atMs: number;
  well(): void;
  fails(problem: string): void;
  cannotBeMade(): void;
}

interface Watched {
  readonly name: string;
  readonly job: string;
}

let ports: SimulatedPorts;
let checks: HealthChecks<Watched>;
let looks: Look[];
let told: string[];

beforeEach(() => {
  ports = simulatedPorts();
  looks = [];
  told = [];
  checks = new HealthChecks<Watched>({
    ports,
    look: ({ name }) =>
      new Promise((resolve, reject) => {
        const atMs = ports.clock.monotonicMs();
        looks.push({
          name,
          atMs,
          well: () => resolve(null),
          fails: resolve,
          cannotBeMade: () => reject(new Error('the engine is away')),
        });
      }),
    changed: ({ name }, { status, reason }) =>
      told.push([name, status, reason].filter((each) => each !== null).join(' ')),
  });
});

const web = { name: 'web', job: 'web' };

describe('Health checks', () => {
  it('tell of a change, and not of each look', async () => {
    expect(checks.watch(web, checkOf({ intervalMs: 5_000 }), true)).toMatchObject({
      status: 'starting',
    });
    for (let count = 0; count < 4; count += 1) {
      await ports.advance(5_000);
      looks.at(-1)?.well();
    }
    await ports.advance(0);
    expect(looks).toHaveLength(4);
    expect(told).toEqual(['web healthy']);
    for (let count = 0; count < 5; count += 1) {
      await ports.advance(5_000);
      looks.at(-1)?.fails('answered 503');
    }
    await ports.advance(0);
    expect(told).toEqual([
      'web healthy',
      'web unhealthy health check failed 3 times: answered 503',
    ]);
  });

  it('look soon after a start, and then an interval after the end of the last look', async () => {
    checks.watch(web, checkOf({ intervalMs: 60_000 }), true);
    await ports.advance(1_000);
    expect(looks).toHaveLength(1);
    await ports.advance(120_000);
    expect(looks).toHaveLength(1);
    looks[0]?.well();
    await ports.advance(59_999);
    expect(looks).toHaveLength(1);
    await ports.advance(1);
    expect(looks).toHaveLength(2);
  });

  it('look often while it starts: who waits for it does not wait for an interval', async () => {
    checks.watch(web, checkOf({ intervalMs: 60_000, startPeriodMs: 30_000 }), true);
    await ports.advance(1_000);
    looks[0]?.fails('not yet');
    await ports.advance(2_000);
    expect(looks).toHaveLength(2);
    expect(told).toEqual([]);
  });

  it('take nothing from a look that could not be made', async () => {
    checks.watch(web, checkOf({ intervalMs: 1_000, retries: 1 }), false);
    for (let count = 0; count < 10; count += 1) {
      await ports.advance(1_000);
      looks.at(-1)?.cannotBeMade();
    }
    await ports.advance(0);
    expect(told).toEqual([]);
    expect(checks.counts).toEqual({ passed: 0, failed: 0, unclear: 10 });
  });

  it('spread what a start of the worker found over its interval, a few at a time', async () => {
    const found = Array.from({ length: 100 }, (_, index) => ({
      ...{ name: `web-${index}`, job: `job-${index}` },
    }));
    for (const each of found) checks.watch(each, checkOf({ intervalMs: 10_000 }), false);
    await ports.advance(10_000);
    // Nobody answers: those that wait for their turn are not looked at beside them.
    expect(looks).toHaveLength(16);
    expect(new Set(looks.map(({ atMs }) => atMs)).size).toBeGreaterThan(8);
    while (looks.length < 100) {
      for (const look of looks) look.well();
      await ports.advance(0);
    }
    expect(new Set(looks.map(({ name }) => name)).size).toBe(100);
  });

  it('of a job that takes its time hold up no other job', async () => {
    const check = checkOf({ intervalMs: 1_000 });
    for (let index = 0; index < 40; index += 1) {
      checks.watch({ name: `slow-${index}`, job: 'slow' }, check, true);
    }
    await ports.advance(1_000);
    expect(looks).toHaveLength(4);
    checks.watch(web, check, true);
    await ports.advance(1_000);
    expect(looks.map(({ name }) => name)).toContain('web');
    looks[0]?.well();
    await ports.advance(0);
    expect(looks.filter(({ name }) => name !== 'web')).toHaveLength(5);
  });

  it('look no more at what is not watched, whatever a look that is under way finds', async () => {
    checks.watch(web, checkOf({ intervalMs: 1_000 }), true);
    await ports.advance(1_000);
    checks.forget(web);
    looks[0]?.well();
    await ports.advance(10_000);
    expect(looks).toHaveLength(1);
    expect(told).toEqual([]);
  });
});

function checkOf(rules: object): HealthCheck {
  const check = healthCheckOf({ health: { tcp: { port: 80 }, ...rules } });
  if (check === null) throw new Error('these are no rules');
  return check;
}
