import type { Refusal } from '@oakring/contracts';
import { clusterKey } from '@oakring/model';
import type { Ports, Undo } from '@oakring/ports';
import { brokerTokens } from '../access/broker-tokens.js';
import type { Identities } from '../access/identities.js';
import { knownHosts } from '../access/known-hosts.js';
import { NodeIdentities } from '../access/node-identities.js';
import type { BrokerAccounts } from '../accounts/broker-accounts.port.js';
import { DynamicSecurity } from '../accounts/dynamic-security.js';
import type { LetIn } from '../broker/door.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import {
  connectBroker,
  type BrokerCertificates,
  type BrokerCluster,
  type BrokerLink,
} from '../connection/connect-broker.js';
import type { Kept } from './open-kept.js';

/** After these somebody may be let in who was not before, or not any more. */
const aboutCredentials: ReadonlySet<string> = new Set([
  ...['TokenGranted', 'TokenRevoked', 'LedgerRestored'],
  ...['NodeJoined', 'NodeCredentialRevoked', 'NodeForgotten'],
]);

interface BrokerParts {
  readonly kept: Pick<Kept, 'projection' | 'wires' | 'deadLetters'>;
  readonly identities: Identities;
  readonly ports: Ports;
  readonly tls: BrokerCertificates;
}

interface ClusterBroker {
  readonly link: BrokerLink;
  /** At a broker elsewhere; null: it knows nodes by itself, or somebody else keeps them. */
  readonly accounts: BrokerAccounts | null;
  /** Whether a node has a credential that holds. */
  readonly stands: (nodeId: string) => boolean;
  /** Why what is said in a node's name counts for nothing; null: the broker in this process has asked. */
  readonly whyUnheard: ((nodeId: string) => Refusal | null) | null;
}

/** The broker that this cluster speaks over, and how it knows who speaks. */
export async function brokerOf(
  settings: ManagerSettings,
  { kept, identities, ports, tls }: BrokerParts,
  stopping: Undo,
): Promise<ClusterBroker> {
  const nodes = new NodeIdentities(kept.projection);
  const cluster = clusterOf(kept, letInBy(settings, identities, nodes));
  const link = await connectBroker(settings, cluster, ports, tls);
  stopping.add(() => link.broker?.stop());
  const { mqttAccounts } = settings;
  const { elsewhere } = link;
  const group = (): string => `oakring-${cluster.id()}`;
  return {
    link,
    stands: (nodeId) => nodes.hasOwn(nodeId),
    accounts:
      elsewhere === null || mqttAccounts === 'none'
        ? null
        : new DynamicSecurity(elsewhere, group, ports),
    whyUnheard:
      elsewhere === null ? null : (nodeId) => nodes.whyUnheard(nodeId, mqttAccounts !== 'none'),
  };
}

function clusterOf(
  { projection, wires, deadLetters }: BrokerParts['kept'],
  letIn: LetIn,
): BrokerCluster {
  const { state } = projection;
  return {
    id: () => state.cluster.get(clusterKey)?.clusterId ?? '',
    hasNode: (nodeId) => state.nodes.get(nodeId) !== undefined,
    ...{ wires, deadLetters, letIn },
    onCredentials: (listener) =>
      projection.onProjected((events) => {
        if (events.some(({ type }) => aboutCredentials.has(type))) listener();
      }),
  };
}

function letInBy(settings: ManagerSettings, identities: Identities, nodes: NodeIdentities): LetIn {
  const { allowOpen, mqttUsername: username, mqttPassword: password } = settings;
  const { speaksOakestra, oakestraHosts } = settings;
  const shared = username === null || password === null ? null : { username, password };
  return {
    ...{ open: allowOpen && shared === null, shared, nodes },
    ofToken: brokerTokens(identities),
    ...(speaksOakestra ? { nameless: knownHosts(oakestraHosts) } : {}),
  };
}
