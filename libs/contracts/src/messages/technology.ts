import { refused, shownIn, textOf, type Parsed } from '../parsing/parsing.js';

export const technologies = ['docker', 'unikernel', 'process', 'simulated'] as const;
export type Technology = (typeof technologies)[number];

/** One of the technologies known; others are refused. */
export function technologyOf(value: unknown, field: string): Parsed<Technology> {
  const known = technologies.find((technology) => technology === value);
  if (known !== undefined) return { ok: true, value: known };
  return refused(
    'technology-unknown',
    `${field} is ${shownIn(value)}; known are ${technologies.join(', ')}.`,
    field,
    value ?? null,
  );
}

/** Of a root's job: whatever its workers advertise by that name. */
export function runtimeOf(value: unknown, field: string): Parsed<string> {
  return textOf(value, field, 64);
}
