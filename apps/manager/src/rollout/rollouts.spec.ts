import { afterEach, describe, expect, it } from '@jest/globals';
import type { ScheduleAnswer, ScheduleJob } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import {
  ack,
  acknowledgeAll,
  commandTo,
  jobDocument,
  orderStops,
  proposal,
  ready,
  registerNode,
  report,
  running,
  withdrawFrom,
  type Given,
} from '../testing/given.js';
import type { Scheduler } from '../scheduling/scheduler.port.js';
import type { ClusterState } from '@oakring/model';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { Projection } from '../views/projection.js';
import { Rollouts } from './rollouts.js';

const healthyAfterMs = 5_000;
const sweepMs = 250;

let ports: SimulatedPorts;
let cluster: Given;
let projection: Projection;
let loop: Supervisor;
/** Numbers of the instances that were withdrawn, in order; and of those that one was started beside. */
let withdrawn: number[];
let surged: number[];
/** What the scheduler says; null: it is away. */
let answer: ((job: ScheduleJob) => ScheduleAnswer) | null;
let asked: ScheduleJob[];
/** While true nothing is answered: the log is away. */
let isAway: boolean;
let hearing: { sinceMs: number | null; isStormOnRecord: boolean };

afterEach(() => void loop.stop());

describe('An instance whose successor has no place', () => {
  it('goes on, and the rollout waits with the reason on record', async () => {
    updated({ maxUnavailable: 1 }, () => nowhere);
    await ports.advance(8 * sweepMs);
    expect(withdrawn).toEqual([]);
    expect(cluster.state.instances.get('j/0')).toMatchObject({
      ...{ status: 'running', nodeId: 'a', generation: 1, reason: 'because a' },
    });
    const told = cluster.history.filter(({ type }) => type === 'PlacementRefused');
    expect(told.map(({ data }) => data)).toMatchObject([{ detail: 'It fits nowhere.' }]);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({
      ...{ status: 'progressing', waits: 'It fits nowhere.' },
    });
  });

  it('is replaced as soon as there is one, and nothing waits any more', async () => {
    updated({ maxUnavailable: 1 }, () => nowhere);
    await ports.advance(2 * sweepMs);
    answer = () => proposal(['b']);
    await ports.advance(10 * sweepMs);
    expect(withdrawn).toEqual([0]);
    expect(cluster.state.instances.get('j/0')).toMatchObject({ nodeId: 'b', generation: 2 });
    expect(cluster.state.jobs.get('j')?.rollout?.waits).toBeNull();
  });

  it('goes on while the scheduler is away', async () => {
    updated({ maxUnavailable: 1 }, null);
    await ports.advance(20 * sweepMs);
    expect(withdrawn).toEqual([]);
    expect(cluster.state.jobs.get('j')?.rollout?.waits).toBe('The scheduler is away.');
  });

  it('is what the scheduler is asked to count as free', async () => {
    updated({ maxUnavailable: 1 });
    await ports.advance(2 * sweepMs);
    expect(asked).toMatchObject([
      {
        job: { id: 'j', image: 'web:2' },
        instances: 1,
        present: { b: 1, c: 1 },
        freed: { node: 'a', resources: { cpuMillis: 100, memoryMiB: 64 } },
      },
    ]);
  });
});

