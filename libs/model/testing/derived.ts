import type { JsonObject } from '@oakring/events';
import type { ClusterState } from '../src/cluster-state.js';
import { copyState, stateFromCheckpoint } from '../src/copy-state.js';
import { Index, Sequence } from '../src/table.js';

/**
 * What a state derives from its records, by the name of the member: every member that is neither a saved
 * table nor the head, so that a new index is compared without a word here. What cannot be compared throws.
 */
function derivedOf(state: ClusterState): Map<string, readonly unknown[]> {
  const saved = new Set<unknown>([state.head, state.tables, ...state.tables]);
  const derived = new Map<string, readonly unknown[]>();
  for (const [name, value] of Object.entries(state) as [string, unknown][]) {
    if (!saved.has(value)) derived.set(name, membersOf(name, value));
  }
  return derived;
}

function membersOf(name: string, value: unknown): readonly unknown[] {
  if (value instanceof Sequence) return [...value];
  if (value instanceof Set) return [...(value as Set<string>)].sort();
  if (value instanceof Index) {
    return [...value.names()].sort().map((group) => [group, [...value.of(group)].sort()]);
  }
  throw new Error(
    `ClusterState.${name} is neither a table of \`tables\` nor a Set, a Sequence or an Index: ` +
      'teach libs/model/testing/derived.ts how to compare it',
  );
}

/**
 * Indexes of `state` that are another than those built from nothing: by a copy, from a checkpoint of it,
 * and by `folded`, the fold of the same history. Empty: all are the same.
 */
export function derivedDifferences(state: ClusterState, folded?: ClusterState): string[] {
  const kept = derivedOf(state);
  const others = { 'a copy': copyState(state), 'a checkpoint': restored(state) };
  return Object.entries({ ...others, ...(folded && { 'the fold': folded }) }).flatMap(
    ([origin, other]) => {
      const rebuilt = derivedOf(other);
      return [...kept].flatMap(([name, members]) => {
        const [here, there] = [JSON.stringify(members), JSON.stringify(rebuilt.get(name))];
        return here === there ? [] : [`${name}: ${here} here, ${there} by ${origin}`];
      });
    },
  );
}

/** As a start finds it: the records as text, in no order. */
export function restored(state: ClusterState): ClusterState {
  const records = state.tables.flatMap((table) =>
    Array.from(table.entries(), ([key, record]) => ({
      ...{ view: table.name, key },
      record: JSON.parse(JSON.stringify(record)) as JsonObject,
    })),
  );
  return stateFromCheckpoint({ head: state.head, records: records.toReversed() });
}
