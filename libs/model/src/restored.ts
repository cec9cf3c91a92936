import { parseAddress } from '@oakring/events';
import { clusterKey, type ClusterState } from './cluster-state.js';
import type { CommandRecord, RestoredRecord } from './records.js';

/** Null: the ledger was never put back from a backup. */
export function restoredOf(state: ClusterState): RestoredRecord | null {
  return state.cluster.get(clusterKey)?.restored ?? null;
}

/**
 * What a worker is told that a command is called. An id is a place in the ledger, and one behind the end of a
 * backup was given twice: an answer to the one that was lost must not be taken for an answer to ours.
 */
export function toldIdOf(state: ClusterState, id: string): string {
  const restored = restoredOf(state);
  if (restored === null || (parseAddress(id)?.position ?? 0) <= restored.position) return id;
  return `${id}.${restored.epoch}`;
}

/** The command that a worker means; undefined: none of ours. */
export function commandTold(state: ClusterState, told: string): CommandRecord | undefined {
  const [id = ''] = told.split('.');
  const command = state.commands.get(id);
  return command !== undefined && toldIdOf(state, id) === told ? command : undefined;
}
