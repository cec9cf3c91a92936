import { isCanonical, isJsonObject, type JsonObject } from '../text/canonical-json.js';
import { damageAt, type Damage } from '../log/damage.js';
import type { RuleId } from '../log/rules.js';

/** What breaks a bundle off. */
export class BundleProblem extends Error {
  constructor(readonly damage: Damage) {
    super(damage.detail);
  }
}

export function fail(position: number | null, rule: RuleId, detail: string): never {
  throw new BundleProblem(damageAt(position, rule, detail));
}

/** What the first line promises. */
export interface Promised {
  readonly from: number;
  readonly to: number;
  readonly sealed: number;
  readonly schemaVersion: number;
}

export function promiseOf(line: string, header: JsonObject): Promised {
  const { from, to, sealed, schemaVersion: release } = header;
  const names = Object.keys(header).join();
  const numbers = [from, to, sealed, release];
  if (
    !isCanonical(line, header) ||
    names !== 'format,from,schemaVersion,sealed,to' ||
    !numbers.every((number) => Number.isSafeInteger(number) && Number(number) >= 0)
  ) {
    fail(null, 'B2', 'its first line is not the one that a bundle has');
  }
  const promised = {
    ...{ from: Number(from), to: Number(to) },
    ...{ sealed: Number(sealed), schemaVersion: Number(release) },
  };
  const isRange = promised.from >= 1 && promised.to >= promised.from;
  if (!isRange || (promised.sealed !== 0 && promised.sealed < promised.to)) {
    fail(
      null,
      'B2',
      `it promises positions ${promised.from}–${promised.to} in a tree of ${promised.sealed}`,
    );
  }
  return promised;
}

/** The object that a line says; null: none. */
export function parsed(line: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function hashesOf(value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.every((hash) => typeof hash === 'string');
  return isList ? value : fail(null, 'B1', 'a proof is not a list of hashes');
}
