import { afterEach, describe, expect, it } from '@jest/globals';
import {
  maxHttpBodyBytes,
  OakringError,
  type PlacementRefusal,
  type ScheduleAnswers,
  type ScheduleRequest,
} from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import {
  ack,
  byTest,
  commandTo,
  orderInstance,
  given,
  proposal,
  ready,
  submitJob,
  type Given,
} from '../testing/given.js';
import type { Process } from '../supervision/process.js';
import { Supervisor } from '../supervision/supervisor.js';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { Projection } from '../views/projection.js';
import { Placements } from './placements.js';
import { WaitingJobs } from './waiting-jobs.js';
import { WakeUps } from './wake-ups.js';

/** What the scheduler takes in one body. */
const maxBodyBytes = 8 * 1_048_576;

let ports: SimulatedPorts;
let queue: CommandQueue;
let loop: Supervisor;
/** Ids of the jobs of each call, those that were refused included. */
let calls: string[][];
/** The largest body that was sent. */
let largestBytes: number;

afterEach(() => void loop.stop());

describe('Jobs that wait for a place', () => {
  it('are asked about in calls that a scheduler can take, in bytes', async () => {
    // Three bytes each: as many characters as bytes would be three times too much.
    const text = '東'.repeat(maxHttpBodyBytes / 3 - 1_000);
    const jobs = Array.from({ length: 34 }, (_, index) => submitJob(`j${index}`, { text }));
    const cluster = waiting(...jobs);
    await start(cluster, (request) => answerAll(request));
    expect(largestBytes).toBeLessThan(maxBodyBytes);
    expect(statusesOf(cluster)).toEqual(new Set(['placed']));
  });

  it('are placed all the same when one among them is refused, wherever it stands', async () => {
    const ids = Array.from({ length: 9 }, (_, index) => `j${index}`);
    for (const bad of ids) {
      const cluster = waiting(...ids.map((id) => submitJob(id)));
      await start(cluster, (request) => refuse(request, bad));
      const placed = ids.filter((id) => instanceOf(cluster, id)?.status === 'placed');
      expect(placed).toEqual(ids.filter((id) => id !== bad));
      expect(instanceOf(cluster, bad)).toMatchObject({
        status: 'pending',
        reason: 'The scheduler refused to plan it: too odd.',
      });
      await loop.stop();
    }
  });
});

describe('A service of a root that nobody can place', () => {
  it('is not asked about: the reason is known', async () => {
    const refused = { code: 'service-unusable', detail: 'It cannot be placed: so.' };
    const bad = orderInstance('bad', 0, { numbering: 'given', refused });
    const cluster = waiting(bad, orderInstance('good', 0, { name: 'good' }));
    await start(cluster, ({ jobs }) => ({ answers: jobs.map(() => proposal(['a'])) }));
    expect(calls).toEqual([['good']]);
    expect(instanceOf(cluster, 'bad')).toMatchObject({ status: 'pending', reason: refused.detail });
    await loop.stop();
  });
});

describe('A job that fits nowhere', () => {
  const large = { resources: { cpuMillis: 90_000 } };
  const refusal: PlacementRefusal = {
    ...{ code: 'no-capacity', detail: 'too little CPU' },
    ...{ filtered: {}, nearest: null, wouldFit: null },
  };
  const answer = ({ jobs }: ScheduleRequest): ScheduleAnswers => ({
    answers: jobs.map(({ job }) => (job.id === 'large' ? proposal([], refusal) : proposal(['a']))),
  });

  it('is not asked about again when others come, run and go', async () => {
    const cluster = waiting(submitJob('large', large));
    await start(cluster, answer);
    expect(calls).toEqual([['large']]);
    for (const id of ['x', 'y', 'z']) {
      await then(submitJob(id));
      await then(ack('a', commandTo(cluster, 'a', 'deploy'), 'succeeded'));
      await then({ type: 'DeleteJob', id });
    }
    expect(calls).toEqual([['large'], ['x'], ['y'], ['z']]);
    const [register, confirm] = ready('b', { capacity: { cpuMillis: 99_000, memoryMiB: 99_000 } });
    for (const command of [register, confirm]) if (command !== undefined) await then(command);
    expect(calls.at(-1)).toEqual(['large']);
  });

  it('is asked about soon after a change that may help, however often it was refused before', async () => {
    const cluster = waiting(submitJob('large', large));
    await start(cluster, answer);
    for (let round = 1; round <= 8; round += 1) {
      const before = calls.length;
      const capacity = { cpuMillis: 99_000, memoryMiB: 99_000 };
      for (const command of ready(`n${round}`, { capacity })) {
        await queue.submit(command as never, byTest);
      }
      await ports.advance(600);
      expect(calls.length).toBeGreaterThan(before);
      // It fits by our count and is refused all the same: asked about at the pace of wake-ups.
      expect(calls.length).toBeLessThanOrEqual(before + 4);
    }
  });

  async function then(command: Command): Promise<void> {
    await queue.submit(command as never, byTest);
    await ports.advance(1_000);
  }
});

