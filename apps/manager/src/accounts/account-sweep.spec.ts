import { afterEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { Supervisor } from '../supervision/supervisor.js';
import type { Process } from '../supervision/process.js';
import { given } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { AccountSweep } from './account-sweep.js';
import { MemoryAccounts } from './testing/memory-accounts.js';

let supervisor: Supervisor | null = null;
afterEach(() => void supervisor?.stop());

const joining = (node: string) =>
  ({ type: 'JoinNode', node, hash: `hash of ${node}`, registrationToken: 'absent' }) as const;

async function scene() {
  const ports = simulatedPorts();
  const cluster = given(joining('n1'), joining('n2'));
  const projection = new Projection(cluster.state, ports);
  const accounts = new MemoryAccounts();
  for (const node of ['n1', 'n2']) await accounts.keep(node, `secret of ${node}`);
  const link = {
    connected: true,
    up: (): void => {},
    onUp: (told: () => void) => void (link.up = told),
  };
  const over = new Set<string>();
  const { credentials } = cluster.state;
  const sweep = new AccountSweep(
    accounts,
    link,
    (node) => !over.has(node) && credentials.get(node)?.revoked === null,
  );
  const started = new Supervisor([sweep as Process<unknown>], projection, ports, () => {});
  supervisor = started;
  started.start();
  await ports.advance(20);
  return {
    ...{ accounts, over, link },
    left: () => [...accounts.secrets.keys()],
    wait: (ms = 20) => ports.advance(ms),
    async revoke(node: string) {
      const order = { type: 'OrderNode', id: node, order: { do: 'revoke', reason: 'r' } } as const;
      projection.announce(cluster.when(order).events, cluster.state.head);
      await ports.advance(20);
    },
  };
}

describe('The sweep of accounts', () => {
  it('ends the account of a node at once that is revoked, and no other', async () => {
    const { left, revoke } = await scene();
    expect(left()).toEqual(['n1', 'n2']);
    await revoke('n1');
    expect(left()).toEqual(['n2']);
  });

  it('does so once the broker is there again, where it was away', async () => {
    const { accounts, left, revoke, wait } = await scene();
    accounts.isAway = true;
    await revoke('n1');
    expect(left()).toEqual(['n1', 'n2']);
    accounts.isAway = false;
    await wait(30_000);
    expect(left()).toEqual(['n2']);
  });

  it('looks whenever we come to be connected, for what ended while nobody was', async () => {
    const { over, link, left, wait } = await scene();
    link.connected = false;
    over.add('n2');
    link.up();
    await wait();
    expect(left()).toEqual(['n1', 'n2']);
    link.connected = true;
    link.up();
    await wait();
    expect(left()).toEqual(['n1']);
  });
});
