import { describe } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { connectAsync, type IClientOptions } from 'mqtt';
import {
  attemptsContract,
  joined,
  secretOf,
  type BrokerUnderAttack,
  type Who,
} from '../broker/testing/attempts.contract.js';
import {
  hasMosquitto,
  managerAccount,
  overseerAccount,
  startClosedMosquitto,
  type ClosedMosquitto,
} from './testing/closed-mosquitto.js';

Logger.overrideLogger(false);

const withMosquitto = hasMosquitto() ? describe : describe.skip;

withMosquitto('Mosquitto', () => {
  attemptsContract('Mosquitto, which has a password of each node', async () => {
    const users = joined.map((username) => ({ username, password: secretOf(username) }));
    return underAttack(await startClosedMosquitto(users));
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