describe('A rollout that finds no place for its next one', () => {
  it('goes back by itself after placeWithinMs, with the reason on record', async () => {
    updated({ maxUnavailable: 1, placeWithinMs: 10_000 }, () => nowhere);
    await ports.advance(9_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
    await ports.advance(2_000 + healthyAfterMs);
    expect(cluster.state.jobs.get('j')).toMatchObject({
      ...{ revision: 3, document: { image: 'web:1' }, rollout: { status: 'rolledBack' } },
    });
    const [, back] = cluster.history.filter(({ type }) => type === 'JobUpdated');
    expect(back?.data).toMatchObject({
      ...{ rollbackTo: 1, reason: expect.stringContaining('for 10 s: It fits nowhere.') },
    });
    expect(withdrawn).toEqual([]);
  });

  it('waits on while the scheduler is away, and has its time anew once that is back', async () => {
    updated({ maxUnavailable: 1, placeWithinMs: 10_000 }, null);
    await ports.advance(60_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
    answer = () => nowhere;
    await ports.advance(9_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
    await ports.advance(10_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).not.toBe('progressing');
  });

  it.each([
    ['our link is down', { sinceMs: null, isStormOnRecord: false }],
    ['too many nodes are silent', { sinceMs: 0, isStormOnRecord: true }],
  ])('waits on while %s, and has its time anew after that', async (_when, blind) => {
    updated({ maxUnavailable: 1, placeWithinMs: 10_000 }, () => nowhere);
    await ports.advance(5_000);
    hearing = blind;
    await ports.advance(60_000);
    hearing = { sinceMs: ports.clock.monotonicMs(), isStormOnRecord: false };
    await ports.advance(9_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
    await ports.advance(10_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).not.toBe('progressing');
  });

  it('waits on without placeWithinMs', async () => {
    updated({ maxUnavailable: 1 }, () => nowhere);
    await ports.advance(600_000);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
  });

  it('stays as far as it came where it does not go back', async () => {
    updated({ maxUnavailable: 1, placeWithinMs: 10_000, rollback: false }, () => nowhere);
    await ports.advance(12_000);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ status: 'failed' });
  });

  it('is given its time anew with each one that finds a place', async () => {
    updated({ maxUnavailable: 1, placeWithinMs: 20_000 }, () => nowhere);
    await ports.advance(12_000);
    answer = sameNode;
    await ports.advance(5_000);
    answer = () => nowhere;
    replaceWhatIsMissing();
    await ports.advance(healthyAfterMs + 15_000);
    expect(withdrawn).toEqual([0]);
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('progressing');
  });
});

describe('A rollout', () => {
  it.each([
    [1, [0]],
    [2, [0, 1]],
    [9, [0, 1, 2]],
  ])('takes no more than maxUnavailable (%i) out at once', async (maxUnavailable, first) => {
    updated({ maxUnavailable });
    await ports.advance(20 * sweepMs);
    expect(withdrawn).toEqual(first);
  });

  it('goes on once what is new has run for as long as it must', async () => {
    updated({ maxUnavailable: 1 });
    await ports.advance(sweepMs);
    replaceWhatIsMissing();
    await ports.advance(healthyAfterMs - sweepMs);
    expect(withdrawn).toEqual([0]);
    await ports.advance(3 * sweepMs);
    expect(withdrawn).toEqual([0, 1]);
  });

  it('of what has checks goes on once what is new was found healthy, however long it has run', async () => {
    updated({ maxUnavailable: 1 }, sameNode, { health: { tcp: { port: 80 } } });
    await ports.advance(sweepMs);
    replaceWhatIsMissing();
    await ports.advance(4 * healthyAfterMs);
    expect(withdrawn).toEqual([0]);
    cluster.when(report('a', { 'j/0/2': 'running' }, { health: 'healthy' }));
    projection.announce([], projection.state.head);
    await ports.advance(3 * sweepMs);
    expect(withdrawn).toEqual([0, 1]);
  });

  it('counts what is missing for another reason', async () => {
    cluster = running({ count: 3 }, 'a', 'b', 'c');
    withdrawFrom(cluster, 'c');
    begin({ maxUnavailable: 1 });
    await ports.advance(4 * sweepMs);
    expect(withdrawn).toEqual([]);
  });

  it('ends when every instance is new and well', async () => {
    updated({ maxUnavailable: 1 });
    for (let round = 0; round < 3; round += 1) {
      await ports.advance(2 * sweepMs);
      replaceWhatIsMissing();
      await ports.advance(healthyAfterMs + 2 * sweepMs);
    }
    expect(withdrawn).toEqual([0, 1, 2]);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ status: 'completed' });
  });

  it('is carried on by the next manager, from what is on record', async () => {
    updated({ maxUnavailable: 1 }, null);
    await ports.advance(sweepMs);
    await loop.stop();
    answer = sameNode;
    loop = supervised();
    loop.start();
    await ports.advance(2 * sweepMs);
    expect(withdrawn).toEqual([0]);
  });

  it('asks once while an answer is out, and again when the log was away', async () => {
    updated({ maxUnavailable: 1 });
    isAway = true;
    await ports.advance(sweepMs);
    expect(withdrawn).toEqual([0]);
    await ports.advance(2_100);
    expect(withdrawn).toEqual([0, 0]);
  });
});

