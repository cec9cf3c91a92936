import {
  amountOf,
  cpuText,
  memoryText,
  type ResourceKind,
  type Resources,
} from '@oakring/contracts';
import { resourceColumns } from '@oakring/narration';
import type { Colors } from '../terminal.js';

const barWidth = 10;
const nearlyFull = 0.9;

/** Reserved of capacity, as a bar and in figures: `███░░░░░░░ 1200/4000m`. */
function shareOf(part: number, whole: number, unit: string, colors: Colors): string {
  const bar = barOf(part, whole);
  const painted = part > whole * nearlyFull ? colors.yellow(bar) : colors.green(bar);
  return `${painted} ${part}/${whole}${unit}`;
}

/** What is reserved of each, as `shareOf` has it. */
export function sharesOf(
  { reserved, capacity }: { readonly reserved: Resources; readonly capacity: Resources },
  columns: ReturnType<typeof resourceColumns>,
  colors: Colors,
): string[] {
  return columns.map(({ name, suffix }) =>
    shareOf(amountOf(reserved, name), amountOf(capacity, name), suffix, colors),
  );
}

/** The same in figures alone, for columns: `1200/4000m`. */
export function figuresOf(
  { reserved, capacity }: { readonly reserved: Resources; readonly capacity: Resources },
  columns: ReturnType<typeof resourceColumns>,
  colors: Colors,
): string[] {
  return columns.map(({ name, suffix }) => {
    const [part, whole] = [amountOf(reserved, name), amountOf(capacity, name)];
    const text = `${part}/${whole}${suffix}`;
    return part > whole * nearlyFull ? colors.yellow(text) : text;
  });
}

/** The head of such a column: `CPU RESERVED`. */
export function reservedTitle({ label }: ResourceKind): string {
  return `${label.toUpperCase()} RESERVED`;
}

/** A share as ten blocks; any part of nothing fills them. */
export function barOf(part: number, whole: number): string {
  const share = part <= 0 ? 0 : whole <= 0 ? 1 : Math.min(1, part / whole);
  const filled = Math.ceil(share * barWidth);
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
}

/** What an instance takes, as people write it in a document: `250m CPU, 128Mi memory`. */
export function requestText(resources: Resources): string {
  const { cpuMillis, memoryMiB } = resources;
  const others = resourceColumns([resources]).filter(({ everywhere }) => !everywhere);
  return [
    `${cpuText(cpuMillis)} CPU`,
    `${memoryText(memoryMiB)} memory`,
    ...others.map(({ name, suffixAlone }) => `${amountOf(resources, name)}${suffixAlone}`),
  ].join(', ');
}

/** `1 seal`, `2 seals`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

const units: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/**
 * How long ago an ISO 8601 time was; a clock that is behind ours counts as now. Without a now, the time.
 */
export function agoText(at: string, nowMs: number | null): string {
  if (nowMs === null) return at;
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(at)) / 1000));
  for (const [name, length] of units) {
    if (seconds >= length) return `${Math.floor(seconds / length)} ${name} ago`;
  }
  return `${seconds} s ago`;
}

const shortUnits: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
];

/** How long ago, in a column: `3d4h`, `12m`, `5s`. Without a now, the time; without a time, `-`. */
export function ageText(at: string | undefined, nowMs: number | null): string {
  if (at === undefined) return '-';
  if (nowMs === null) return at;
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1_000));
  for (const [index, [name, length]] of shortUnits.entries()) {
    if (seconds < length) continue;
    const [nextName, nextLength] = shortUnits[index + 1] ?? ['s', 1];
    const rest = Math.floor((seconds % length) / nextLength);
    const whole = `${Math.floor(seconds / length)}${name}`;
    return rest === 0 || name === 'm' ? whole : `${whole}${rest}${nextName}`;
  }
  return `${seconds}s`;
}

/** Percent in a column. */
export function percentText(share: number | undefined): string {
  if (share === undefined) return '-';
  return share < 10 ? `${share.toFixed(1)}%` : `${Math.round(share)}%`;
}
