import type { DiffItem } from '@oakring/contracts';
import { canonicalJson, type JsonObject } from '@oakring/events';
import type { ClusterState, Table } from '@oakring/model';

/** The views that people know; the others serve the deciders. */
type ShownView = 'nodes' | 'jobs' | 'instances' | 'placements' | 'commands';
const shownViews: readonly ShownView[] = ['nodes', 'jobs', 'instances', 'placements', 'commands'];

/** What changed from one state to another, view by view and key by key; at most `limit` records. */
export function differenceOf(
  from: ClusterState,
  to: ClusterState,
  limit: number,
): { readonly items: readonly DiffItem[]; readonly more: boolean } {
  const items: DiffItem[] = [];
  for (const view of shownViews) {
    for (const item of changesOf(view, from[view], to[view])) {
      if (items.length === limit) return { items, more: true };
      items.push(item);
    }
  }
  return { items, more: false };
}

function* changesOf(
  view: ShownView,
  before: Table<object>,
  after: Table<object>,
): Generator<DiffItem> {
  const keys = new Set<string>();
  for (const [key] of before.entries()) keys.add(key);
  for (const [key] of after.entries()) keys.add(key);
  for (const key of [...keys].sort()) {
    // Records are plain JSON by construction (records.ts).
    const old = before.get(key) as JsonObject | undefined;
    const now = after.get(key) as JsonObject | undefined;
    if (old === now) continue;
    if (old === undefined) yield { view, key, change: 'added', fields: fieldsOf({}, now ?? {}) };
    else if (now === undefined) yield { view, key, change: 'removed', fields: fieldsOf(old, {}) };
    else {
      const fields = fieldsOf(old, now);
      if (Object.keys(fields).length > 0) yield { view, key, change: 'changed', fields };
    }
  }
}

/** `position` only says when a record was last touched: that is what a difference is about. */
function fieldsOf(old: JsonObject, now: JsonObject): DiffItem['fields'] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  const changed = names.filter(
    (name) => name !== 'position' && textOf(old[name]) !== textOf(now[name]),
  );
  return Object.fromEntries(
    changed.map((name) => [name, { before: old[name] ?? null, after: now[name] ?? null }]),
  );
}

function textOf(value: unknown): string {
  return canonicalJson(value ?? null);
}
