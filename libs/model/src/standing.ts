import { emptyFrontier, rootOf, type Checkpoint } from '@oakring/events';
import { clusterKey, ledgerKey, type ClusterState } from './cluster-state.js';

/** Where the ledger stands in these views: what a checkpoint states, whoever signs it. */
export function standing(state: ClusterState): Omit<Checkpoint, 'fingerprint'> {
  const { position, hash, epoch } = state.head;
  const { clusterId = '', keyEvents = 0 } = state.cluster.get(clusterKey) ?? {};
  return {
    clusterId,
    position,
    hash,
    merkleRoot: rootOf(state.merkle.get(ledgerKey) ?? emptyFrontier),
    epoch,
    keyEvents,
  };
}
