import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OakringError, type ScheduleAnswer } from '@oakring/contracts';
import { decodeEvents } from '@oakring/events';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { ack, proposal, registerNode, submitJob } from '../../testing/given.js';

let manager: TestManager;
beforeEach(async () => {
  manager = await startTestManager();
  for (const id of ['n1', 'n2', 'n3']) await manager.submit(registerNode(id));
  await manager.submit(submitJob('web', { team: 'blue' }));
});
afterEach(() => manager.close());

/** Instance 0 of `web` runs on n1. */
async function running(): Promise<void> {
  await manager.submit({ type: 'ApplyPlan', id: 'web', answer: proposal(['n1']) });
  const [command] = [...manager.projection.state.commands.values()];
  await manager.submit(ack('n1', command?.id ?? '', 'succeeded'));
}

async function move(body?: object, headers?: object) {
  const response = await manager.send('POST', '/api/v1/jobs/web/instances/0/move', body, headers);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function typesInLog(): Promise<string[]> {
  const commits = await manager.log.read({ from: 1, limit: 100 });
  return commits.flatMap(decodeEvents).map((event) => event.type);
}

const nowhere: ScheduleAnswer = proposal([], {
  code: 'no-capacity',
  detail: 'No node has room: 2 lack memory.',
  filtered: { capacity: 2 },
  nearest: null,
  wouldFit: null,
});

describe('moving an instance', () => {
  it('asks the scheduler for another node, and orders the move', async () => {
    await running();
    manager.scheduler.answer = () => ({ answers: [proposal(['n2'])] });
    expect(await move()).toMatchObject({
      status: 200,
      body: { id: 'web', instance: 0, generation: 2, nodeId: 'n2', status: 'active' },
    });
    expect(manager.scheduler.asked.at(-1)?.jobs).toMatchObject([
      { job: { id: 'web', team: 'blue', constraints: [] }, instances: 1, exclude: ['n1'] },
    ]);
  });

  it('records what the scheduler saw with the decision', async () => {
    await running();
    manager.scheduler.answer = () => ({ answers: [proposal(['n2'])] });
    const { body } = await move();
    const decision = await manager.get(`/api/v1/decisions/${String(body['decision'])}`);
    expect(await decision.json()).toMatchObject({
      type: 'MoveStarted',
      job: 'web',
      basis: { policy: 'test', seed: 1, sawLedger: 1, nodes: 1, feasible: 1 },
      placement: { nodeId: 'n2', reason: 'because n2', total: 50 },
    });
  });

  it('asks for the worker that is named, and for no other', async () => {
    await running();
    manager.scheduler.answer = () => ({ answers: [proposal(['n3'])] });
    expect(await move({ worker: 'n3' })).toMatchObject({ status: 200, body: { nodeId: 'n3' } });
    expect(manager.scheduler.asked.at(-1)?.jobs[0]?.job['constraints']).toEqual([
      { type: 'direct', node: 'n3' },
    ]);
  });

  it.each([
    ['a worker that does not fit', { worker: 'n2' }, 'worker-does-not-fit', 'No node has room'],
    ['no worker that fits', undefined, 'no-target', 'No node has room'],
    ['a worker that is not known', { worker: 'n9' }, 'worker-does-not-fit', 'no node n9'],
    ['the worker that has it', { worker: 'n1' }, 'worker-does-not-fit', 'on n1 already'],
  ])('to %s is refused with 409, on record', async (_name, body, code, reason) => {
    await running();
    manager.scheduler.answer = () => ({ answers: [nowhere] });
    const refused = await move(body);
    expect(refused).toMatchObject({ status: 409, body: { code } });
    expect(refused.body['detail']).toContain(reason);
    expect((await typesInLog()).at(-1)).toBe('MoveRefused');
  });

  it('that does not run is refused with 409, on record', async () => {
    expect(await move()).toMatchObject({ status: 409, body: { code: 'instance-not-movable' } });
    expect((await typesInLog()).at(-1)).toBe('MoveRefused');
  });

  it('that moves already is refused', async () => {
    await running();
    manager.scheduler.answer = () => ({ answers: [proposal(['n2'])] });
    await move();
    expect(await move()).toMatchObject({ status: 409, body: { code: 'instance-not-movable' } });
  });

  it('asks again elsewhere when the target was taken meanwhile, three times at most', async () => {
    await running();
    await manager.submit(registerNode('full', { capacity: { cpuMillis: 1, memoryMiB: 1 } }));
    const { scheduler } = manager;
    scheduler.answer = ({ jobs }) => ({
      answers: [proposal([jobs[0]?.exclude?.includes('full') === true ? 'n2' : 'full'])],
    });
    expect(await move()).toMatchObject({ status: 200, body: { nodeId: 'n2' } });
    expect(scheduler.asked.map(({ jobs }) => jobs[0]?.exclude)).toEqual([['n1'], ['n1', 'full']]);
  });

  it('gives up after the third target', async () => {
    await running();
    await manager.submit(registerNode('full', { capacity: { cpuMillis: 1, memoryMiB: 1 } }));
    manager.scheduler.answer = () => ({ answers: [proposal(['full'])] });
    expect(await move()).toMatchObject({ status: 409, body: { code: 'worker-does-not-fit' } });
    expect(manager.scheduler.asked).toHaveLength(3);
  });

  it('gives the same answer again under the same key, though it moves by then', async () => {
    await running();
    manager.scheduler.answer = () => ({ answers: [proposal(['n2'])] });
    const key = { 'idempotency-key': 'k' };
    const first = await move({}, key);
    expect(first.status).toBe(200);
    expect(await move({}, key)).toEqual(first);
    expect(await move({ worker: 'n3' }, key)).toMatchObject({
      status: 409,
      body: { code: 'idempotency-key-reused' },
    });
  });

  it('stays refused under the same key', async () => {
    await running();
    manager.scheduler.answer = () => ({ answers: [nowhere] });
    const key = { 'idempotency-key': 'k' };
    expect((await move({}, key)).status).toBe(409);
    manager.scheduler.answer = () => ({ answers: [proposal(['n2'])] });
    expect((await move({}, key)).status).toBe(409);
  });

  it('waits for no scheduler that is away', async () => {
    await running();
    manager.scheduler.answer = () => {
      throw new OakringError({ code: 'scheduler-unavailable', detail: 'Nobody answers.' });
    };
    expect(await move()).toMatchObject({ status: 503, body: { code: 'scheduler-unavailable' } });
  });

  it.each([
    ['/api/v1/jobs/none/instances/0/move', 404, 'job-unknown'],
    ['/api/v1/jobs/web/instances/7/move', 404, 'instance-unknown'],
    ['/api/v1/jobs/web/instances/x/move', 400, 'invalid-field'],
  ])('answers %s with %i', async (path, status, code) => {
    const response = await manager.send('POST', path);
    expect(await response.json()).toMatchObject({ status, code });
  });

  it('refuses a worker that is no id', async () => {
    expect(await move({ worker: 'a b' })).toMatchObject({
      status: 400,
      body: { code: 'invalid-id', field: 'worker' },
    });
  });
});
