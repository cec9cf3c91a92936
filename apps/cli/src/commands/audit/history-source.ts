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

/** What a bundle shows. */
export interface ShownBundle {
  /** The commits of its range. */
  readonly range: readonly Commit[];
  /** All commits, beside its range and in it, in the order of the log. */
  readonly commits: readonly Commit[];
  /** The checkpoint that proves it; null: it has none. */
  readonly note: string | null;
  /** From when that is, by an authority's word; null: nobody stamped it. */
  readonly stamp: StatedStamp | null;
}

export function shownIn(lines: readonly string[]): ShownBundle {
  const range = rangeOf(lines);
  const shown = [...exhibitsIn(lines), ...range];
  const all = new Map(shown.map((commit) => [commit.position, commit]));
  const commits = Array.from(all.values()).sort((a, b) => a.position - b.position);
  return { range, commits, note: noteIn(lines), stamp: stampIn(lines) };
}

function noteIn(lines: readonly string[]): string | null {
  const note = memberIn(lines, 'checkpoint')?.['checkpoint'];
  return typeof note === 'string' ? note : null;
}

function stampIn(lines: readonly string[]): StatedStamp | null {
  const { stamp: token, time } = memberIn(lines, 'stamp') ?? {};
  return typeof token === 'string' && typeof time === 'string' ? { token, time } : null;
}

/** The line that begins with this member. */
function memberIn(lines: readonly string[], name: string): JsonObject | null {
  const line = lines.find((each) => each.startsWith(`{"${name}":`));
  const shown: unknown = line === undefined ? null : JSON.parse(line);
  return isJsonObject(shown) ? shown : null;
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
