import { describe } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { systemPorts } from '@oakring/ports';
import { connectAsync, type IClientOptions } from 'mqtt';
import {
  attemptsContract,
  joined,
  secretOf,
  type BrokerUnderAttack,
  type Who,
} from '../broker/testing/attempts.contract.js';
import { DynamicSecurity } from './dynamic-security.js';
import {
  managerAccount,
  mosquittoPlugin,
  overseerAccount,
  startClosedMosquitto,
  type ClosedMosquitto,
} from './testing/closed-mosquitto.js';

Logger.overrideLogger(false);

const withMosquitto = mosquittoPlugin() === null ? describe.skip : describe;

withMosquitto('Mosquitto', () => {
  attemptsContract('Mosquitto, which has a password of each node', async () => {
    const users = joined.map((username) => ({ username, password: secretOf(username) }));
    return underAttack(await startClosedMosquitto({ by: 'passwords', users }));
  });

  attemptsContract('Mosquitto, where the manager keeps an account of each node', async () => {
    const mosquitto = await startClosedMosquitto({ by: 'accounts' });
    const accounts = new DynamicSecurity(
      () => ({
        ...{ url: `mqtt://127.0.0.1:${mosquitto.managerPort}`, clientId: 'oakring-1' },
        ...managerAccount,
      }),
      () => 'oakring-1',
      systemPorts(),
    );
    await Promise.all(joined.map((node) => accounts.keep(node, secretOf(node))));
    return underAttack(mosquitto);
  });
});

function underAttack({ port, managerPort, end }: ClosedMosquitto): BrokerUnderAttack {
  const ofManager = [managerAccount, overseerAccount].map(({ username }) => username);
  return {
    ...{ manager: managerAccount, overseer: overseerAccount, managerClient: 'oakring-1' },
    connect: (who: Who, options: IClientOptions = {}) =>
      connectAsync(
        `mqtt://127.0.0.1:${ofManager.includes(who.username ?? '') ? managerPort : port}`,
        { reconnectPeriod: 0, protocolVersion: 4, ...who, ...options },
        false,
      ),
    stop: end,
  };
}
