import { incarnationRange, instanceAddressOf, maxJobCount } from './addresses.js';
import { allOf, optional, type Codec } from './codec.js';
import { LeftOut } from './left-out.js';
import {
  integerOf,
  isId,
  isObject,
  refused,
  unlike,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';

/** `nodes/<id>/information`, validated: use in hundredths of a percent, so that it stays integer. */
export interface Reading {
  /** Used CPU, 0–10 000 (hundredths of a percent); null when what came is no percentage. */
  readonly cpu: number | null;
  /** Used memory, 0–10 000 (hundredths of a percent); null when what came is no percentage. */
  readonly memory: number | null;
  readonly incarnation: number | null;
  readonly sequence: number | null;
  /** What the node's own instances use, all of them; null when the reading has no usable list. */
  readonly instances: readonly InstanceReading[] | null;
  /** Device time as it was sent; null when not stated. */
  readonly at: string | null;
}

/** What its graphics cards do, of a node that has some; null: it does not say. */
export interface GpuUse {
  /** 0–100. */
  readonly percent: number | null;
  /** Degrees Celsius. */
  readonly temperature: number | null;
  /** MB. */
  readonly vram: number | null;
  readonly vramPercent: number | null;
}

/** A reading of a worker that may say more than its own dialect has words for. */
export interface MachineReading extends Reading {
  readonly gpus?: GpuUse;
  /** MiB that are free now, of what is its capacity; null or absent: it does not say. */
  readonly freeMemory?: number | null;
}

export interface InstanceReading {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
  /** Hundredths of a percent of the node. */
  readonly cpu: number;
  readonly memory: number;
}

/** What a worker says: its use, and of the rest what it knows. */
export type ReadingSaid = Pick<Reading, 'cpu' | 'memory'> &
  Partial<Omit<Reading, 'cpu' | 'memory'>>;

const maxInstanceReadings = 10_000;

export const reading: Codec<Reading, ReadingSaid> = {
  members: allOf<Reading>({
    ...{ cpu: true, memory: true, incarnation: true, sequence: true, instances: true, at: true },
  }),
  read: (body) => parseReading(body),
  write: ({ cpu, memory, instances, ...said }) => ({
    ...said,
    ...{ cpu: percentIn(cpu), memory: percentIn(memory) },
    ...(instances === undefined ? {} : { instances: instances?.map(writtenInstance) ?? null }),
  }),
};

function writtenInstance({ cpu, memory, ...address }: InstanceReading): JsonObject {
  return { ...address, cpu: percentIn(cpu), memory: percentIn(memory) };
}

function percentIn(hundredths: number | null): number | null {
  return hundredths === null ? null : hundredths / 100;
}

/** Never refused: a value that is not usable is unknown, and named as left out. */
export function parseReading(body: JsonObject): Taken<Reading> {
  const plain = plainReading(body);
  return plain === null ? parseReadingByField(body) : { ok: true, value: plain };
}

type Taken<T> = Extract<Parsed<T>, { ok: true }>;

/** `parseReading` without its short cut. */
export function parseReadingByField(body: JsonObject): Taken<Reading> {
  const leftOut = new LeftOut();
  const countOf = (field: string): number | null =>
    leftOut.or(
      optional(body[field], null, (value) => integerOf(value, field, incarnationRange)),
      null,
    );
  const at = body['at'];
  return leftOut.beside({
    cpu: leftOut.or(percentOf(body['cpu'], 'cpu'), null),
    memory: leftOut.or(percentOf(body['memory'], 'memory'), null),
    incarnation: countOf('incarnation'),
    sequence: countOf('sequence'),
    instances: instanceReadingsOf(body['instances'], leftOut),
    at: typeof at === 'string' && at.length <= 64 ? at : null,
  });
}

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
  // Adding 0 makes 0 of -0.
  if (typeof value === 'number') {
    return value >= 0 && value <= 100 ? Math.round(value * 100) + 0 : -1;
  }
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

/** Percentage points that rounding and measuring may miss the range by: taken for the bound. */
const toleratedPercent = 5;
const maxNumeralCharacters = 64;

/** 0–100, a number or a numeric string, to hundredths of a percent. */
export function percentOf(value: unknown, field: string): Parsed<number> {
  const isNumeral =
    typeof value === 'string' &&
    value.length <= maxNumeralCharacters &&
    /^-?\d+(\.\d+)?$/.test(value);
  const percent = isNumeral ? Number(value) : value;
  if (
    typeof percent !== 'number' ||
    !(percent >= -toleratedPercent && percent <= 100 + toleratedPercent)
  ) {
    return unlike(field, value, 'a percentage from 0 to 100');
  }
  return { ok: true, value: Math.round(Math.min(100, Math.max(0, percent)) * 100) };
}

/** One that is not usable makes the list unknown: the load of what is missing would be a stranger's. */
function instanceReadingsOf(value: unknown, leftOut: LeftOut): readonly InstanceReading[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || value.length > maxInstanceReadings) {
    const detail = `instances is not a list of at most ${maxInstanceReadings}.`;
    leftOut.add(refused('invalid-field', detail, 'instances', value).refusal);
    return null;
  }
  const readings: InstanceReading[] = [];
  for (const [index, entry] of value.entries()) {
    const reading = leftOut.or(instanceReadingOf(entry, `instances.${index}`), null);
    if (reading !== null) readings.push(reading);
  }
  return readings.length === value.length ? readings : null;
}

function instanceReadingOf(entry: unknown, field: string): Parsed<InstanceReading> {
  if (!isObject(entry)) return refused('invalid-field', `${field} is not an object.`, field, entry);
  const address = instanceAddressOf(entry, field);
  if (!address.ok) return address;
  const cpu = percentOf(entry['cpu'] ?? 0, `${field}.cpu`);
  if (!cpu.ok) return cpu;
  const memory = percentOf(entry['memory'] ?? 0, `${field}.memory`);
  if (!memory.ok) return memory;
  return { ok: true, value: { ...address.value, cpu: cpu.value, memory: memory.value } };
}
