import { refused, shownIn, unlike, type Parsed } from '../parsing/parsing.js';

export const cpuForm = 'cores such as 0.5, "2" or "500m"';
export const memoryForm = 'memory such as "256Mi", "1Gi", "64M" or bytes';

/** Thousandths of a core. Nothing is rounded: what cannot be given away whole is refused. */
export function cpuMillisOf(value: unknown, field: string): Parsed<number> {
  const [, digits = '', unit] = /^(\d{1,9}(?:\.\d{1,20})?)(m?)$/.exec(written(value)) ?? [];
  const millis = digits === '' ? NaN : Number(digits) * (unit === 'm' ? 1 : 1_000);
  const whole = Math.round(millis);
  // Of a decimal fraction of cores the product may miss the whole number by a hair.
  const isWhole = Math.abs(millis - whole) < 1e-6;
  return isWhole ? { ok: true, value: whole } : unlike(field, value, cpuForm);
}

const bytesOfUnit: Readonly<Record<string, number>> = {
  ...{ '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};
const bytesPerMiB = 2 ** 20;

/** MiB, rounded up: no less than was asked for is reserved. */
export function memoryMiBOf(value: unknown, field: string): Parsed<number> {
  const pattern = /^(\d{1,15}(?:\.\d{1,9})?)(|[kKMGT]|[KMGT]i)B?$/;
  const [, digits = '', unit = ''] = pattern.exec(written(value)) ?? [];
  const bytes = digits === '' ? NaN : Number(digits) * (bytesOfUnit[unit] ?? NaN);
  if (!Number.isFinite(bytes)) return unlike(field, value, memoryForm);
  if (bytes > 0 && bytes < bytesPerMiB) {
    // Whoever writes 256 means MiB, and would be given next to nothing.
    const detail = `${field} is ${shownIn(value)}: less than one MiB. A number without a unit is bytes; 256 MiB are "256Mi".`;
    return refused('invalid-field', detail, field, value);
  }
  return { ok: true, value: Math.ceil(bytes / bytesPerMiB) };
}

/** `500m`, `2`: as people write it. */
export function cpuText(millis: number): string {
  return millis % 1_000 === 0 ? String(millis / 1_000) : `${millis}m`;
}

/** `256Mi`, `1Gi`. */
export function memoryText(mebibytes: number): string {
  const isWhole = mebibytes > 0 && mebibytes % 1_024 === 0;
  return isWhole ? `${mebibytes / 1_024}Gi` : `${mebibytes}Mi`;
}

function written(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
