import { decodeStoredCommit, isJsonObject, type Commit } from '@oakring/events';

export function isManagerUrl(text: string): boolean {
  return /^https?:\/\//.test(text);
}

/** The commits of a bundle's range: its last lines. Those that are none are left out. */
export function rangeOf(lines: readonly string[]): readonly Commit[] {
  const head: unknown = JSON.parse(lines[0] ?? 'null');
  if (!isJsonObject(head)) return [];
  const from = Number(head['from']);
  const count = Number(head['to']) - from + 1;
  return lines.slice(-count).flatMap((line, index) => {
    const decoded = decodeStoredCommit(line, from + index);
    return decoded.status === 'commit' ? [decoded.commit] : [];
  });
}

/** The commit at a position that a bundle shows beside its range; null where it shows none. */
export function exhibitOf(lines: readonly string[], position: number): Commit | null {
  for (const line of lines) {
    if (!line.startsWith('{"exhibit":')) continue;
    const shown: unknown = JSON.parse(line);
    const text = isJsonObject(shown) ? shown['exhibit'] : null;
    if (typeof text !== 'string') continue;
    const decoded = decodeStoredCommit(text, position);
    if (decoded.status === 'commit') return decoded.commit;
  }
  return null;
}
