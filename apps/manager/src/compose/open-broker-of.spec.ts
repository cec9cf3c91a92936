import { describe, expect, it } from '@jest/globals';
import { MemoryAccounts } from '../accounts/testing/memory-accounts.js';
import { readManagerSettings } from '../config/manager-settings.js';
import { openBrokerOf } from './open-broker-of.js';

function broker(env: Readonly<Record<string, string>>, accounts: MemoryAccounts | null = null) {
  const link = {
    ...{ url: 'mqtt://127.0.0.1:1883', connection: { connected: true }, accounts },
    ownNames: () => ['oakring-c1', 'boss'],
    stands: (nodeId: string) => nodeId === 'joined',
  };
  return openBrokerOf(readManagerSettings(env), link, { lastSeenMs: () => null });
}

const elsewhere = { OAKRING_MQTT_URL: 'mqtt://127.0.0.1:1883' };

describe('A name that a node would have at the broker', () => {
  it.each(['oakring', 'oakring-c1', 'boss'])(
    'is not that of the manager at a broker elsewhere, whom it would have the rights or the place of: %s',
    async (name) => {
      expect(await broker(elsewhere).whyTaken(name)).toMatchObject({
        ...{ code: 'node-id-taken', field: 'node', value: name },
      });
      expect(await broker(elsewhere).whyTaken('n1')).toBeNull();
    },
  );

  it('is any in this process, where the broker tells the manager apart', async () => {
    expect(await broker({}).whyTaken('oakring')).toBeNull();
  });

  it('is none of another’s account, be it of another cluster; of a node that joined it was asked before', async () => {
    const accounts = new MemoryAccounts(['theirs', 'joined']);
    const ours = broker(elsewhere, accounts);
    expect(await ours.whyTaken('theirs')).toMatchObject({ code: 'node-id-taken' });
    expect(await ours.whyTaken('n1')).toBeNull();
    expect(await ours.whyTaken('joined')).toBeNull();
    accounts.isAway = true;
    await expect(ours.whyTaken('n1')).rejects.toMatchObject({ code: 'broker-unreachable' });
  });
});