describe('A rollout with room to spare', () => {
  const onD = ({ freed }: ScheduleJob): ScheduleAnswer =>
    freed === undefined ? proposal(['d']) : proposal([freed.node]);
  /** There is no room beside. */
  const notBeside = (job: ScheduleJob): ScheduleAnswer =>
    job.freed === undefined ? nowhere : sameNode(job);
  const rules = { surge: 1, maxUnavailable: 0 };

  it('starts the new one first, and stops the old one once the new one has run long enough', async () => {
    updated(rules, onD);
    await ports.advance(2 * sweepMs);
    expect([surged, withdrawn]).toEqual([[0], []]);
    acknowledge();
    await ports.advance(healthyAfterMs - sweepMs);
    expect(cluster.state.instances.get('j/0')).toMatchObject({ status: 'running', generation: 1 });
    await ports.advance(3 * sweepMs);
    expect(cluster.state.instances.get('j/0')).toMatchObject({ generation: 2, nodeId: 'd' });
    expect([surged, withdrawn]).toEqual([[0, 1], []]);
  });

  it('asks for a place beside the old one, which keeps what it holds', async () => {
    updated(rules, onD);
    await ports.advance(2 * sweepMs);
    expect(asked).toMatchObject([{ instances: 1, present: { b: 1, c: 1 }, exclude: [] }]);
    expect(asked[0]).not.toHaveProperty('freed');
  });

  it('ends when every one is new and well, and none was missing meanwhile', async () => {
    updated({ ...rules, surge: 2 }, onD);
    for (let round = 0; round < 3; round += 1) {
      await ports.advance(2 * sweepMs);
      acknowledge();
      expect(notRunning()).toEqual([]);
      await ports.advance(healthyAfterMs + 2 * sweepMs);
    }
    expect([surged, withdrawn]).toEqual([[0, 1, 2], []]);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ status: 'completed' });
  });

  it.each([1, 2, 9])('has no more than surge (%i) under way at once', async (surge) => {
    updated({ ...rules, surge }, onD);
    await ports.advance(20 * sweepMs);
    expect(surged).toEqual([0, 1, 2].slice(0, surge));
  });

  it('of what has checks goes on once the new one was found healthy, however long it has run', async () => {
    updated(rules, onD, { health: { tcp: { port: 80 } } });
    await ports.advance(2 * sweepMs);
    acknowledge();
    await ports.advance(4 * healthyAfterMs);
    expect([surged, cluster.state.instances.get('j/0')?.generation]).toEqual([[0], 1]);
    cluster.when(report('d', { 'j/0/2': 'running' }, { health: 'healthy' }));
    projection.announce([], projection.state.head);
    await ports.advance(3 * sweepMs);
    expect(surged).toEqual([0, 1]);
  });

  it('stops the old one first where there is no room for both, if one may be missing', async () => {
    updated({ surge: 2, maxUnavailable: 1 }, notBeside);
    await ports.advance(20 * sweepMs);
    expect([surged, withdrawn]).toEqual([[], [0]]);
  });

  it('waits with the reason where there is no room for both, and none may be missing', async () => {
    updated(rules, notBeside);
    await ports.advance(20 * sweepMs);
    expect([surged, withdrawn]).toEqual([[], []]);
    expect(cluster.state.jobs.get('j')?.rollout?.waits).toBe('It fits nowhere.');
    answer = onD;
    await ports.advance(20 * sweepMs);
    expect(surged).toEqual([0]);
    expect(cluster.state.jobs.get('j')?.rollout?.waits).toBeNull();
  });

  it('goes back by itself after placeWithinMs, and nothing was ever stopped', async () => {
    updated({ ...rules, placeWithinMs: 10_000 }, notBeside);
    await ports.advance(12_000 + healthyAfterMs);
    expect(cluster.state.jobs.get('j')).toMatchObject({
      ...{ revision: 3, document: { image: 'web:1' }, rollout: { status: 'rolledBack' } },
    });
    expect([surged, withdrawn]).toEqual([[], []]);
  });

  it('goes back after placeWithinMs where no order to start one reaches anybody', async () => {
    updated({ ...rules, placeWithinMs: 30_000 }, onD);
    for (let round = 0; round < 8; round += 1) {
      await ports.advance(12_000);
      const commandId = commandTo(cluster, 'd', 'deploy');
      cluster.when({ type: 'ExpireCommand', commandId, reason: 'late' });
      projection.announce([], projection.state.head);
    }
    expect(cluster.state.jobs.get('j')?.rollout?.status).toBe('rolledBack');
  });

  it('lets the new one take over at once where the old one ends', async () => {
    updated(rules, onD);
    await ports.advance(2 * sweepMs);
    acknowledge();
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    projection.announce([], projection.state.head);
    await ports.advance(2 * sweepMs);
    expect(cluster.state.instances.get('j/0')).toMatchObject({ status: 'running', generation: 2 });
  });

  it('replaces what does not run at once', async () => {
    cluster = running({ count: 3 }, 'a', 'b', 'c');
    for (const command of ready('d')) cluster.when(command);
    cluster.when(registerNode('a', { acknowledges: true, incarnation: 2 }));
    cluster.when(report('a', {}, { incarnation: 2 }));
    begin(rules, onD);
    await ports.advance(2 * sweepMs);
    expect(withdrawn).toEqual([0]);
  });

  it('stops what must never run twice first, one at a time, whatever its job says by now', async () => {
    cluster = running({ count: 3, onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a', 'b', 'c');
    for (const command of ready('d')) cluster.when(command);
    begin(rules, onD);
    await ports.advance(20 * sweepMs);
    expect([surged, withdrawn]).toEqual([[], [0]]);
  });

  it('tries again a while later beside one where the new one came to nothing', async () => {
    updated(rules, onD);
    await ports.advance(2 * sweepMs);
    cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    projection.announce([], projection.state.head);
    await ports.advance(5_000);
    expect(surged).toEqual([0, 1]);
    acknowledge();
    await ports.advance(5_000 + 2 * sweepMs);
    acknowledge();
    await ports.advance(2 * healthyAfterMs);
    expect(surged.filter((number) => number === 0)).toEqual([0, 0]);
  });

  it('tries none again where the node itself was at fault, for ten minutes', async () => {
    updated(rules, onD);
    await ports.advance(2 * sweepMs);
    const start = commandTo(cluster, 'd', 'deploy');
    cluster.pass(ports.clock.wallMs() - (cluster.history.at(-1)?.at ?? 0));
    const { ack: answered, ...told } = ack('d', start, 'failed', 'the disk is full');
    cluster.when({ ...told, ack: { ...answered, fault: 'node' } });
    projection.announce([], projection.state.head);
    await ports.advance(2 * sweepMs);
    expect(asked.at(-1)?.exclude).toEqual(['d']);
    await ports.advance(600_000);
    acknowledge();
    await ports.advance(healthyAfterMs + 2 * sweepMs);
    expect(asked.at(-1)?.exclude).toEqual([]);
  });

  it('is carried on by the next manager, which waits as long again', async () => {
    updated(rules, onD);
    await ports.advance(2 * sweepMs);
    acknowledge();
    await ports.advance(healthyAfterMs / 2);
    await loop.stop();
    loop = supervised();
    loop.start();
    await ports.advance(healthyAfterMs - sweepMs);
    expect(cluster.state.instances.get('j/0')?.generation).toBe(1);
    await ports.advance(2 * sweepMs);
    expect(cluster.state.instances.get('j/0')?.generation).toBe(2);
  });

  /** Numbers of those that do not run. */
  function notRunning(): number[] {
    return [...cluster.state.instances.values()]
      .filter(({ status }) => status !== 'running')
      .map(({ number }) => number);
  }

  function acknowledge(): void {
    orderStops(cluster);
    acknowledgeAll(cluster);
    projection.announce([], projection.state.head);
  }
});

