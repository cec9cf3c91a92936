import { decodeEvents, type Commit, type JsonObject } from '@oakring/events';
import { ClusterState } from './cluster-state.js';
import { foldCommit } from './fold/evolve.js';

/** Views made from nothing but commits, to be held against the ones of a running manager. */
export interface RebuiltViews {
  readonly position: number;
  fold(commit: Commit): void;
  /** Every record, by `<view>/<key>`. */
  records(): ReadonlyMap<string, JsonObject>;
}

export function rebuildViews(): RebuiltViews {
  const state = new ClusterState(false);
  return {
    get position() {
      return state.head.position;
    },
    fold: (commit) => foldCommit(state, commit, decodeEvents(commit)),
    records: () => {
      const records = new Map<string, JsonObject>();
      for (const table of state.tables) {
        // Records are plain JSON by construction (records.ts).
        for (const [key, record] of table.entries()) {
          records.set(`${table.name}/${key}`, record as JsonObject);
        }
      }
      return records;
    },
  };
}
