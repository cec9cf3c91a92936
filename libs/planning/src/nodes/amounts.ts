import type { Resources } from '@oakring/contracts';
import type { Rules } from '../rules.js';

/** Of each resource of the rules, in their order. */
export function amountsOf({ resources: names }: Rules, resources: Resources): readonly number[] {
  const amounts: Readonly<Record<string, number>> = resources;
  return names.map((name) => amounts[name] ?? 0);
}

/** The way back: what is 0 is left out where the catalogue says so. */
export function resourcesAt({ resources: names, kinds }: Rules, amount: (at: number) => number) {
  const made = new Map<string, number>();
  for (const [at, name] of names.entries()) {
    const here = amount(at);
    if (here !== 0 || kinds[name]?.everywhere === true) made.set(name, here);
  }
  // Those that are everywhere are there.
  return Object.fromEntries(made) as unknown as Resources;
}
