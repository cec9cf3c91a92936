import type { BrokerAccounts } from '../accounts/broker-accounts.port.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { BrokerLink } from '../connection/connect-broker.js';
import type { OpenBroker } from '../inbox/http/open-broker.js';
import type { TelemetryTable } from '../telemetry/telemetry-table.js';

interface Link {
  readonly url: string;
  readonly connection: Pick<BrokerLink['connection'], 'connected'>;
  /** Null: the broker knows nodes by itself. */
  readonly accounts: Pick<BrokerAccounts, 'keep'> | null;
}

/** What workers are told of the broker: the port that the settings say, else the one that we use. */
export function openBrokerOf(
  { mqttBrokerPort, mqttUrl }: Pick<ManagerSettings, 'mqttBrokerPort' | 'mqttUrl'>,
  { connection, url, accounts }: Link,
  table: Pick<TelemetryTable, 'lastSeenMs'>,
): OpenBroker {
  return {
    // One of our own is where we are asked, whatever that is called from outside.
    place: () => ({
      host: mqttUrl === null ? null : new URL(mqttUrl).hostname,
      port: mqttBrokerPort ?? portOf(url),
      tls: new URL(url).protocol === 'mqtts:',
    }),
    letIn: async (nodeId, secret) => accounts?.keep(nodeId, secret),
    lastHeardMs: (nodeId) => table.lastSeenMs(nodeId),
    portToTell: () => (connection.connected ? (mqttBrokerPort ?? portOf(url)) : null),
  };
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  if (port !== '') return Number(port);
  return protocol === 'mqtts:' ? 8883 : 1883;
}
