import { emptyFrontier, rootOf, type Checkpoint } from '@oakring/events';
import type { SealedTree, SeenTree } from './evidence-records.js';
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

/** What a statement about a key is to name: the newest tree that was sealed; null before any was. */
export function newestSealedTree(state: ClusterState): SeenTree | null {
  const newest = state.seals.get(ledgerKey)?.trees.at(-1);
  if (newest === undefined) return null;
  const { position, merkleRoot } = newest;
  return { position, merkleRoot };
}

/** The keys that seal a log, and how far it is sealed. */
export function ledgerKeysOf(state: ClusterState) {
  const { clusterId, position, merkleRoot } = standing(state);
  const seal = state.seals.get(ledgerKey);
  return {
    ...{ clusterId, position, sealed: seal?.position ?? null },
    tree: newestSealedTree(state) ?? { position, merkleRoot },
    checkpoint: seal?.note ?? null,
    items: [...state.keys.values()],
  };
}

/** One of the newest checkpoints, by what it seals; undefined: it is none of them. */
export function sealedTreeAt({ seals }: ClusterState, position: number): SealedTree | undefined {
  return seals.get(ledgerKey)?.trees.findLast((tree) => tree.position === position);
}

/** Up to where a witness cosigned one of the newest checkpoints; 0: none of them. */
export function cosignedUpTo({ seals }: ClusterState, witness: string): number {
  const trees = seals.get(ledgerKey)?.trees ?? [];
  return trees.findLast(({ cosigned }) => cosigned.includes(witness))?.position ?? 0;
}
