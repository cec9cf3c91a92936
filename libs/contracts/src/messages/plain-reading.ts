import { isId, isObject, type JsonObject } from './parsing.js';
import {
  maxInstanceReadings,
  maxJobCount,
  percentOf,
  type InstanceReading,
  type Reading,
} from './telemetry.js';

/**
 * A reading as almost all of them are: everything there, of the usual type. The hottest path of the
 * system, so it builds nothing but its result. Null for anything else, even if it is legal: then
 * `parseReading` goes through it field by field, and can say what is wrong.
 */
export function plainReading(body: JsonObject): Reading | null {
  const cpu = plainPercent(body['cpu']);
  const memory = plainPercent(body['memory']);
  if (cpu === -1 || memory === -1) return null;
  const { incarnation = null, sequence = null, instances = null, at } = body;
  if (!isCountOrNull(incarnation) || !isCountOrNull(sequence)) return null;
  const listed = instances === null ? null : plainInstances(instances);
  if (listed === null && instances !== null) return null;
  return {
    cpu,
    memory,
    incarnation,
    sequence,
    instances: listed,
    at: typeof at === 'string' && at.length <= 64 ? at : null,
  };
}

function plainInstances(value: unknown): InstanceReading[] | null {
  if (!Array.isArray(value) || value.length > maxInstanceReadings) return null;
  const readings: InstanceReading[] = [];
  // An array of JSON: what is in it is looked at by `plainInstance`.
  for (const entry of value as unknown[]) {
    const reading = isObject(entry) ? plainInstance(entry) : null;
    if (reading === null) return null;
    readings.push(reading);
  }
  return readings;
}

function plainInstance(entry: JsonObject): InstanceReading | null {
  const { job, instance, generation } = entry;
  if (typeof job !== 'string' || !isId(job)) return null;
  if (!isCount(instance) || instance >= maxJobCount) return null;
  if (!isCount(generation) || generation === 0) return null;
  const cpu = plainPercent(entry['cpu']);
  const memory = plainPercent(entry['memory']);
  return cpu === -1 || memory === -1 ? null : { job, instance, generation, cpu, memory };
}

/** Hundredths of a percent; -1 for what is none. */
function plainPercent(value: unknown): number {
  if (typeof value === 'number') return value >= 0 && value <= 100 ? Math.round(value * 100) : -1;
  if (typeof value !== 'string') return -1;
  const parsed = percentOf(value, '');
  return parsed.ok ? parsed.value : -1;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isCountOrNull(value: unknown): value is number | null {
  return value === null || isCount(value);
}
