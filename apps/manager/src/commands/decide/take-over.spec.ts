import { describe, expect, it } from '@jest/globals';
import type { Command } from '../command.js';
import { commandTo, given, orderInstance, registerNode, report } from '../../testing/given.js';

type TakingOver = Extract<Command, { type: 'TakeOverInstance' }>;

const body = { name: 'shop.ns.web.ns', restart: { limit: null } };
const takeOver = (
  instance: number,
  {
    nodeId = 'a',
    hasCompleted = false,
    ...more
  }: Partial<TakingOver> & { one_shot?: boolean } = {},
): TakingOver => ({
  ...orderInstance('j', instance, { ...body, ...more }),
  ...{ type: 'TakeOverInstance', nodeId, hasCompleted },
});
const takenFrom = (nodeId: string) =>
  ({ type: 'TakeOverInstance', nodeId, hasCompleted: false }) as const;
/** Known, and not heard of yet. */
const node = registerNode('a', { acknowledges: true });
const statusOf = ({ state }: ReturnType<typeof given>, instance: number) =>
  state.instances.get(`j/${instance}`);
const isOrder = (type: string) => type === 'CommandIssued' || type === 'CommandReopened';

describe('An instance that is taken over where it was', () => {
  it('has its number and its place, and no order for it is to be sent', () => {
    const cluster = given(node);
    const { decided } = cluster.when(takeOver(3));
    expect(decided).toEqual({ answer: { taken: true } });
    expect(statusOf(cluster, 3)).toMatchObject({
      ...{ status: 'running', confirmed: false, nodeId: 'a', generation: 1 },
    });
    expect(cluster.state.jobs.get('j')).toMatchObject({ numbering: 'given', desired: 1 });
    expect([...cluster.state.unsentOfNode.names()]).toEqual([]);
    expect(cluster.state.placements.get('j/3/1')).toMatchObject({ takenOver: true });
  });

  it('is confirmed by a report of its worker, without a further order', () => {
    const cluster = given(node, takeOver(0), takeOver(7));
    const { types } = cluster.when(report('a', { 'j/0/1': 'running', 'j/7/1': 'running' }));
    expect(types.filter(isOrder)).toEqual([]);
    expect([0, 7].map((number) => statusOf(cluster, number))).toEqual([
      expect.objectContaining({ status: 'running', confirmed: true, generation: 1 }),
      expect.objectContaining({ status: 'running', confirmed: true, generation: 1 }),
    ]);
  });

  it('has failed, and is tried again, when its worker is heard to be without it', () => {
    const cluster = given(node, takeOver(0));
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(statusOf(cluster, 0)).toMatchObject({ status: 'failed', givenUp: false });
  });

  it('is ordered again when its worker starts anew', () => {
    const cluster = given(node, takeOver(0));
    cluster.when({ ...node, startsAnew: true });
    expect(cluster.state.commands.get(commandTo(cluster, 'a', 'deploy'))).toMatchObject({
      ...{ status: 'issued', generation: 1 },
    });
  });

  it('is ended by an order as any other', () => {
    const cluster = given(node, takeOver(0));
    cluster.when({ type: 'EndInstance', id: 'j', instance: 0, root: null });
    cluster.when({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] });
    expect(commandTo(cluster, 'a', 'delete')).not.toBe('');
  });

  it('that had completed is not run again', () => {
    const cluster = given(node, takeOver(0, { hasCompleted: true, one_shot: true }));
    expect(statusOf(cluster, 0)?.status).toBe('completed');
    expect(cluster.state.placements.size).toBe(0);
  });
});

describe('Taking over', () => {
  it('into a ledger that has jobs of its own is refused, unless it is forced', () => {
    const own = orderInstance('own', 0, { name: 'own' });
    const cluster = given(node, own);
    expect(cluster.when(takeOver(0))).toMatchObject({
      ...{ types: [], decided: { refusal: { code: 'ledger-in-use' } } },
    });
    expect(cluster.when({ ...takeOver(0), force: true }).decided).toEqual({
      answer: { taken: true },
    });
  });

  it('goes on among what was taken over before, whatever its root orders of that', () => {
    const cluster = given(node, takeOver(0));
    cluster.when(orderInstance('j', 1, body));
    const other = { ...takeOver(0), id: 'k', nodeId: null };
    expect(cluster.when(other).decided).toEqual({ answer: { taken: true } });
  });

  it('again changes nothing', () => {
    const cluster = given(node, takeOver(0));
    expect(cluster.when(takeOver(0))).toMatchObject({
      ...{ types: [], decided: { answer: { taken: false } } },
    });
  });

  it('leaves to be placed what ran nowhere that is known', () => {
    const cluster = given(node);
    cluster.when({ ...takeOver(0), nodeId: null });
    expect(statusOf(cluster, 0)).toMatchObject({ status: 'pending', nodeId: null });
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ['on a node that is not known', 'node-unknown', {}, 'b'],
    [
      ...(['of more than its node has', 'worker-does-not-fit'] as const),
      ...([{ resources: { cpuMillis: 0, memoryMiB: 999_999 } }, 'a'] as const),
    ],
    [
      ...(['of what must never run twice', 'worker-does-not-fit'] as const),
      ...([{ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a'] as const),
    ],
  ])('%s is refused as %s, and nothing is written', (_, code, more, nodeId) => {
    const ordered = orderInstance('j', 0, { ...body, ...more });
    const command = { ...ordered, ...takenFrom(nodeId) };
    const { types, decided } = given(node).when(command);
    expect([types, decided]).toMatchObject([[], { refusal: { code } }]);
  });

  it('does not put two of one name on one node, where its worker cannot tell them apart', () => {
    const cluster = given(node, takeOver(0));
    const other = { ...takeOver(0), ...orderInstance('k', 0, body), type: 'TakeOverInstance' };
    cluster.when(other as TakingOver);
    expect(cluster.state.instances.get('k/0')).toMatchObject({ status: 'pending' });
  });
});
