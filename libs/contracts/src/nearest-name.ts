/** The known name that a mistyped one is nearest to; null when it is nothing of the kind. */
export function nearestName(name: string, known: readonly string[]): string | null {
  const [nearest] = known
    .map((other) => ({ other, edits: editsBetween(name.slice(0, 64), other) }))
    .filter(({ other, edits }) => edits <= Math.max(1, Math.floor(other.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return nearest?.other ?? null;
}

/** Letters to change, add or leave out (Levenshtein), case aside. */
function editsBetween(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let at = 1; at <= a.length; at += 1) {
    const next = [at];
    for (let to = 1; to <= b.length; to += 1) {
      const swapped = (row[to - 1] ?? 0) + (a[at - 1] === b[to - 1] ? 0 : 1);
      next.push(Math.min(swapped, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
