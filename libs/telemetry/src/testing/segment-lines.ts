import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';

/** A line of a segment as a third party sees it: test code for who looks at segments. */
export interface Line {
  readonly batch: number;
  readonly hash: string;
  readonly prev: string;
  readonly torn?: number;
  readonly readings?: readonly (readonly unknown[])[];
}

export function firstBatchOf(name: string): number {
  return Number(/-(\d+)/.exec(name)?.[1]);
}

export function linesOf(path: string): Line[] {
  return readFileSync(path, 'utf8').trimEnd().split('\n').map(parsed);
}

export function parsed(text: string): Line {
  // What the log under test wrote; each test looks at what it needs.
  return JSON.parse(text) as Line;
}

/** A line's members in order, without `hash`: they are all that a third party needs. */
export function recomputedHash(line: Line | undefined): string {
  const { hash: _, ...rest } = line ?? { hash: '' };
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex');
}

export function expectChain(chain: readonly Line[], start: string): void {
  let prev = start;
  for (const [index, line] of chain.entries()) {
    expect(line).toMatchObject({ batch: index + 1, prev, hash: recomputedHash(line) });
    prev = line.hash;
  }
}
