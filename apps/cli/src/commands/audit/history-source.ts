import {
  decodeStoredCommit,
  isJsonObject,
  positionIn,
  type Commit,
  type JsonObject,
  type StatedStamp,
} from '@oakring/events';

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
  return exhibitsIn(lines).find((commit) => commit.position === position) ?? null;
}

/** The checkpoint that proves a bundle; null: it has none. */
export function noteIn(lines: readonly string[]): string | null {
  const note = memberIn(lines, 'checkpoint')?.['checkpoint'];
  return typeof note === 'string' ? note : null;
}

/** From when its checkpoint is, by an authority's word; null: nobody stamped it. */
export function stampIn(lines: readonly string[]): StatedStamp | null {
  const { stamp: token, time } = memberIn(lines, 'stamp') ?? {};
  return typeof token === 'string' && typeof time === 'string' ? { token, time } : null;
}

/** The line that begins with this member. */
function memberIn(lines: readonly string[], name: string): JsonObject | null {
  const line = lines.find((each) => each.startsWith(`{"${name}":`));
  const shown: unknown = line === undefined ? null : JSON.parse(line);
  return isJsonObject(shown) ? shown : null;
}

/** All commits that a bundle shows, beside its range and in it, in the order of the log. */
export function shownIn(lines: readonly string[]): readonly Commit[] {
  const shown = [...exhibitsIn(lines), ...rangeOf(lines)];
  const all = new Map(shown.map((commit) => [commit.position, commit]));
  return Array.from(all.values()).sort((a, b) => a.position - b.position);
}

/** Those beside its range. Lines that are none are left out. */
function exhibitsIn(lines: readonly string[]): readonly Commit[] {
  return lines.flatMap((line) => {
    const shown: unknown = line.startsWith('{"exhibit":') ? JSON.parse(line) : null;
    const text = isJsonObject(shown) ? shown['exhibit'] : null;
    if (typeof text !== 'string') return [];
    const decoded = decodeStoredCommit(text, positionIn(text));
    return decoded.status === 'commit' ? [decoded.commit] : [];
  });
}
