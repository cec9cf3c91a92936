import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import type { Order } from '../wires/dialect.port.js';
import {
  lose,
  orderStops,
  ready,
  registerNode,
  report,
  restoredAs,
  running,
  type Given,
} from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { LeaseGrants } from './lease-grants.js';

const leased = { onDisconnect: { stopOnWorkerAfterMs: 10_000 } };

let ports: SimulatedPorts;
let sent: unknown[];
let connected: boolean;

beforeEach(() => {
  ports = simulatedPorts();
  sent = [];
  connected = true;
});

describe('A reading of a node that runs what must never run twice', () => {
  it('is answered with a grant, which is remembered', async () => {
    const grants = grantsOver(running(leased, 'a'));
    expect(grants.lastGrantMs('a')).toBeNull();
    await ports.advance(1_234);
    grants.answer('a', 1, 7);
    expect(sent).toEqual([['a', { incarnation: 1, sequence: 7, epoch: 0 }]]);
    expect(grants.lastGrantMs('a')).toBe(1_234);
  });

  it.each([
    ['of another start', (grants: LeaseGrants) => grants.answer('a', 2, 7)],
    ['without a number', (grants: LeaseGrants) => grants.answer('a', 1, null)],
    ['of a node without any', (grants: LeaseGrants) => grants.answer('b', 1, 7)],
  ])('%s is not', (_what, answer) => {
    const cluster = running(leased, 'a');
    for (const command of ready('b')) cluster.when(command);
    answer(grantsOver(cluster));
    expect(sent).toEqual([]);
  });

  it('is not while its node is not ready, or we are not connected', () => {
    const cluster = running(leased, 'a');
    const grants = grantsOver(cluster);
    connected = false;
    grants.answer('a', 1, 7);
    connected = true;
    cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen: 'silent', reason: 'r' });
    grants.answer('a', 1, 8);
    expect(sent).toEqual([]);
  });

  it('is not while one of them is lost, unwanted or unexplained there', () => {
    const lost = running(leased, 'a', 'a');
    lose(lost, 'a');
    lost.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen: 'alive', reason: 'r' });
    grantsOver(lost).answer('a', 1, 7);
    const unwanted = running(leased, 'a', 'a');
    unwanted.when({ type: 'ScaleJob', id: 'j', count: 1 });
    orderStops(unwanted);
    grantsOver(unwanted).answer('a', 1, 7);
    const strange = running(leased, 'a', 'a');
    strange.when({ type: 'ScaleJob', id: 'j', count: 1 });
    strange.when(report('a', { 'j/0/1': 'running' }, { proves: true }));
    strange.when(report('a', { 'j/0/1': 'running', 'j/1/1': 'running' }));
    grantsOver(strange).answer('a', 1, 7);
    expect(sent).toEqual([]);
  });

  it('is not while the start that it took over from may live on its own last grant', async () => {
    const cluster = running(leased, 'a');
    const grants = grantsOver(cluster);
    grants.answer('a', 1, 7);
    // It was ready, and is not known to have ended.
    for (const command of restarted()) cluster.when(command);
    await ports.advance(14_999);
    grants.answer('a', 2, 1);
    expect(sent).toHaveLength(1);
    await ports.advance(1);
    grants.answer('a', 2, 2);
    expect(sent.at(-1)).toEqual(['a', { incarnation: 2, sequence: 2, epoch: 0 }]);
  });

  it('is at once after a start whose worker is known to have ended', () => {
    const cluster = running(leased, 'a');
    const grants = grantsOver(cluster);
    grants.answer('a', 1, 7);
    const status = { status: 'offline', incarnation: 1 } as const;
    cluster.when({ type: 'RecordWorkerStatus', nodeId: 'a', status, retained: false });
    for (const command of restarted()) cluster.when(command);
    grants.answer('a', 2, 1);
    expect(sent).toHaveLength(2);
  });
});

describe('A reading of a node of a restored ledger', () => {
  it('is not answered, while a lost leader’s grants may keep its instances elsewhere, where its start is another than the ledger knows', async () => {
    const cluster = restoredAs(running(leased, 'a'));
    const grants = grantsOver(cluster, () => 15_000);
    grants.answer('a', 1, 1);
    for (const command of restarted()) cluster.when(command);
    grants.answer('a', 2, 2);
    expect(sent).toMatchObject([['a', { sequence: 1 }]]);
    await ports.advance(15_000);
    grants.answer('a', 2, 3);
    expect(sent).toMatchObject([
      ['a', { sequence: 1 }],
      ['a', { sequence: 3 }],
    ]);
  });
});

/** The next start of node a, which goes on with what ran there. */
function restarted(): Command[] {
  const body = { incarnation: 2, acknowledges: true, enforcesStop: true };
  return [registerNode('a', body), report('a', { 'j/0/1': 'running' })];
}

function grantsOver(cluster: Given, startsFromMs: () => number = () => 0): LeaseGrants {
  const link = {
    get connected() {
      return connected;
    },
    upSinceMs: 0,
    send: async (nodeId: string, order: Order) => {
      if (order.what === 'grant') sent.push([nodeId, order.said]);
      return null;
    },
    onUp: () => {},
    onDown: () => {},
  };
  return new LeaseGrants(link, new Projection(cluster.state, ports), ports, startsFromMs);
}