describe('A job of which a proposal did not hold', () => {
  it('leaves nothing to the next one of its name', async () => {
    const cluster = waiting(submitJob('web'));
    const excluded: (readonly string[])[] = [];
    await start(cluster, ({ jobs }) => {
      excluded.push(...jobs.map(({ exclude = [] }) => exclude));
      if (excluded.length === 2) {
        void queue.submit({ type: 'DeleteJob', id: 'web' }, byTest);
        throw new OakringError({ code: 'scheduler-unavailable', detail: 'It is away.' });
      }
      return { answers: jobs.map(() => proposal(['gone'])) };
    });
    expect(excluded).toEqual([[], ['gone']]);
    await ports.advance(10_000);
    await queue.submit(submitJob('web'), byTest);
    await ports.advance(0);
    expect(excluded[2]).toEqual([]);
  });
});

describe('A job that the scheduler refuses even alone', () => {
  it('is on record with that code, once', async () => {
    const cluster = waiting(submitJob('odd'));
    await start(cluster, (request) => refuse(request, 'odd'));
    await ports.advance(300_000);
    const refusals = cluster.history.filter(({ type }) => type === 'PlacementRefused');
    expect(refusals).toMatchObject([{ data: { code: 'scheduler-refused', instances: [0] } }]);
  });

  it('is asked about again by itself now and then, and placed once it passes', async () => {
    const cluster = waiting(submitJob('odd'), submitJob('web'));
    let isRefused = true;
    await start(cluster, (request) => refuse(request, isRefused ? 'odd' : 'none'));
    calls = [];
    await ports.advance(60_000);
    expect(calls).toEqual([['odd'], ['odd']]);
    isRefused = false;
    await ports.advance(30_000);
    expect(instanceOf(cluster, 'odd')?.status).toBe('placed');
  });
});

function waiting(...jobs: Command[]): Given {
  return given(...ready('a', { capacity: { cpuMillis: 60_000, memoryMiB: 60_000 } }), ...jobs);
}

async function start(
  cluster: Given,
  schedule: (request: ScheduleRequest) => ScheduleAnswers,
): Promise<void> {
  ports = simulatedPorts();
  const projection = new Projection(cluster.state, ports);
  const table = new TelemetryTable(ports);
  queue = {
    async submit(command: Command) {
      const { decided, events } = cluster.when(command);
      projection.announce(events, cluster.state.head);
      return 'answer' in decided
        ? { status: 'accepted', answer: decided.answer, position: 1, repeated: false }
        : { status: 'refused', refusal: decided.refusal };
    },
  } as CommandQueue;
  calls = [];
  largestBytes = 0;
  const scheduler = {
    async schedule(request: ScheduleRequest) {
      calls.push(request.jobs.map(({ job }) => job.id));
      largestBytes = Math.max(largestBytes, Buffer.byteLength(JSON.stringify(request)));
      return schedule(request);
    },
  };
  const state = () => projection.state;
  const waiting = new WaitingJobs(state, table);
  const wakeUps = new WakeUps(waiting, ports.clock);
  const placements = new Placements(scheduler, queue, { state, waiting, wakeUps }, ports);
  const processes = [wakeUps, placements] as unknown as Process<unknown>[];
  loop = new Supervisor(processes, projection, ports, () => {});
  loop.start();
  placements.open();
  await ports.advance(1_000);
}

const answerAll = ({ jobs }: ScheduleRequest): ScheduleAnswers => ({
  answers: jobs.map(() => proposal(['a'])),
});

/** As the scheduler answers a body with one job that it cannot plan: nothing of it. */
function refuse(request: ScheduleRequest, bad: string): ScheduleAnswers {
  if (!request.jobs.some(({ job }) => job.id === bad)) return answerAll(request);
  const detail = 'The scheduler refused to plan it: too odd.';
  throw new OakringError({ code: 'scheduler-refused', detail });
}

function instanceOf(cluster: Given, job: string) {
  return cluster.state.instances.get(`${job}/0`);
}

function statusesOf(cluster: Given): Set<string> {
  return new Set(Array.from(cluster.state.instances.values(), ({ status }) => status));
}
