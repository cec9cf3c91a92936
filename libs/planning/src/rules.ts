import { resourceCatalogue, type ResourceKind } from '@oakring/contracts';
import type { Filter } from './filters/filter.js';
import { filtersOf } from './filters/list.js';

/** By what nodes are chosen: one list each for planning, for applying a plan and for those that wait. */
export interface Rules {
  /** Names of the resources; a column's number is its place here. */
  readonly resources: readonly string[];
  readonly kinds: Readonly<Record<string, ResourceKind>>;
  /** By the resource's number: whether every node and job has some of it. */
  readonly everywhere: readonly boolean[];
  readonly filters: readonly Filter[];
}

export function rulesOf(kinds: Readonly<Record<string, ResourceKind>>): Rules {
  return {
    resources: Object.keys(kinds),
    kinds,
    everywhere: Object.values(kinds).map(({ everywhere }) => everywhere),
    filters: filtersOf(kinds),
  };
}

export const standardRules = rulesOf(resourceCatalogue);
