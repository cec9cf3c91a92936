import type { NodeFacts, Requirement, Resources } from '@oakring/contracts';

/**
 * Reasons why a node cannot take an instance, in the order in which they are looked at. The phrases
 * read after a count: "2 not ready, 1 with too little CPU free".
 */
export const filterPhrases = {
  excluded: 'excluded from this choice',
  status: 'not ready',
  closed: 'cordoned, draining or in quarantine',
  technology: 'without the technology',
  'stop-enforced': 'that cannot guarantee a stop',
  architecture: 'of another architecture',
  labels: 'without a label asked for',
  direct: 'not the node that the job names',
  'capacity-cpu': 'with too little CPU free',
  'capacity-memory': 'with too little memory free',
} as const;

export type FilterName = keyof typeof filterPhrases;
export const filterNames = Object.keys(filterPhrases) as readonly FilterName[];

/**
 * What is free on a node: capacity less what is reserved and less foreign load, never below zero.
 * No more than it has is promised, and none of it is kept back for the system.
 */
export function freeOf(node: NodeFacts, foreign: Resources = nothing): Resources {
  return {
    cpuMillis: Math.max(0, node.capacity.cpuMillis - node.reserved.cpuMillis - foreign.cpuMillis),
    memoryMiB: Math.max(0, node.capacity.memoryMiB - node.reserved.memoryMiB - foreign.memoryMiB),
  };
}

const nothing: Resources = { cpuMillis: 0, memoryMiB: 0 };

/** The first filter that a node fails for a job; null when it can take an instance. */
export function whyNot(
  node: NodeFacts,
  requirement: Requirement,
  excluded: ReadonlySet<string>,
  free: Resources = freeOf(node),
): FilterName | null {
  if (excluded.has(node.id)) return 'excluded';
  if (node.status !== 'ready') return 'status';
  if (!node.open) return 'closed';
  if (!node.technologies.includes(requirement.technology)) return 'technology';
  if (requirement.enforcesStop && !node.enforcesStop) return 'stop-enforced';
  for (const constraint of requirement.constraints) {
    if (constraint.type === 'architecture' && constraint.architecture !== node.architecture) {
      return 'architecture';
    }
  }
  for (const [label, value] of Object.entries(requirement.labels)) {
    if (!hasLabel(node, label, value)) return 'labels';
  }
  for (const constraint of requirement.constraints) {
    if (constraint.type === 'direct' && constraint.node !== node.id) return 'direct';
  }
  if (free.cpuMillis < requirement.resources.cpuMillis) return 'capacity-cpu';
  if (free.memoryMiB < requirement.resources.memoryMiB) return 'capacity-memory';
  return null;
}

/** A label may be called like what every object has (`constructor`): only the node's own count. */
export function hasLabel(
  { labels }: Pick<NodeFacts, 'labels'>,
  label: string,
  value: string,
): boolean {
  return Object.hasOwn(labels, label) && labels[label] === value;
}

/**
 * Whether a node can take one more instance by its reservations alone; `freed`: what its predecessor
 * holds there. The manager's check before it appends: telemetry may make a scheduler more careful,
 * never less.
 */
export function fits(
  node: NodeFacts,
  requirement: Requirement,
  excluded: ReadonlySet<string>,
  freed: Resources = nothing,
): boolean {
  const free = freeOf(node);
  return (
    whyNot(node, requirement, excluded, {
      cpuMillis: free.cpuMillis + freed.cpuMillis,
      memoryMiB: free.memoryMiB + freed.memoryMiB,
    }) === null
  );
}
