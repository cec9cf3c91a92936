import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Ack, CommandKind, Control } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { Leases } from '../lease/leases.js';
import { nothingRemembered, type Remembered } from '../memory/worker-store.port.js';
import type { Runtime } from '../runtimes/runtime.port.js';
import { SimulatedRuntime } from '../runtimes/simulated.runtime.js';
import { ManualRuntime } from '../runtimes/testing/manual.runtime.js';
import { Instances } from './instances.js';

const limitMs = 20_000;
const graceMs = 5_000;
const ranOut = 'lease ran out: no grant for 20000 ms';

let ports: SimulatedPorts;
let leases: Leases;
let instances: Instances;
/** What was told, with the simulated second: acknowledgements, news and wishes for a grant. */
let told: string[];
/** What is durable. */
let kept: Remembered;
let sequence: number;

beforeEach(() => {
  ports = simulatedPorts();
  leases = new Leases(ports.clock);
  told = [];
  kept = nothingRemembered;
  sequence = 0;
});

describe('An instance that lives on grants, when it is ordered', () => {
  let runtime: SimulatedRuntime;
  beforeEach(() => {
    runtime = new SimulatedRuntime(0, ports);
    open(runtime);
  });

  it('waits for a grant, asks for one, and says that it goes on', async () => {
    void instances.obey(order('deploy', 'c1'));
    await ports.advance(5_000);
    expect(told).toEqual([
      '0 s: c1 received',
      '0 s: a grant is needed',
      '2 s: c1 progress (waiting for a grant)',
      '4 s: c1 progress (waiting for a grant)',
    ]);
    expect(running(runtime)).toEqual([]);
    expect(statuses()).toEqual(['web/0/1 starting']);
  });

  it('starts with the grant, and says no more that it waits', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    await ports.advance(1_000);
    grant();
    await done;
    expect(running(runtime)).toEqual(['web/0/1']);
    expect(told.at(-1)).toBe('1 s: c1 succeeded');
    const before = told.length;
    await ports.advance(10_000);
    expect(told).toHaveLength(before);
  });

  it('starts at once where a grant leaves enough time', async () => {
    grant();
    await ports.advance(10_000);
    await instances.obey(order('deploy', 'c1'));
    expect(running(runtime)).toEqual(['web/0/1']);
  });

  it('is remembered as wanted while it waits', async () => {
    void instances.obey(order('deploy', 'c1'));
    await ports.advance(0);
    expect(kept.instances).toMatchObject([{ instance: 0, generation: 1, status: 'wanted' }]);
  });

  it('is not started by a grant that comes behind its delete', async () => {
    const deploying = instances.obey(order('deploy', 'c1'));
    await instances.obey(order('delete', 'c2'));
    await deploying;
    grant();
    await ports.advance(5_000);
    expect(running(runtime)).toEqual([]);
    expect(told.slice(-2)).toEqual(['0 s: c1 failed (deleted before it ran)', '0 s: c2 succeeded']);
  });

  it('does not hold up those that need none', async () => {
    void instances.obey(order('deploy', 'c1'));
    await instances.obey(order('deploy', 'c2', { instance: 1, job: free }));
    await ports.advance(1_000_000);
    expect(running(runtime)).toEqual(['web/1/1']);
  });

  it('runs on as long as grants come', async () => {
    grant();
    await instances.obey(order('deploy', 'c1'));
    for (let round = 0; round < 50; round += 1) {
      await ports.advance(10_000);
      grant();
    }
    expect(running(runtime)).toEqual(['web/0/1']);
  });

  it('is gone at the limit without grants, and reported as failed', async () => {
    grant();
    await instances.obey(order('deploy', 'c1'));
    await ports.advance(limitMs - graceMs - 1);
    expect(running(runtime)).toEqual(['web/0/1']);
    await ports.advance(1);
    expect(running(runtime)).toEqual([]);
    expect(told.at(-1)).toBe(`15 s: stopped-by-lease web/0/1 (${ranOut})`);
    expect(statuses()).toEqual(['web/0/1 failed']);
    expect(kept.instances).toMatchObject([{ status: 'failed', reason: ranOut }]);
  });

  it('does not come back by itself when grants do, and its repeated order says why', async () => {
    grant();
    await instances.obey(order('deploy', 'c1'));
    await ports.advance(60_000);
    grant();
    await ports.advance(5_000);
    await instances.obey(order('deploy', 'c1', { attempt: 2 }));
    expect(running(runtime)).toEqual([]);
    expect(told.at(-1)).toBe(`65 s: c1 failed (${ranOut})`);
  });

  it('makes room for its next generation', async () => {
    grant();
    await instances.obey(order('deploy', 'c1'));
    await ports.advance(60_000);
    grant();
    await instances.obey(order('deploy', 'c2', { generation: 2 }));
    expect(running(runtime)).toEqual(['web/0/2']);
    expect(statuses()).toEqual(['web/0/2 running']);
  });

  it('needs no watch any more once it has ended by itself', async () => {
    grant();
    const job = { ...leased, simulate: { runMs: 3_000, exit: 'completed' } };
    await instances.obey(order('deploy', 'c1', { job }));
    await ports.advance(60_000);
    expect(statuses()).toEqual(['web/0/1 completed']);
    expect(told.filter((line) => line.includes('stopped-by-lease'))).toEqual([]);
  });
});

