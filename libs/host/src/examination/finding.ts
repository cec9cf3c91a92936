import { errorCatalogue, OakringError } from '@oakring/contracts';
import { reasonOf } from '../folder.js';

/**
 * From well to worst. `unknown`: it could not be looked at. `warning`: it runs, with less than is wanted.
 * `bad`: a start fails, or something that is promised cannot be kept.
 */
export const findingLevels = ['ok', 'unknown', 'warning', 'bad'] as const;
export type FindingLevel = (typeof findingLevels)[number];

/** What `oakring doctor` found of one thing. */
export interface Finding {
  /** Of what it is a part: settings, ports, disk, … */
  readonly part: string;
  readonly level: FindingLevel;
  /** The thing, with its name or address and the setting that says it. */
  readonly looked: string;
  readonly seen: string;
  /** What to do; where there is something to be done. */
  readonly remedy?: string;
}

/** Of what was thrown while something was looked at: it would stop a start as well. */
export function badFinding(part: string, looked: string, error: unknown): Finding {
  const seen = reasonOf(error).trim();
  if (!(error instanceof OakringError)) return { part, level: 'bad', looked, seen };
  return { part, level: 'bad', looked, seen, remedy: errorCatalogue[error.code].remedy };
}

/** What cannot be looked at while a setting is bad that says where: said, so that nobody takes it for well. */
export function unseenFindings(...parts: readonly string[]): readonly Finding[] {
  const seen = 'not looked at, because a setting is bad that says what to look at';
  const remedy = 'Correct the settings, and look again.';
  return parts.map((part) => ({ part, level: 'unknown', looked: part, seen, remedy }));
}

/** Bytes as people read them. */
export function shownBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < units.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${value >= 10 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
