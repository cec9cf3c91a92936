import { describe, expect, it } from '@jest/globals';
import {
  ack,
  commandTo,
  given,
  instanceOf,
  lose,
  orderStops,
  plan,
  registerNode,
  submitJob,
  type Given,
} from '../../testing/given.js';

/** A worker that counts no starts registers, from another address each time. */
const start = (id: string, ip = '10.0.0.1') =>
  ({
    ...registerNode(id, { acknowledges: true, ip }),
    ...({ dialect: 'other', startsAnew: true } as const),
  }) as const;

function runningOn(nodeId: string): Given {
  const cluster = given(start(nodeId), submitJob('j', { count: 1 }), plan('j', nodeId));
  cluster.when(ack(nodeId, commandTo(cluster, nodeId, 'deploy'), 'succeeded'));
  return cluster;
}

describe('A registration that says that its worker starts anew', () => {
  it('makes the node ready at once, with nothing to report', () => {
    const cluster = given();
    const { types, decided } = cluster.when(start('a'));
    expect(types).toEqual(['NodeRegistered', 'NodeBecameReady']);
    expect(decided).toMatchObject({ answer: { accepted: true, incarnation: 1 } });
    expect(cluster.state.nodes.get('a')).toMatchObject({ status: 'ready', dialect: 'other' });
  });

  it('is the next start of the node each time, wherever it comes from', () => {
    const cluster = given(start('a'), start('a'), start('a', '10.0.0.2'));
    expect(cluster.state.nodes.get('a')).toMatchObject({ incarnation: 3, ip: '10.0.0.2' });
  });

  it('has what ran there ordered again by the same commit, without counting it as a failure', () => {
    const cluster = runningOn('a');
    const deploy = commandTo(cluster, 'a', 'deploy');
    const { types } = cluster.when(start('a'));
    expect(types).toContain('CommandReopened');
    expect(cluster.state.commands.get(deploy)).toMatchObject({ status: 'issued', incarnation: 2 });
    expect(instanceOf(cluster)).toMatchObject({ status: 'placed', generation: 1, failures: 0 });
  });

  it('ends what was to be deleted there', () => {
    const cluster = runningOn('a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    expect(cluster.when(start('a')).types).toContain('JobEnded');
    expect(cluster.state.placements.size).toBe(0);
  });

  it('ends what was lost there', () => {
    const cluster = runningOn('a');
    lose(cluster, 'a');
    cluster.when(start('b'));
    cluster.when(plan('j', 'b'));
    cluster.when(start('a'));
    expect([...cluster.state.placements.entries()].map(([key]) => key)).toEqual(['j/0/2']);
  });

  it('is refused where the node proves itself by a token', () => {
    const cluster = given({ ...registerNode('a'), token: 'valid' });
    expect(cluster.when(start('a')).decided).toMatchObject({ refusal: { code: 'node-id-taken' } });
  });
});
