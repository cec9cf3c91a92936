import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  instanceOf,
  jobDocument,
  lose,
  orderStops,
  plan,
  ready,
  replace,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';

const whole = { cpuMillis: 4_000, memoryMiB: 8_192 };
const never = { onDisconnect: { stopOnWorkerAfterMs: 10_000 } };

function update(cluster: Given, body: Record<string, unknown>): void {
  const job = jobDocument({ id: 'j', image: 'web:2', ...body });
  cluster.when({
    type: 'UpdateJob',
    id: 'j',
    job,
    bodyHash: JSON.stringify(body),
    ifPosition: null,
  });
}

function orderStarts(cluster: Given) {
  return cluster.when({ type: 'OrderStarts', placements: [...cluster.state.unorderedStarts] });
}

function reservedOn(cluster: Given, id = 'a') {
  return cluster.state.nodes.get(id)?.reserved;
}

/** `j` fills node a, and is updated to ask for this much. */
function full(resources: Record<string, number>, more: Record<string, unknown> = {}): Given {
  const cluster = running({ resources: whole, ...more }, 'a');
  update(cluster, { resources, ...more });
  return cluster;
}

describe('An instance that is replaced where there is room for both', () => {
  it('is stopped, and its successor started, in one commit', () => {
    const cluster = running({}, 'a');
    update(cluster, {});
    expect(replace(cluster, 'a').types).toEqual([
      ...['InstanceWithdrawn', 'InstancesPlaced', 'CommandIssued'],
    ]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'placed', generation: 2, revision: 2 });
    expect(reservedOn(cluster)).toEqual({ cpuMillis: 200, memoryMiB: 128 });
  });

  it('goes on where it runs by now and may not be missing: its successor comes beside it', () => {
    const rules = { update: { maxUnavailable: 0, surge: 1 } };
    const cluster = running({ ...rules }, 'a');
    update(cluster, { ...rules });
    expect(replace(cluster, 'a').types).toEqual([]);
  });

  it('is replaced once: an answer that comes late finds it gone', () => {
    const cluster = running({}, 'a');
    for (const command of ready('b')) cluster.when(command);
    update(cluster, {});
    replace(cluster, 'b');
    expect(replace(cluster, 'a', { generation: 1 }).types).toEqual([]);
  });

  it('goes on where the place was found for a revision that is another by now', () => {
    const cluster = running({}, 'a');
    update(cluster, {});
    update(cluster, { image: 'web:3' });
    expect(replace(cluster, 'a', { revision: 2 }).types).toEqual([]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1 });
  });
});

describe('An instance that is replaced on a full node', () => {
  it('hands its place over: the successor has it on record and starts when it has ended', () => {
    const cluster = full({ cpuMillis: 3_000, memoryMiB: 8_192 });
    expect(replace(cluster, 'a').types).toEqual(['InstanceWithdrawn', 'InstancesPlaced']);
    expect(reservedOn(cluster)).toEqual(whole);
    expect(orderStarts(cluster).types).toEqual([]);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(reservedOn(cluster)).toEqual({ cpuMillis: 3_000, memoryMiB: 8_192 });
    expect(orderStarts(cluster).types).toEqual(['CommandIssued']);
    acknowledgeAll(cluster);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 2 });
  });

  it('leaves no gap in which somebody else takes the place', () => {
    const cluster = full({ cpuMillis: 4_000, memoryMiB: 100 });
    cluster.when(submitJob('greedy', { resources: { cpuMillis: 1, memoryMiB: 1 } }));
    replace(cluster, 'a');
    orderStops(cluster);
    expect(cluster.when(plan('greedy', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
    acknowledgeAll(cluster);
    expect(cluster.when(plan('greedy', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
    expect(orderStarts(cluster).types).toEqual(['CommandIssued']);
  });

  it('may ask for more than it had, if that is free besides', () => {
    const cluster = running({ resources: { cpuMillis: 3_000, memoryMiB: 100 } }, 'a');
    update(cluster, { resources: { cpuMillis: 4_000, memoryMiB: 100 } });
    replace(cluster, 'a');
    expect(reservedOn(cluster)?.cpuMillis).toBe(4_000);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(reservedOn(cluster)).toEqual({ cpuMillis: 4_000, memoryMiB: 100 });
  });

  it('goes on where its successor needs more than there is', () => {
    const cluster = full({ cpuMillis: 4_001, memoryMiB: 100 });
    expect(replace(cluster, 'a').types).toEqual([]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1 });
  });

  it('may be replaced again before it has ended, and nothing is reserved twice', () => {
    const cluster = full({ cpuMillis: 3_000, memoryMiB: 8_000 });
    replace(cluster, 'a');
    update(cluster, { image: 'web:3', resources: { cpuMillis: 4_000, memoryMiB: 8_100 } });
    replace(cluster, 'a');
    expect(reservedOn(cluster)).toEqual(whole);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(reservedOn(cluster)).toEqual({ cpuMillis: 4_000, memoryMiB: 8_100 });
    expect(orderStarts(cluster).types).toEqual(['CommandIssued']);
    expect(instanceOf(cluster)).toMatchObject({ generation: 3, revision: 3 });
  });

  it('frees everything when its job is deleted meanwhile', () => {
    const cluster = full({ cpuMillis: 3_000, memoryMiB: 8_192 });
    replace(cluster, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(reservedOn(cluster)).toEqual({ cpuMillis: 0, memoryMiB: 0 });
    expect(cluster.state.jobs.get('j')).toBeUndefined();
  });
});

describe('What must never run twice', () => {
  it('has its next place before it is stopped, and starts there when it has ended', () => {
    const cluster = running(never, 'a');
    for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
    expect(replace(cluster, 'b').types).toEqual(['InstanceWithdrawn', 'InstancesPlaced']);
    expect(commandTo(cluster, 'b', 'deploy')).toBe('');
    expect(orderStarts(cluster).types).toEqual([]);
    orderStops(cluster);
    cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'received'));
    expect(orderStarts(cluster).types).toEqual([]);
    acknowledgeAll(cluster);
    expect(orderStarts(cluster).types).toEqual(['CommandIssued']);
  });

  it('starts at its next place when its worker must have killed it', () => {
    const cluster = running(never, 'a');
    for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
    replace(cluster, 'b');
    lose(cluster, 'a');
    expect(orderStarts(cluster).types).toEqual(['CommandIssued']);
  });
});
