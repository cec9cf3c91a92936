import { canonicalJson, type JsonObject, type LogHead } from '@oakring/events';
import { clusterKey, ClusterState, revisionKey } from './cluster-state.js';
import type { Table } from './table.js';
import { indexToken } from './fold/access.fold.js';
import { indexCredential } from './fold/credentials.fold.js';
import { indexCommand, indexInstance, indexJob, indexPlacement } from './fold/records.fold.js';

/** What was kept of a state: where it stood, and every record, in no promised order. */
export interface SavedState {
  readonly head: LogHead;
  readonly records: readonly { view: string; key: string; record: JsonObject }[];
}

/** A second state for deciders: the same records (they are never changed), indexes of its own. */
export function copyState(source: ClusterState): ClusterState {
  const copy = new ClusterState(false);
  copy.head = source.head;
  for (const [index, table] of source.tables.entries()) {
    for (const [key, record] of table.entries()) copy.tables[index]?.restore(key, record);
  }
  indexRecords(copy);
  return copy;
}

/**
 * A state with one job in it and what decisions about it alone look at: as a copy, and as large as the job. What is
 * decided on it is what would be decided now.
 */
export function jobAlone(source: ClusterState, id: string): ClusterState {
  const alone = new ClusterState(false);
  alone.head = source.head;
  const take = <T extends object>(view: (of: ClusterState) => Table<T>, key: string): void => {
    const record = view(source).get(key);
    if (record !== undefined) view(alone).restore(key, record);
  };
  take(({ cluster }) => cluster, clusterKey);
  take(({ counters }) => counters, clusterKey);
  take(({ jobs }) => jobs, id);
  for (let revision = source.jobs.get(id)?.revision ?? 0; revision > 0; revision -= 1) {
    const key = revisionKey(id, revision);
    if (source.revisionPlaces.get(key) === undefined) break;
    take(({ revisions }) => revisions, key);
    take(({ revisionPlaces }) => revisionPlaces, key);
  }
  for (const key of source.instancesOfJob.of(id)) {
    take(({ instances }) => instances, key);
    for (const placementId of source.placementsOfInstance.of(key)) {
      take(({ placements }) => placements, placementId);
      const { nodeId, commandId } = source.placements.get(placementId) ?? {};
      if (nodeId !== undefined) take(({ nodes }) => nodes, nodeId);
      if (commandId) take(({ commands }) => commands, commandId);
    }
  }
  indexRecords(alone);
  return alone;
}

/** The state that a checkpoint holds. */
export function stateFromCheckpoint(checkpoint: SavedState): ClusterState {
  const state = new ClusterState(true);
  state.head = checkpoint.head;
  const tables = new Map(state.tables.map((table) => [table.name, table]));
  for (const { view, key, record } of inOrderOfAge(checkpoint.records)) {
    tables.get(view)?.restore(key, record);
  }
  indexRecords(state);
  return state;
}

/** Views that forget their oldest records depend on the order in which they were made. */
function inOrderOfAge(records: SavedState['records']): SavedState['records'] {
  return [...records].sort((a, b) => ageOf(a.record) - ageOf(b.record));
}

function ageOf(record: JsonObject): number {
  const { ended, order, position } = record;
  const age = ended ?? order ?? position;
  return typeof age === 'number' ? age : 0;
}

function indexRecords(state: ClusterState): void {
  for (const token of state.tokens.values()) indexToken(state, token);
  for (const credential of state.credentials.values()) indexCredential(state, credential);
  for (const job of state.jobs.values()) indexJob(state, job);
  for (const [key, instance] of state.instances.entries()) indexInstance(state, key, instance);
  for (const [key, placement] of state.placements.entries()) indexPlacement(state, key, placement);
  // The oldest ended ones are forgotten first, in a copy as in what it was copied from.
  const inOrderOfEnd = [...state.commands.values()].sort((a, b) => a.ended - b.ended);
  for (const command of inOrderOfEnd) indexCommand(state, command);
}

/** Every view as canonical text, sorted by key: equal states give equal bytes. */
export function stateAsText(state: ClusterState): string {
  return canonicalJson(
    Object.fromEntries(
      state.tables.map((table) => [table.name, Object.fromEntries(table.entries())]),
    ),
  );
}
