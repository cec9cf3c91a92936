import { clusterKey } from '@oakring/model';
import { brokerTokens } from '../access/broker-tokens.js';
import type { Identities } from '../access/identities.js';
import { knownHosts } from '../access/known-hosts.js';
import { nobodyJoined, type LetIn } from '../broker/door.js';
import type { ManagerSettings } from '../config/manager-settings.js';
import type { BrokerCluster } from '../connection/connect-broker.js';
import type { Kept } from './open-kept.js';

/** After these somebody may be let in who was not before, or not any more. */
const aboutCredentials: ReadonlySet<string> = new Set([
  ...['TokenGranted', 'TokenRevoked', 'NodeForgotten', 'LedgerRestored'],
]);

/** What the broker in this process is told of the cluster that it is for. */
export function brokerCluster(
  settings: ManagerSettings,
  { projection, wires, deadLetters }: Pick<Kept, 'projection' | 'wires' | 'deadLetters'>,
  identities: Identities,
): BrokerCluster {
  const { state } = projection;
  return {
    id: () => state.cluster.get(clusterKey)?.clusterId ?? '',
    hasNode: (nodeId) => state.nodes.get(nodeId) !== undefined,
    ...{ wires, deadLetters },
    letIn: letInBy(settings, identities),
    onCredentials: (listener) =>
      projection.onProjected((events) => {
        if (events.some(({ type }) => aboutCredentials.has(type))) listener();
      }),
  };
}

function letInBy(
  {
    mqttUsername: username,
    mqttPassword: password,
    speaksOakestra,
    oakestraHosts,
  }: ManagerSettings,
  identities: Identities,
): LetIn {
  const shared = username === null || password === null ? null : { username, password };
  return {
    ...{ open: shared === null, shared, nodes: nobodyJoined },
    ofToken: brokerTokens(identities),
    ...(speaksOakestra ? { nameless: knownHosts(oakestraHosts) } : {}),
  };
}
