import { integerOf, isObject, refused, type Parsed } from '../parsing/parsing.js';
import {
  resourceCatalogue,
  resourceNames,
  type ResourceKind,
  type ResourceName,
  type Resources,
} from './catalogue.js';

const kinds: Readonly<Record<ResourceName, ResourceKind>> = resourceCatalogue;

/** `{cpuMillis, memoryMiB}`: the names, as texts for people write them. */
const resourcesShape = `{${resourceNames.join(', ')}}`;

/** What a node that states nothing counts as (marked `assumed`). */
export const assumedCapacity = resourcesFrom((name) => kinds[name].assumed);
/** What a job without `resources` reserves. */
export const defaultRequest = resourcesFrom((name) => kinds[name].requested);
export const noResources = resourcesFrom(() => 0);

/** An amount of each; what is 0 is left out where the catalogue says so. */
export function resourcesFrom(amountOf: (name: ResourceName) => number): Resources {
  const made: Partial<Record<ResourceName, number>> = {};
  for (const name of resourceNames) {
    const amount = amountOf(name);
    if (amount !== 0 || kinds[name].everywhere) made[name] = amount;
  }
  // Those that are everywhere are there.
  return made as Resources;
}

export function amountOf(resources: Resources, name: ResourceName): number {
  // Absent where it is 0, for those that are not everywhere.
  const some: Readonly<Partial<Record<ResourceName, number>>> = resources;
  return some[name] ?? 0;
}

export function plus(one: Resources, other: Resources): Resources {
  return resourcesFrom((name) => amountOf(one, name) + amountOf(other, name));
}

/** It may be less than nothing. */
export function minus(whole: Resources, part: Resources): Resources {
  return resourcesFrom((name) => amountOf(whole, name) - amountOf(part, name));
}

/** Of each the smaller amount. */
export function least(one: Resources, other: Resources): Resources {
  return resourcesFrom((name) => Math.min(amountOf(one, name), amountOf(other, name)));
}

/** Of each the larger amount. */
export function most(one: Resources, other: Resources): Resources {
  return resourcesFrom((name) => Math.max(amountOf(one, name), amountOf(other, name)));
}

export function times(count: number, each: Resources): Resources {
  return resourcesFrom((name) => count * amountOf(each, name));
}

/** Whether there is as much of each. */
export function covers(whole: Resources, part: Resources): boolean {
  return resourceNames.every((name) => amountOf(whole, name) >= amountOf(part, name));
}

export function isNothing(resources: Resources): boolean {
  return resourceNames.every((name) => amountOf(resources, name) === 0);
}

/** An object of amounts by name; a missing one is taken from `defaults`. */
export function resourcesOf(value: unknown, field: string, defaults: Resources): Parsed<Resources> {
  if (!isObject(value)) {
    return refused('invalid-field', `${field} is not an object ${resourcesShape}.`, field, value);
  }
  const amounts = new Map<ResourceName, number>();
  for (const name of resourceNames) {
    const { maximum } = kinds[name];
    const stated = value[name] ?? amountOf(defaults, name);
    const amount = integerOf(stated, `${field}.${name}`, { minimum: 0, maximum });
    if (!amount.ok) return amount;
    amounts.set(name, amount.value);
  }
  return { ok: true, value: resourcesFrom((name) => amounts.get(name) ?? 0) };
}
