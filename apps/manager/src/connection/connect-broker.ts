import { bracketed, reachable } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import { startEmbeddedBroker, type EmbeddedBroker } from '../broker/embedded-broker.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { DeadLetters } from '../dead-letters/dead-letters.js';
import { BrokerConnection } from './broker-connection.js';

export interface BrokerLink {
  /** Null when a broker elsewhere is used. */
  readonly broker: EmbeddedBroker | null;
  /** Not started yet. */
  readonly connection: BrokerConnection;
  /** Where workers connect. */
  readonly url: string;
}

/**
 * The broker in this process, unless the settings name one elsewhere, and our one connection to it.
 * The client id is the cluster's: the broker itself cuts off a predecessor.
 */
export async function connectBroker(
  settings: ManagerSettings,
  /** Known once the cluster is founded. */
  cluster: { id(): string; hasNode(nodeId: string): boolean },
  deadLetters: DeadLetters,
  ports: Ports,
): Promise<BrokerLink> {
  const clientId = (): string => `oakring-${cluster.id()}`;
  const { mqttUrl, mqttUsername: username, mqttPassword: password } = settings;
  if (mqttUrl !== null) {
    const address = () => ({ url: mqttUrl, username, password, clientId: clientId() });
    return { broker: null, connection: new BrokerConnection(address, ports), url: mqttUrl };
  }
  const internal = { username: `manager-${ports.ids.next()}`, password: ports.ids.next() };
  const broker = await startEmbeddedBroker({
    host: settings.host,
    port: settings.mqttPort,
    credentials: username === null || password === null ? null : { username, password },
    internal,
    ports,
    isRegistered: (nodeId) => cluster.hasNode(nodeId),
    onRefused: (topic, payload, { code, detail }) =>
      deadLetters.record({
        topic,
        code,
        reason: detail,
        payload: Buffer.from(payload),
        nodeId: null,
      }),
  });
  const here = `mqtt://${bracketed(reachable(settings.host))}:${broker.port}`;
  const address = () => ({ url: here, ...internal, clientId: clientId() });
  return {
    broker,
    connection: new BrokerConnection(address, ports),
    url: `mqtt://${bracketed(settings.host)}:${broker.port}`,
  };
}
