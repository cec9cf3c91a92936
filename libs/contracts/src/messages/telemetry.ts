import { plainReading } from './plain-reading.js';
import { incarnationRange, optional } from './registration.js';
import {
  idOf,
  integerOf,
  isObject,
  refused,
  shortened,
  type JsonObject,
  type Parsed,
} from './parsing.js';

/** `nodes/<id>/information`, validated: use in hundredths of a percent, so that it stays integer. */
export interface Reading {
  /** Used CPU, 0–10 000 (hundredths of a percent). */
  readonly cpu: number;
  /** Used memory, 0–10 000 (hundredths of a percent). */
  readonly memory: number;
  readonly incarnation: number | null;
  readonly sequence: number | null;
  /** What the node's own instances use; null when the reading lists none. */
  readonly instances: readonly InstanceReading[] | null;
  /** Device time as it was sent; null when not stated. */
  readonly at: string | null;
}

export interface InstanceReading {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  /** Hundredths of a percent of the node. */
  readonly cpu: number;
  readonly memory: number;
}

export const maxInstanceReadings = 10_000;

export function parseReading(body: JsonObject): Parsed<Reading> {
  const plain = plainReading(body);
  return plain === null ? parseReadingByField(body) : { ok: true, value: plain };
}

/** `parseReading` without its short cut. */
export function parseReadingByField(body: JsonObject): Parsed<Reading> {
  const cpu = percentOf(body['cpu'], 'cpu');
  if (!cpu.ok) return cpu;
  const memory = percentOf(body['memory'], 'memory');
  if (!memory.ok) return memory;
  const incarnation = optional(body['incarnation'], null, (value) =>
    integerOf(value, 'incarnation', incarnationRange),
  );
  if (!incarnation.ok) return incarnation;
  const sequence = optional(body['sequence'], null, (value) =>
    integerOf(value, 'sequence', incarnationRange),
  );
  if (!sequence.ok) return sequence;
  const instances = optional(body['instances'], null, instanceReadingsOf);
  if (!instances.ok) return instances;
  const at = body['at'];
  return {
    ok: true,
    value: {
      cpu: cpu.value,
      memory: memory.value,
      incarnation: incarnation.value,
      sequence: sequence.value,
      instances: instances.value,
      at: typeof at === 'string' && at.length <= 64 ? at : null,
    },
  };
}

/** 0–100, a number or a numeric string, to hundredths of a percent. */
export function percentOf(value: unknown, field: string): Parsed<number> {
  const percent =
    typeof value === 'string' && /^\d{1,3}(\.\d{1,12})?$/.test(value) ? Number(value) : value;
  if (typeof percent !== 'number' || !(percent >= 0 && percent <= 100)) {
    return refused(
      'invalid-field',
      `${field} is ${JSON.stringify(shortened(value)) ?? 'missing'}, not a percentage from 0 to 100.`,
      field,
      value ?? null,
    );
  }
  return { ok: true, value: Math.round(percent * 100) };
}

function instanceReadingsOf(value: unknown): Parsed<readonly InstanceReading[]> {
  if (!Array.isArray(value) || value.length > maxInstanceReadings) {
    return refused(
      'invalid-field',
      `instances is not a list of at most ${maxInstanceReadings}.`,
      'instances',
      value,
    );
  }
  const readings: InstanceReading[] = [];
  for (const [index, entry] of value.entries()) {
    const field = `instances.${index}`;
    if (!isObject(entry))
      return refused('invalid-field', `${field} is not an object.`, field, entry);
    const address = instanceAddressOf(entry, field);
    if (!address.ok) return address;
    const cpu = percentOf(entry['cpu'] ?? 0, `${field}.cpu`);
    if (!cpu.ok) return cpu;
    const memory = percentOf(entry['memory'] ?? 0, `${field}.memory`);
    if (!memory.ok) return memory;
    readings.push({ ...address.value, cpu: cpu.value, memory: memory.value });
  }
  return { ok: true, value: readings };
}

/** Highest number of instances of one job. */
export const maxJobCount = 10_000;

/** `(job, instance, generation)` as messages carry it. */
export function instanceAddressOf(
  entry: JsonObject,
  field: string,
): Parsed<{ job: string; instance: number; generation: number }> {
  const job = idOf(entry['job'], `${field}.job`);
  if (!job.ok) return job;
  const instance = integerOf(entry['instance'], `${field}.instance`, {
    minimum: 0,
    maximum: maxJobCount - 1,
  });
  if (!instance.ok) return instance;
  const generation = integerOf(entry['generation'], `${field}.generation`, {
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
  });
  if (!generation.ok) return generation;
  return {
    ok: true,
    value: { job: job.value, instance: instance.value, generation: generation.value },
  };
}
