import { describe, expect, it } from '@jest/globals';
import { orderDigest } from '@oakring/model';
import {
  acknowledgeAll,
  instanceOf,
  jobDocument,
  orderStops,
  plan,
  ready,
  replace,
  report,
  restoredAs,
  running,
  submitJob,
  type Given,
} from '../../testing/given.js';

const can = { enforcesStop: true, features: ['docker:low-ports', 'docker:ports'] };
const port80 = { ports: ['80'] };

/** Job `j` has port 80 of node a; node b is there as well. */
function published(): Given {
  const cluster = running(port80, 'a');
  for (const command of ready('b', can)) cluster.when(command);
  return cluster;
}

/** Another job has this port of a node. */
function taken(cluster: Given, port: string, nodeId: string): void {
  cluster.when(submitJob('other', { ports: [port] }));
  cluster.when(plan('other', nodeId));
}

function update(cluster: Given, body: Record<string, unknown>): void {
  const job = jobDocument({ id: 'j', image: 'web:2', ...body });
  cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash: 'newer', ifPosition: null });
}

function move(cluster: Given, nodeId: string) {
  const { generation = 0 } = instanceOf(cluster) ?? {};
  return cluster.when({
    ...({ type: 'MoveInstance', id: 'j', instance: 0, generation, basis: null } as const),
    target: { nodeId, reason: `because ${nodeId}`, total: 1, scores: {} },
  });
}

function orderStarts(cluster: Given) {
  return cluster.when({ type: 'OrderStarts', placements: [...cluster.state.unorderedStarts] });
}

const portsOn = (cluster: Given, nodeId: string) =>
  cluster.state.nodes.get(nodeId)?.ports.map(({ port, job }) => `${port} ${job}`);

describe('A published port of a node', () => {
  it('is one job’s, from its decision until its end is acknowledged', () => {
    const cluster = published();
    cluster.when(submitJob('next', port80));
    expect(cluster.when(plan('next', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    expect(cluster.when(plan('next', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
    acknowledgeAll(cluster);
    expect(portsOn(cluster, 'a')).toEqual([]);
    expect(cluster.when(plan('next', 'a')).decided).toMatchObject({ answer: { placed: 1 } });
    expect(portsOn(cluster, 'a')).toEqual(['80/tcp next']);
  });

  it('is had by one instance of a job alone: the plan that puts two there is cut short', () => {
    const cluster = published();
    cluster.when({ type: 'ScaleJob', id: 'j', count: 3 });
    expect(cluster.when(plan('j', 'b', 'b')).decided).toMatchObject({
      answer: { placed: 1, rejected: ['b'] },
    });
  });
});

describe('The port of an instance that is replaced where it is', () => {
  it('is its successor’s, which starts once the port is free, though there is room for both', () => {
    const cluster = published();
    update(cluster, port80);
    expect(replace(cluster, 'a').types).toEqual(['InstanceWithdrawn', 'InstancesPlaced']);
    expect(orderStarts(cluster).types).toEqual([]);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(portsOn(cluster, 'a')).toEqual(['80/tcp j']);
    expect(orderStarts(cluster).types).toEqual(['CommandIssued']);
    acknowledgeAll(cluster);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a', generation: 2 });
  });

  it('is nobody else’s in between', () => {
    const cluster = published();
    cluster.when(submitJob('greedy', port80));
    update(cluster, port80);
    replace(cluster, 'a');
    orderStops(cluster);
    expect(cluster.when(plan('greedy', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
    acknowledgeAll(cluster);
    expect(cluster.when(plan('greedy', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
  });

  it('waits for nothing where the new one asks for another port', () => {
    const cluster = published();
    update(cluster, { ports: ['81'] });
    expect(replace(cluster, 'a').types).toEqual([
      ...['InstanceWithdrawn', 'InstancesPlaced', 'CommandIssued'],
    ]);
    expect(portsOn(cluster, 'a')).toEqual(['80/tcp j', '81/tcp j']);
  });

  it('is kept where the one that the new one asks for is another job’s: nothing is stopped', () => {
    const cluster = published();
    taken(cluster, '81', 'a');
    update(cluster, { ports: ['81'] });
    expect(replace(cluster, 'a').types).toEqual([]);
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', generation: 1 });
  });
});

describe('A move of what publishes a port', () => {
  it('has it on both nodes until the source has ended', () => {
    const cluster = published();
    expect(move(cluster, 'b').types).toContain('MoveStarted');
    expect([portsOn(cluster, 'a'), portsOn(cluster, 'b')]).toEqual([['80/tcp j'], ['80/tcp j']]);
    acknowledgeAll(cluster);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect([portsOn(cluster, 'a'), portsOn(cluster, 'b')]).toEqual([[], ['80/tcp j']]);
  });

  it('gives it back where it is given up', () => {
    const cluster = published();
    move(cluster, 'b');
    cluster.when({ type: 'CancelMove', id: 'j', instance: 0 });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect([portsOn(cluster, 'a'), portsOn(cluster, 'b')]).toEqual([['80/tcp j'], []]);
  });

  it.each([
    ['of another job', (cluster: Given) => taken(cluster, '80', 'b')],
    [
      'of its own job',
      (cluster: Given) => {
        cluster.when({ type: 'ScaleJob', id: 'j', count: 2 });
        cluster.when(plan('j', 'b'));
      },
    ],
  ])('is refused where it is taken by an instance %s', (_whose, take) => {
    const cluster = published();
    take(cluster);
    expect(move(cluster, 'b').decided).toMatchObject({ refusal: { code: 'worker-does-not-fit' } });
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', moving: null });
  });
});

describe('What is found running after a restore, with a port', () => {
  function found(cluster: Given, nodeId: string) {
    const { document = {} } = cluster.state.jobs.get('j') ?? {};
    const command = report(nodeId, { 'j/0/2': 'running' });
    const said = { ledger: 'c-1', digest: orderDigest(cluster.state, document, []) };
    const instances = command.state.instances.map((instance) => ({ ...instance, ...said }));
    return cluster.when({ ...command, state: { ...command.state, instances } });
  }

  it('is taken up with it, and the one that is remembered has its own until it has ended', () => {
    const cluster = restoredAs(published());
    expect(found(cluster, 'b').types).toContain('InstancesPlaced');
    expect([portsOn(cluster, 'a'), portsOn(cluster, 'b')]).toEqual([['80/tcp j'], ['80/tcp j']]);
  });

  it('is taken up on the node where it is remembered with an earlier generation', () => {
    const cluster = restoredAs(published());
    expect(found(cluster, 'a').types).toContain('InstancesPlaced');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 2, status: 'running' });
    orderStops(cluster);
    cluster.when(report('a', { 'j/0/2': 'running' }, { proves: true }));
    expect(portsOn(cluster, 'a')).toEqual(['80/tcp j']);
  });

  it('is left alone where the port is another job’s by what is reserved there', () => {
    const cluster = restoredAs(published());
    taken(cluster, '80', 'b');
    expect(found(cluster, 'b').types).toEqual(['DriftDetected']);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1 });
  });
});
