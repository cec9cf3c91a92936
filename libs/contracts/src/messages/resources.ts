import { integerOf, isObject, refused, type Parsed } from './parsing.js';

/** Whole numbers only: thousandths of a core, and mebibytes. */
export interface Resources {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

/** What a node that states nothing counts as (marked `assumed`). */
export const assumedCapacity: Resources = { cpuMillis: 4000, memoryMiB: 8192 };
/** What a job without `resources` reserves. */
export const defaultRequest: Resources = { cpuMillis: 100, memoryMiB: 64 };

/** 65 536 cores and 1 PiB: beyond any node, and sums over 100 000 nodes stay below 2^53. */
const maxCpuMillis = 65_536_000;
const maxMemoryMiB = 1_073_741_824;

/** `{cpuMillis, memoryMiB}`; a missing one is taken from `defaults`. */
export function resourcesOf(value: unknown, field: string, defaults: Resources): Parsed<Resources> {
  if (!isObject(value)) {
    return refused(
      'invalid-field',
      `${field} is not an object {cpuMillis, memoryMiB}.`,
      field,
      value,
    );
  }
  const cpu = integerOf(value['cpuMillis'] ?? defaults.cpuMillis, `${field}.cpuMillis`, {
    minimum: 0,
    maximum: maxCpuMillis,
  });
  if (!cpu.ok) return cpu;
  const memory = integerOf(value['memoryMiB'] ?? defaults.memoryMiB, `${field}.memoryMiB`, {
    minimum: 0,
    maximum: maxMemoryMiB,
  });
  if (!memory.ok) return memory;
  return { ok: true, value: { cpuMillis: cpu.value, memoryMiB: memory.value } };
}
