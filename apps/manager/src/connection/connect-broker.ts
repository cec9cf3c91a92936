import { bracketed, reachable } from '@oakring/contracts';
import type { Trust } from '@oakring/host';
import type { ShownCertificate } from '@oakring/http';
import type { Ports } from '@oakring/ports';
import type { LetIn } from '../broker/door.js';
import { startEmbeddedBroker, type EmbeddedBroker } from '../broker/embedded-broker.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { DeadLetters } from '../dead-letters/dead-letters.js';
import { accessOf } from '../wires/access.js';
import type { Wires } from '../wires/wires.js';
import { BrokerConnection } from './broker-connection.js';
import type { BrokerAddress } from './mqtt-client.js';
import { brokerTls, certifiedName } from './broker-tls.js';
import { reachBroker } from './reach-broker.js';

export interface BrokerLink {
  /** Null when a broker elsewhere is used. */
  readonly broker: EmbeddedBroker | null;
  /** Not started yet. */
  readonly connection: BrokerConnection;
  /** Whether the broker takes a connection from here, beside ours: who leads must reach it. */
  readonly reaches: () => Promise<boolean>;
  /** Where workers connect. */
  readonly url: string;
  /** How the broker is reached for another purpose than workers; null: it is in this process. */
  readonly elsewhere: (() => BrokerAddress) | null;
  /**
   * What we are called at a broker elsewhere, by name, client id or certificate: a node that is called so would be taken
   * for us there. None: the broker in this process tells us apart.
   */
  readonly ownNames: () => readonly string[];
}

/** Who the broker is for. */
export interface BrokerCluster {
  /** Known once the cluster is founded. */
  id(): string;
  hasNode(nodeId: string): boolean;
  readonly wires: Wires;
  readonly deadLetters: DeadLetters;
  /** Whom the broker in this process lets in. */
  readonly letIn: LetIn;
  /** Calls back when a credential came, or one may have ended. */
  onCredentials(listener: () => void): void;
}

/** What the broker in this process shows, and how our own connection believes it. */
export interface BrokerCertificates {
  /** Null: it speaks in the clear. */
  readonly shown: ShownCertificate | null;
  readonly own: Trust;
}

/**
 * The broker in this process, unless the settings name one elsewhere, and our one connection to it.
 * The client id is the cluster's: the broker itself cuts off a predecessor.
 */
export async function connectBroker(
  settings: ManagerSettings,
  cluster: BrokerCluster,
  ports: Ports,
  { shown, own }: BrokerCertificates,
): Promise<BrokerLink> {
  const { wires, deadLetters, letIn } = cluster;
  const clientId = (): string => `oakring-${cluster.id()}`;
  const { mqttUrl, mqttUsername: username, mqttPassword: password } = settings;
  const tls = brokerTls(settings);
  if (mqttUrl !== null) {
    const access = { url: mqttUrl, username, password, ...tls };
    const address = () => ({ ...access, clientId: clientId(), mayBeFive: true as const });
    const probe = (): Promise<boolean> =>
      reachBroker({ ...address(), clientId: `oakring-probe-${ports.ids.next()}` }, ports.timers);
    const connection = new BrokerConnection(address, wires.subscriptions, ports);
    const names = [username, certifiedName(tls.tls)].filter((name) => name !== null);
    return {
      ...{ broker: null, connection, reaches: probe, url: mqttUrl, elsewhere: address },
      ownNames: () => [clientId(), ...names],
    };
  }
  const internal = { username: `manager-${ports.ids.next()}`, password: ports.ids.next() };
  const broker = await startEmbeddedBroker({
    host: settings.host,
    port: settings.mqttPort,
    letIn,
    certificate: shown,
    internal,
    access: accessOf(wires.dialects, {
      dialectOf: (nodeId) => wires.dialectOf(nodeId),
      hasJoined: (nodeId) => letIn.nodes.hasJoined(nodeId),
    }),
    ports,
    isRegistered: (nodeId) => cluster.hasNode(nodeId),
    onRefused: (topic, payload, { code, detail, value }, { node, address }) =>
      deadLetters.record({
        ...{ topic, code, reason: detail, payload: Buffer.from(payload) },
        // No id has an @: who has no name cannot use up what is kept of a node.
        nodeId: node ?? `@${address}`,
        ...(code === 'sender-mismatch'
          ? { forged: { node: String(value), by: node, from: address } }
          : {}),
      }),
  });
  cluster.onCredentials(() => broker.review());
  const scheme = shown === null ? 'mqtt' : 'mqtts';
  const here = `${scheme}://${bracketed(reachable(settings.host))}:${broker.port}`;
  const believed = () => (shown === null ? {} : { tls: own.options() });
  const address = () => ({ url: here, ...internal, clientId: clientId(), ...believed() });
  return {
    broker,
    connection: new BrokerConnection(address, wires.subscriptions, ports),
    // It is in this process.
    reaches: async () => true,
    elsewhere: null,
    ownNames: () => [],
    url: `${scheme}://${bracketed(settings.host)}:${broker.port}`,
  };
}
