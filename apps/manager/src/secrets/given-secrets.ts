import {
  clusterKey,
  givenVersion,
  isStart,
  placementKey,
  type ClusterState,
  type GivenSecret,
} from '@oakring/model';
import type { SecretsOfOrders } from '../outbox/outbox.js';
import type { SecretVault } from './secret-vault.js';

type Reading = Pick<SecretVault, 'unseal'>;

/**
 * The values that an order brings its worker, opened as it is sent and kept nowhere. What cannot be read (it was
 * removed since) is left out: what runs already goes on by the same order, and what would begin says what it lacks.
 */
export function secretsOfOrders(vault: Reading, state: () => ClusterState): SecretsOfOrders {
  return (command) => {
    if (!isStart(command)) return null;
    const { job, instance, generation } = command;
    const { secrets = [] } = state().placements.get(placementKey(job, instance, generation)) ?? {};
    return secrets.length === 0 ? null : valuesOf(vault, state(), secrets);
  };
}

async function valuesOf(
  vault: Reading,
  state: ClusterState,
  secrets: readonly GivenSecret[],
): Promise<Readonly<Record<string, string>>> {
  const ledger = state.cluster.get(clusterKey)?.clusterId ?? '';
  const values: [name: string, value: string][] = [];
  for (const given of secrets) {
    const sealed = givenVersion(state, given);
    if (sealed === undefined) continue;
    const { name, version } = given;
    const value = await vault.unseal(sealed, { ledger, name, version });
    if (value !== null) values.push([name, value]);
  }
  return Object.fromEntries(values);
}
