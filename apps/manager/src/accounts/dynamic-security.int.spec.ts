import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { systemPorts } from '@oakring/ports';
import { connectAsync, type MqttClient } from 'mqtt';
import { DynamicSecurity } from './dynamic-security.js';
import { brokerAccountsContract } from './testing/broker-accounts.contract.js';
import {
  managerAccount,
  mosquittoPlugin,
  startClosedMosquitto,
  type ClosedMosquitto,
} from './testing/closed-mosquitto.js';

Logger.overrideLogger(false);

const withMosquitto = mosquittoPlugin() === null ? describe.skip : describe;

function accountsAt(
  { managerPort }: ClosedMosquitto,
  account = managerAccount,
  group = 'oakring-1',
): DynamicSecurity {
  const address = { url: `mqtt://127.0.0.1:${managerPort}`, clientId: 'oakring-1', ...account };
  return new DynamicSecurity(
    () => address,
    () => group,
    systemPorts(),
  );
}

function enter({ port }: ClosedMosquitto, username: string, password: string): Promise<MqttClient> {
  const options = { username, password, reconnectPeriod: 0, protocolVersion: 4 as const };
  return connectAsync(`mqtt://127.0.0.1:${port}`, options, false);
}

async function letsIn(...asked: Parameters<typeof enter>): Promise<boolean> {
  try {
    (await enter(...asked)).end(true);
    return true;
  } catch {
    return false;
  }
}

withMosquitto('Mosquitto', () => {
  brokerAccountsContract('Mosquitto’s plugin for dynamic security', async () => {
    const mosquitto = await startClosedMosquitto({ by: 'accounts' });
    return {
      ...{ accounts: accountsAt(mosquitto), another: managerAccount.username },
      letsIn: (username, password) => letsIn(mosquitto, username, password),
      stop: mosquitto.end,
    };
  });

  describe('whose accounts a manager keeps', () => {
    let mosquitto: ClosedMosquitto;
    beforeEach(async () => {
      mosquitto = await startClosedMosquitto({ by: 'accounts' });
    });
    afterEach(() => mosquitto.end());

    it('ends the connection of a node that stands no more, at once', async () => {
      const accounts = accountsAt(mosquitto);
      await accounts.keep('n1', 'one');
      const client = await enter(mosquitto, 'n1', 'one');
      client.on('error', () => {});
      const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
      await accounts.sweep(() => false);
      await closed;
    });

    it('lets in again whom it has forgotten, once that one has been kept again', async () => {
      const accounts = accountsAt(mosquitto);
      await accounts.keep('n1', 'one');
      await mosquitto.kill('forgets');
      await expect(accounts.keep('n1', 'one')).rejects.toMatchObject({
        code: 'broker-unreachable',
      });
      await mosquitto.start();
      expect(await letsIn(mosquitto, 'n1', 'one')).toBe(false);
      await accounts.keep('n1', 'one');
      expect(await letsIn(mosquitto, 'n1', 'one')).toBe(true);
    });

    it('still has them when it starts again', async () => {
      await accountsAt(mosquitto).keep('n1', 'one');
      await mosquitto.kill();
      await mosquitto.start();
      expect(await letsIn(mosquitto, 'n1', 'one')).toBe(true);
    });

    it('has the nodes of another cluster beside its own, which neither touches', async () => {
      const [ours, theirs] = [
        accountsAt(mosquitto),
        accountsAt(mosquitto, managerAccount, 'oakring-2'),
      ];
      await ours.keep('n1', 'one');
      await theirs.keep('n2', 'two');
      await expect(theirs.keep('n1', 'guess')).rejects.toMatchObject({ code: 'node-id-taken' });
      expect(await theirs.sweep(() => false)).toEqual(['n2']);
      expect(await letsIn(mosquitto, 'n1', 'one')).toBe(true);
    });

    it('says what is wrong, where the manager has another password', async () => {
      const wrong = accountsAt(mosquitto, { ...managerAccount, password: 'guess' });
      await expect(wrong.keep('n1', 'one')).rejects.toMatchObject({
        code: 'broker-unreachable',
        message: expect.stringContaining('OAKRING_MQTT_ACCOUNTS'),
      });
    });
  });
});