const scheduler: Scheduler = {
  schedule: async ({ jobs }) => {
    asked.push(...jobs);
    if (answer === null) throw new Error('The scheduler is away.');
    return { answers: jobs.map(answer) };
  },
};

const queue: CommandQueue = {
  submit: (async (command: Command) => {
    if (command.type === 'ReplaceInstance') withdrawn.push(command.instance);
    if (command.type === 'SurgeInstance') surged.push(command.instance);
    if (isAway) throw new Error('the log is away');
    const { decided, events } = cluster.when(command);
    projection.announce(events, projection.state.head);
    return { status: 'accepted', answer: 'answer' in decided ? decided.answer : null };
  }) as unknown as CommandQueue['submit'],
};

const nowhere = proposal([], {
  ...({ code: 'no-capacity', detail: 'It fits nowhere.', filtered: {} } as const),
  ...{ nearest: null, wouldFit: null },
});

/** What a predecessor holds is its successor's. */
const sameNode = ({ freed }: ScheduleJob): ScheduleAnswer => proposal([freed?.node ?? '']);

/** Job `j` runs on three nodes and is to run another image. */
function updated(
  update: Record<string, unknown>,
  first?: typeof answer,
  job: Record<string, unknown> = {},
): void {
  cluster = running({ count: 3 }, 'a', 'b', 'c');
  for (const command of ready('d', { features: ['docker:health'] })) cluster.when(command);
  begin(update, first, job);
}

