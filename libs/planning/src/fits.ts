import {
  minus,
  most,
  noResources,
  plus,
  type NodeFacts,
  type Requirement,
  type Resources,
} from '@oakring/contracts';
import type { Demand, Filter, Test } from './filters/filter.js';
import { standardRules, type Rules } from './rules.js';

const nobody: ReadonlySet<string> = new Set();

/**
 * What is free on a node: capacity less what is reserved and less foreign load, never below zero.
 * No more than it has is promised, and none of it is kept back for the system.
 */
export function freeOf({ capacity, reserved }: NodeFacts, foreign = noResources): Resources {
  return most(minus(minus(capacity, reserved), foreign), noResources);
}

/** What the filters ask of a node for this demand, in their order. */
export function testsOf(demand: Demand, { filters }: Rules = standardRules): readonly Test[] {
  const tests: Test[] = [];
  for (const filter of filters) {
    const test = filter.testFor(demand);
    if (test !== null) tests.push(test);
  }
  return tests;
}

/** The same for a requirement alone. */
export function testsFor(requirement: Requirement): readonly Test[] {
  return testsOf({ requirement, exclude: nobody });
}

/** The first filter that a node fails; null when it can take an instance. */
export function whyNot(
  node: NodeFacts,
  tests: readonly Test[],
  free: Resources = freeOf(node),
): Filter | null {
  return tests.find((test) => !passes(node, test, free))?.filter ?? null;
}

function passes(node: NodeFacts, test: Test, free: Resources): boolean {
  switch (test.judges) {
    case 'state':
    case 'make':
      return test.passes(node);
    case 'name':
      return test.passes(node.id, node.name ?? '');
    case 'held':
      return test.passes(node.ports ?? []);
    case 'size': {
      const amounts: Readonly<Record<string, number>> = node.capacity;
      return (amounts[test.resource] ?? 0) >= test.atLeast;
    }
    case 'room': {
      const amounts: Readonly<Record<string, number>> = free;
      return (amounts[test.resource] ?? 0) >= test.atLeast;
    }
  }
}

/** Whether it takes instances of any job at all. */
export function isOpen(node: NodeFacts): boolean {
  return openness.every((test) => passes(node, test, noResources));
}

const openness = testsOf({
  exclude: nobody,
  requirement: {
    ...({ technology: 'docker', resources: noResources, labels: {} } as const),
    ...{ constraints: [], enforcesStop: false },
  },
}).filter(({ judges }) => judges === 'state');

/**
 * Whether a node can take one more instance by its reservations alone; `freed`: what its predecessor
 * holds there. The manager's check before it appends: telemetry may make a scheduler more careful,
 * never less.
 */
export function fits(node: NodeFacts, tests: readonly Test[], freed = noResources): boolean {
  return whyNot(node, tests, plus(freeOf(node), freed)) === null;
}
