import { emptyFrontier, rootOf, type Checkpoint } from '@oakring/events';
import { clusterKey, ledgerKey, type ClusterState } from './cluster-state.js';

/** Where the ledger stands in these views: what a checkpoint states, whoever signs it. */
export function standing(state: ClusterState): Omit<Checkpoint, 'fingerprint'> {
  const { position, hash, epoch } = state.head;
  return {
    clusterId: state.cluster.get(clusterKey)?.clusterId ?? '',
    position,
    hash,
    merkleRoot: rootOf(state.merkle.get(ledgerKey) ?? emptyFrontier),
    epoch,
  };
}