describe('An instance that lives on grants, when the last one runs out', () => {
  let runtime: ManualRuntime;
  beforeEach(() => {
    runtime = new ManualRuntime();
    open(runtime);
    grant();
  });

  it('is asked to stop with less patience than there is time', async () => {
    await deployed(runtime);
    await ports.advance(15_000);
    const patienceMs = runtime.stops[0]?.graceMs ?? Infinity;
    expect(patienceMs).toBeGreaterThan(0);
    expect(patienceMs).toBeLessThan(graceMs);
  });

  it('has not ended before it is gone: another may be started as soon as it has', async () => {
    await deployed(runtime);
    await ports.advance(16_000);
    expect(statuses()).toEqual(['web/0/1 stopping']);
    expect(told.at(-1)).toBe('0 s: started web/0/1');
    await allStopped(runtime);
    expect(statuses()).toEqual(['web/0/1 failed']);
    expect(told.at(-1)).toBe(`16 s: stopped-by-lease web/0/1 (${ranOut})`);
  });

  it('is decided about once it is gone', async () => {
    await deployed(runtime);
    await ports.advance(15_000);
    const again = instances.obey(order('deploy', 'c1', { attempt: 2 }));
    await ports.advance(1_000);
    expect(told.at(-1)).toBe('15 s: c1 received');
    await allStopped(runtime);
    await again;
    expect(told.at(-1)).toBe(`16 s: c1 failed (${ranOut})`);
  });

  it('can be deleted meanwhile, and is removed once', async () => {
    await deployed(runtime);
    await ports.advance(15_000);
    const deleting = instances.obey(order('delete', 'c2'));
    await ports.advance(0);
    expect(told.at(-1)).toBe('15 s: c2 received');
    await allStopped(runtime);
    await deleting;
    expect(told.at(-1)).toBe('15 s: c2 succeeded');
    expect([statuses(), kept.instances]).toEqual([[], []]);
  });

  it('is stopped again when its start came to an end too late to be cut short', async () => {
    void instances.obey(order('deploy', 'c1'));
    await ports.advance(15_000);
    expect(runtime.starts[0]?.signal.aborted).toBe(true);
    await allStopped(runtime);
    // The runtime had gone too far: it runs now, and what was stopped before was not it.
    const before = runtime.stops.length;
    runtime.starts[0]?.succeed();
    await allStopped(runtime);
    expect(runtime.stops.length).toBeGreaterThan(before);
    expect(statuses()).toEqual(['web/0/1 failed']);
    expect(told.slice(-2)).toEqual([
      `15 s: c1 failed (${ranOut})`,
      `15 s: stopped-by-lease web/0/1 (${ranOut})`,
    ]);
  });

  it('is gone at the limit also where its delete came a moment before', async () => {
    await deployed(runtime);
    await ports.advance(14_999);
    void instances.obey(order('delete', 'c2'));
    await ports.advance(0);
    const patienceMs = runtime.stops[0]?.graceMs ?? Infinity;
    expect(patienceMs).toBeLessThan(graceMs);
  });

  it('is deleted with all the patience of its runtime where it needs no grants', async () => {
    const done = instances.obey(order('deploy', 'c1', { job: free }));
    runtime.starts.at(-1)?.succeed();
    await done;
    void instances.obey(order('delete', 'c2', { job: free }));
    await ports.advance(0);
    expect(runtime.stops).toMatchObject([{ key: 'web/0/1', graceMs: undefined }]);
  });

  it('is stopped in time although a delete of it failed before', async () => {
    await deployed(runtime);
    const deleting = instances.obey(order('delete', 'c2'));
    await ports.advance(0);
    runtime.stops[0]?.fail('the engine is away');
    await deleting;
    expect(statuses()).toEqual(['web/0/1 running']);
    await ports.advance(15_000);
    await allStopped(runtime);
    expect(statuses()).toEqual(['web/0/1 failed']);
  });
});

