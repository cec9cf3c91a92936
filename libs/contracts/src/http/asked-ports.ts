import type { Requirement } from './job-document.js';

const none: readonly string[] = [];

/** Ports of a node that an instance has to itself: nobody else there gets them. */
export function portsOf({ constraints }: Pick<Requirement, 'constraints'>): readonly string[] {
  for (const constraint of constraints) if (constraint.type === 'ports') return constraint.ports;
  return none;
}
