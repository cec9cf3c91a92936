import { readFileSync } from 'node:fs';

const sources = new Map<string, string>();

/**
 * What a constant of a source file is, so that a page need not say it again: `const maxQueued = 20_000`, or a member
 * of one, `ofNode.burst`. Throws where there is none, or it is more than a product of numbers.
 */
export function figureOf(file: string, name: string): number {
  const source = sources.get(file) ?? readFileSync(file, 'utf8');
  sources.set(file, source);
  const [constant = '', member] = name.split('.');
  const [, whole = ''] = new RegExp(`\\bconst ${constant}\\b[^=]*= ([^;]*);`).exec(source) ?? [];
  const [, text = ''] =
    member === undefined ? ['', whole] : (new RegExp(`\\b${member}: ([^,}]*)`).exec(whole) ?? []);
  return text
    .split('+')
    .map((sum) =>
      sum
        .split('*')
        .map(numberOf)
        .reduce((product, factor) => product * factor, 1),
    )
    .reduce((sum, each) => sum + each, 0);

  function numberOf(factor: string): number {
    const digits = factor.trim();
    if (/^\d[\d_]*(\.\d+)?$/.test(digits)) return Number(digits.replaceAll('_', ''));
    throw new Error(`${file} has no figure ${name}: ${JSON.stringify(text)}`);
  }
}

/** `20 000`. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

/** `256 KiB`, where it is that much even. */
export function bytes(value: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (value >= size && value % size === 0) return `${count(value / size)} ${unit}`;
  }
  return `${count(value)} bytes`;
}

/** `15 s`, `10 min`. */
export function lasting(ms: number): string {
  if (ms % 60_000 === 0 && ms > 60_000) return `${ms / 60_000} min`;
  return ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`;
}
