import { isObject, maxJsonDepth, refused, type Parsed } from '../parsing/parsing.js';
import { cutText } from '../parsing/text.js';

/**
 * Refuses what JSON allows and the ledger does not: unpaired surrogates, integers beyond 2^53, numbers
 * that overflow, members named `__proto__`, and nesting deeper than 64 levels.
 */
export function checkedContent<T>(value: T): Parsed<T> {
  const fault = faultOf(value, '', 1);
  if (fault === null) return { ok: true, value };
  const field = fault.path === '' ? 'body' : fault.path;
  return refused('invalid-field', `${field} ${fault.problem}.`, field);
}

interface Fault {
  readonly path: string;
  readonly problem: string;
}

function faultOf(value: unknown, path: string, depth: number): Fault | null {
  if (typeof value === 'string') {
    return value.isWellFormed() ? null : { path, problem: 'has an unpaired surrogate' };
  }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? faultOfInteger(value, path) : faultOfFraction(value, path);
  }
  if (typeof value !== 'object' || value === null) return null;
  if (depth > maxJsonDepth)
    return { path: cutText(path, 64), problem: `lies deeper than ${maxJsonDepth}` };
  return Array.isArray(value) ? faultOfList(value, path, depth) : faultOfObject(value, path, depth);
}

function faultOfInteger(value: number, path: string): Fault | null {
  return Number.isSafeInteger(value)
    ? null
    : { path, problem: 'is an integer beyond 2^53, which JSON readers do not agree on' };
}

function faultOfFraction(value: number, path: string): Fault | null {
  return Number.isFinite(value) ? null : { path, problem: 'is too large for a number' };
}

function faultOfList(values: readonly unknown[], path: string, depth: number): Fault | null {
  for (const [index, entry] of values.entries()) {
    const fault = faultOf(entry, joined(path, String(index)), depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

function faultOfObject(value: object, path: string, depth: number): Fault | null {
  if (!isObject(value)) return null;
  for (const key of Object.keys(value)) {
    if (!key.isWellFormed()) {
      return { path: joined(path, key.toWellFormed()), problem: 'has an unpaired surrogate' };
    }
    if (key === '__proto__') return { path: joined(path, key), problem: 'is not a usable name' };
    const member = value[key];
    // A path is spelt out only where it may be needed: most members are plain and sound.
    if (typeof member === 'string' && member.isWellFormed()) continue;
    const fault = faultOf(member, joined(path, key), depth + 1);
    if (fault !== null) return fault;
  }
  return null;
}

function joined(path: string, name: string): string {
  const shown = cutText(name, 64);
  return path === '' ? shown : `${path}.${shown}`;
}
