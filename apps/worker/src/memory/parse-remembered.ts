import { isId, isObject, type JsonObject } from '@oakring/contracts';
import type { HistoryEntry, Remembered, RememberedInstance } from './worker-store.port.js';

/** The text that a worker wrote of what it remembers; null when it is anything else. */
export function rememberedOf(text: string): Remembered | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(body)) return null;
  const { instances, deleted, history, ledger = null } = body;
  if (!isTextOrNull(ledger)) return null;
  if (!Array.isArray(instances) || !instances.every(isInstance)) return null;
  if (!Array.isArray(deleted) || !deleted.every(isTombstone)) return null;
  if (!isObject(history) || !isNatural(history['next'])) return null;
  const { entries, next } = history;
  if (!Array.isArray(entries) || !entries.every(isEntry)) return null;
  const known = ledger === null ? {} : { ledger };
  return { instances, deleted, ...known, history: { next: Number(next), entries } };
}

function isInstance(value: unknown): value is RememberedInstance {
  if (!isObject(value) || !isObject(value['job'])) return false;
  const { job, instance, generation, status, reason, ledger = null, digest = null } = value;
  return (
    isJobId((job as JsonObject)['id']) &&
    isNatural(instance) &&
    isNatural(generation) &&
    (status === 'wanted' || status === 'completed' || status === 'failed') &&
    [reason, ledger, digest].every(isTextOrNull)
  );
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function isTombstone(value: unknown): value is readonly [string, number] {
  return Array.isArray(value) && typeof value[0] === 'string' && isNatural(value[1]);
}

function isEntry(value: unknown): value is HistoryEntry {
  return isObject(value) && isNatural(value['sequence']) && typeof value['kind'] === 'string';
}

function isJobId(value: unknown): boolean {
  return typeof value === 'string' && isId(value);
}

function isNatural(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
