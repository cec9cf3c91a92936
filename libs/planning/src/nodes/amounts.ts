import type { Resources } from '@oakring/contracts';
import type { Rules } from '../rules.js';

/** Of each resource of the rules, in their order. */
export function amountsOf({ resources: names }: Rules, resources: Resources): readonly number[] {
  const amounts: Readonly<Record<string, number>> = resources;
  return names.map((name) => amounts[name] ?? 0);
}

/** The way back: what is 0 is left out where the catalogue says so. */
export function resourcesAt(
  { resources: names, everywhere }: Rules,
  amounts: readonly number[],
): Resources {
  const made: Record<string, number> = {};
  for (let at = 0; at < names.length; at += 1) {
    const here = amounts[at] ?? 0;
    // oxlint-disable-next-line oakring/no-grown-object -- in every decision; the names are the catalogue's
    if (here !== 0 || everywhere[at] === true) made[names[at] ?? ''] = here;
  }
  // Those that are everywhere are there.
  return made as unknown as Resources;
}