function begin(
  update: Record<string, unknown>,
  first: typeof answer = sameNode,
  more: Record<string, unknown> = {},
): void {
  ports = simulatedPorts();
  withdrawn = [];
  surged = [];
  asked = [];
  answer = first;
  isAway = false;
  hearing = { sinceMs: 0, isStormOnRecord: false };
  const body = {
    id: 'j',
    image: 'web:2',
    count: 3,
    update: { healthyAfterMs, ...update },
    ...more,
  };
  const job = jobDocument(body);
  cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash: 'newer', ifPosition: null });
  // The state of the deciders serves as the view: nothing here is under way.
  projection = new Projection(cluster.state as ClusterState, ports);
  loop = supervised();
  loop.start();
}

function supervised(): Supervisor {
  const process = new Rollouts(scheduler, queue, () => projection.state, {
    get sinceMs() {
      return hearing.sinceMs;
    },
    get isStormOnRecord() {
      return hearing.isStormOnRecord;
    },
  }) as Process<unknown>;
  return new Supervisor([process], projection, ports, () => {});
}

/** What was replaced stops, and its successor starts. */
function replaceWhatIsMissing(): void {
  orderStops(cluster);
  acknowledgeAll(cluster);
  cluster.when({ type: 'OrderStarts', placements: [...cluster.state.unorderedStarts] });
  acknowledgeAll(cluster);
  projection.announce([], projection.state.head);
}
