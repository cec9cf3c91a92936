import type { Refusal } from '@oakring/contracts';
import { usualManager } from '../accounts/files/rights.js';
import type { BrokerAccounts } from '../accounts/broker-accounts.port.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { BrokerLink } from '../connection/connect-broker.js';
import type { OpenBroker } from '../inbox/http/open-broker.js';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';

interface Link {
  readonly url: string;
  readonly connection: Pick<BrokerLink['connection'], 'connected'>;
  /** Null: the broker knows nodes by itself. */
  readonly accounts: Pick<BrokerAccounts, 'keep' | 'whyTaken'> | null;
  readonly ownNames: BrokerLink['ownNames'];
  /** Whether a node has a credential that holds. */
  readonly stands: (nodeId: string) => boolean;
}

/** What workers are told of the broker: the port that the settings say, else the one that we use. */
export function openBrokerOf(
  { mqttBrokerPort, mqttUrl }: Pick<ManagerSettings, 'mqttBrokerPort' | 'mqttUrl'>,
  { connection, url, accounts, ownNames, stands }: Link,
  table: Pick<TelemetryTable, 'lastSeenMs'>,
): OpenBroker {
  return {
    // One of our own is where we are asked, whatever that is called from outside.
    place: () => ({
      host: mqttUrl === null ? null : new URL(mqttUrl).hostname,
      port: mqttBrokerPort ?? portOf(url),
      tls: new URL(url).protocol === 'mqtts:',
    }),
    whyTaken: async (nodeId) => {
      const isOurs = mqttUrl !== null && [usualManager, ...ownNames()].includes(nodeId);
      if (isOurs) return isTheManager(nodeId);
      // Whose credential holds has been asked about before.
      return accounts === null || stands(nodeId) ? null : accounts.whyTaken(nodeId);
    },
    letIn: async (nodeId, secret) => accounts?.keep(nodeId, secret),
    lastHeardMs: (nodeId) => table.lastSeenMs(nodeId),
    portToTell: () => (connection.connected ? (mqttBrokerPort ?? portOf(url)) : null),
  };
}

function isTheManager(value: string): Refusal {
  const detail = `The manager itself is called ${value} at its broker, and so can be no node.`;
  return { code: 'node-id-taken', detail, field: 'node', value };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'mqtts:' ? 8883 : 1883;
}
