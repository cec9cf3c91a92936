import { Logger } from '@nestjs/common';
import { systemPorts } from '@oakring/ports';
import { connectAsync } from 'mqtt';
import { accessOf } from '../wires/access.js';
import { spokenDialects } from '../wires/spoken.js';
import { startEmbeddedBroker } from './embedded-broker.js';
import { attemptsContract, joined, secretOf } from './testing/attempts.contract.js';
import { KnownNodes } from './testing/known-nodes.js';

Logger.overrideLogger(false);

const internal = { username: 'inside', password: 'of nobody' };

attemptsContract('the embedded broker', async () => {
  const nodes = new KnownNodes();
  for (const node of joined) nodes.join(node, secretOf(node));
  const { port, stop } = await startEmbeddedBroker({
    ...{ host: '127.0.0.1', port: 0, internal, ports: systemPorts() },
    letIn: { open: false, shared: null, nodes },
    access: accessOf(spokenDialects, {
      dialectOf: () => null,
      hasJoined: (nodeId) => nodes.hasJoined(nodeId),
    }),
  });
  return {
    ...{ manager: internal, overseer: internal, managerClient: 'oakring-1', stop },
    connect: (who, options = {}) =>
      connectAsync(
        `mqtt://127.0.0.1:${port}`,
        { reconnectPeriod: 0, protocolVersion: 4, ...who, ...options },
        false,
      ),
  };
});
