import type { Comparison } from './strands.js';

/** A history that says what the root of its tree was at any size, and shows no commits for it. */
export interface Roots {
  readonly size: number;
  rootAt(size: number): Promise<string>;
}

export type RootComparison =
  | Exclude<Comparison, { readonly status: 'fork' | 'apart' }>
  | { readonly status: 'fork'; readonly position: number };

/**
 * Compares two histories by the roots of their trees: once they differ they differ for ever, so that the
 * first position where they do is found by halving.
 */
export async function compareRoots(a: Roots, b: Roots): Promise<RootComparison> {
  const common = Math.min(a.size, b.size);
  const isSame = async (size: number): Promise<boolean> =>
    size === 0 || (await a.rootAt(size)) === (await b.rootAt(size));
  if (await isSame(common)) {
    if (a.size === b.size) return { status: 'same', from: Math.min(1, common), to: common };
    const longer = a.size > b.size ? 'A' : 'B';
    return { status: 'continues', longer, to: common, more: Math.abs(a.size - b.size) };
  }
  let [same, other] = [0, common];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (await isSame(middle)) same = middle;
    else other = middle;
  }
  return { status: 'fork', position: other };
}