describe('An instance that lives on grants, over a restart', () => {
  it('starts again only with a grant to this start', async () => {
    open(new SimulatedRuntime(0, ports));
    grant();
    await instances.obey(order('deploy', 'c1'));
    await instances.close();
    told = [];
    // The grants of the start before are not known any more.
    leases = new Leases(ports.clock);
    const runtime = new SimulatedRuntime(0, ports);
    open(runtime, kept);
    await instances.adopt();
    await ports.advance(3_000);
    expect(running(runtime)).toEqual([]);
    expect(told).toEqual(['0 s: restarted web/0/1', '0 s: a grant is needed']);
    expect(statuses()).toEqual(['web/0/1 starting']);
    grant();
    await ports.advance(0);
    expect(running(runtime)).toEqual(['web/0/1']);
    await ports.advance(60_000);
    expect(running(runtime)).toEqual([]);
  });

  it('does not start again where its grant had run out before', async () => {
    open(new SimulatedRuntime(0, ports));
    grant();
    await instances.obey(order('deploy', 'c1'));
    await ports.advance(60_000);
    await instances.close();
    leases = new Leases(ports.clock);
    const runtime = new SimulatedRuntime(0, ports);
    open(runtime, kept);
    await instances.adopt();
    grant();
    await ports.advance(60_000);
    expect(running(runtime)).toEqual([]);
    expect(instances.list()).toMatchObject([{ status: 'failed', reason: ranOut }]);
  });
});

const free = { id: 'web', name: 'web', image: 'web:1', technology: 'simulated' };
const leased = { ...free, onDisconnect: { stopOnWorkerAfterMs: limitMs } };

function open(runtime: Runtime, before: Remembered = nothingRemembered): void {
  const made = new Instances({
    allowed: {},
    node: 'n1',
    ...{ runtimes: [runtime], ports, leases, before },
    keep: async () => {
      kept = { ...nothingRemembered, ...made.table.snapshot() };
    },
    acknowledge: ({ commandId, phase, reason }: Omit<Ack, 'incarnation'>) =>
      note(`${commandId} ${phase}`, reason),
    news: (kind, known) =>
      note(`${kind} ${known.job}/${known.instance}/${known.generation}`, known.reason),
    needsGrant: () => note('a grant is needed', null),
  });
  instances = made;
}

function note(what: string, reason: string | null): void {
  const atSeconds = Math.floor(ports.clock.monotonicMs() / 1_000);
  told.push(`${atSeconds} s: ${what}${reason === null ? '' : ` (${reason})`}`);
}

/** A reading that is answered at once. */
function grant(): void {
  sequence += 1;
  leases.noteSent(sequence);
  leases.grant(sequence);
}

async function deployed(runtime: ManualRuntime): Promise<void> {
  const done = instances.obey(order('deploy', 'c1'));
  await ports.advance(0);
  runtime.starts.at(-1)?.succeed();
  await done;
  told = told.filter((line) => line.includes('started'));
}

/** Everything that is asked to stop does so, as often as it is asked. */
async function allStopped(runtime: ManualRuntime): Promise<void> {
  for (let seen = -1; seen < runtime.stops.length;) {
    seen = runtime.stops.length;
    for (const stop of runtime.stops) stop.succeed();
    await ports.advance(0);
  }
}

function running(runtime: SimulatedRuntime): string[] {
  return [...runtime.runningKeys];
}

function statuses(): string[] {
  return instances
    .list()
    .map((known) => `${known.job}/${known.instance}/${known.generation} ${known.status}`);
}

function order(command: CommandKind, commandId: string, more: Partial<Control> = {}): Control {
  return {
    ...{ command, job: leased, commandId, instance: 0, generation: 1, attempt: 1, epoch: 1 },
    expiresAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
