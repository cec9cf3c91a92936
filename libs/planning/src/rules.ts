import { resourceCatalogue, type ResourceKind } from '@oakring/contracts';
import type { Filter } from './filters/filter.js';
import { filtersOf } from './filters/list.js';
import { scores } from './scores/list.js';
import type { Score } from './scores/score.js';

/** Name and version of the filters, scores and weights, stored with every decision. */
export const policy = 'least-allocated-spread/1';

/** By what nodes are chosen: one list each for planning, for applying a plan and for those that wait. */
export interface Rules {
  /** Names of the resources; a column's number is its place here. */
  readonly resources: readonly string[];
  readonly kinds: Readonly<Record<string, ResourceKind>>;
  readonly filters: readonly Filter[];
  readonly scores: readonly Score[];
}

export function rulesOf(kinds: Readonly<Record<string, ResourceKind>>): Rules {
  return { resources: Object.keys(kinds), kinds, filters: filtersOf(kinds), scores };
}

export const standardRules = rulesOf(resourceCatalogue);
