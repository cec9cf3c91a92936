import { describe, expect, it } from '@jest/globals';
import { orderDigest } from '@oakring/model';
import {
  ack,
  acknowledgeAll,
  commandTo,
  instanceOf,
  orderStops,
  plan,
  ready,
  report,
  restoredAs,
  running,
  type Given,
} from '../../testing/given.js';

/** Job `j` ran on node a when the backup was taken; node b is there as well. */
function restored(job: Record<string, unknown> = {}): Given {
  const cluster = running(job, 'a');
  for (const command of ready('b', { enforcesStop: true })) cluster.when(command);
  return restoredAs(cluster);
}

/** What its worker says to have been ordered by the document that the job has today, or by another one. */
function found(cluster: Given, nodeId: string, key: string, digest?: string) {
  const { document = {} } = cluster.state.jobs.get('j') ?? {};
  const command = report(nodeId, { [key]: 'running' });
  const said = { ledger: 'c-1', digest: digest ?? orderDigest(cluster.state, document, []) };
  const instances = command.state.instances.map((instance) => ({ ...instance, ...said }));
  return cluster.when({ ...command, state: { ...command.state, instances } });
}

describe('An instance that was placed after the backup that the ledger comes from', () => {
  it('is taken up where it runs, without an order, and what it was moved from is stopped', () => {
    const cluster = restored();
    expect(found(cluster, 'b', 'j/0/2').types).toEqual([
      ...['InstanceWithdrawn', 'InstancesPlaced', 'CommandIssued', 'CommandSucceeded'],
    ]);
    expect(instanceOf(cluster)).toMatchObject({
      ...{ nodeId: 'b', generation: 2, status: 'running', confirmed: true },
    });
    expect([...cluster.state.unsentOfNode.of('b')]).toEqual([]);
    expect(cluster.state.nodes.get('b')?.unexpected).toEqual([]);
    expect(orderStops(cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', nodeId: 'a', generation: 1 } },
    ]);
    // The same again is no news.
    expect(found(cluster, 'b', 'j/0/2').types).toEqual([]);
  });

  it('is taken up also where its instance failed or waits by what is remembered', () => {
    const cluster = restored();
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(instanceOf(cluster)?.status).toBe('failed');
    expect(found(cluster, 'b', 'j/0/2').types).toContain('InstancesPlaced');
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'b', status: 'running' });
  });

  it.each([
    ['of another document', 'j/0/2', 'another'],
    ['of a number that nobody wants', 'j/4/2', undefined],
    ['of a generation that cannot have been given', 'j/0/1001', undefined],
  ])('%s is shown, and left alone', (_what, key, digest) => {
    const cluster = restored();
    expect(found(cluster, 'b', key, digest).events).toMatchObject([
      { type: 'DriftDetected', data: { unexpected: [key] } },
    ]);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1 });
  });

  it('is left alone where its node has no room for it by what is reserved there', () => {
    const cluster = restored({ resources: { cpuMillis: 3_000, memoryMiB: 1 } });
    cluster.when({ type: 'ScaleJob', id: 'j', count: 2 });
    cluster.when(plan('j', 'b'));
    expect(found(cluster, 'b', 'j/0/2').types).toEqual(['DriftDetected']);
  });

  it('is stopped once its number runs anew, above all that can have been given, and not before', () => {
    const cluster = restored();
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    cluster.when({ type: 'RetryInstance', id: 'j', instance: 0, generation: 1 });
    cluster.when(plan('j', 'a'));
    expect(instanceOf(cluster)?.generation).toBe(1_001);
    expect(found(cluster, 'b', 'j/0/2').types).toEqual(['DriftDetected']);
    cluster.when(report('a', { 'j/0/1001': 'running' }));
    expect(found(cluster, 'b', 'j/0/2').types).toEqual([
      ...['UnexpectedInstanceFound', 'DriftDetected'],
    ]);
  });
});

describe('An answer to an order', () => {
  it('that was given after a restore counts by the name that its worker was told', () => {
    const cluster = restored();
    cluster.when({ type: 'ScaleJob', id: 'j', count: 2 });
    cluster.when(plan('j', 'b'));
    const id = commandTo(cluster, 'b', 'deploy');
    // That name was given to another order before, in what is lost.
    expect(cluster.when(ack('b', id, 'succeeded')).decided).toMatchObject({
      refusal: { code: 'command-unknown' },
    });
    expect(cluster.when(ack('b', `${id}.5`, 'succeeded')).types).toEqual(['CommandSucceeded']);
  });

  it('that was given before counts by its id', () => {
    const cluster = running({}, 'a');
    for (const command of ready('b')) cluster.when(command);
    cluster.when({ type: 'ScaleJob', id: 'j', count: 2 });
    cluster.when(plan('j', 'b'));
    restoredAs(cluster);
    acknowledgeAll(cluster);
    expect(instanceOf(cluster, 1)?.status).toBe('running');
  });
});
