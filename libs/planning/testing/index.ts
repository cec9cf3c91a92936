import type { NodeChanges, NodeFacts, Requirement } from '@oakring/contracts';
import { NodeTable } from '../src/nodes/node-table.js';
import type { JobToPlan } from '../src/plan/plan.js';

/** A ready node of 1000 cpuMillis and 1000 MiB, but for `changes`. */
export function node(id: string, changes: Partial<NodeFacts> = {}): NodeFacts {
  return {
    id,
    status: 'ready',
    technologies: ['docker'],
    architecture: 'amd64',
    labels: {},
    capacity: { cpuMillis: 1000, memoryMiB: 1000 },
    reserved: { cpuMillis: 0, memoryMiB: 0 },
    open: true,
    enforcesStop: false,
    ...changes,
  };
}

/** An answer that brings nothing new, but for `parts`. */
export function nodeChanges(parts: Partial<NodeChanges> = {}): NodeChanges {
  return {
    position: 1,
    telemetry: 0,
    complete: false,
    nodes: [],
    removed: [],
    foreign: [],
    ...parts,
  };
}

export function tableOf(nodes: readonly NodeFacts[]): NodeTable {
  const table = new NodeTable();
  table.apply(nodeChanges({ complete: true, nodes }));
  return table;
}

type JobChanges = Partial<Omit<JobToPlan, 'requirement'>> & {
  readonly requirement?: Partial<Requirement>;
};

/** One instance of 100 cpuMillis and 100 MiB, but for `changes`. */
export function job(changes: JobChanges = {}): JobToPlan {
  const { requirement, ...rest } = changes;
  return {
    id: 'web',
    instances: 1,
    exclude: new Set(),
    present: new Map(),
    freed: null,
    seed: 42,
    ...rest,
    requirement: {
      technology: 'docker',
      resources: { cpuMillis: 100, memoryMiB: 100 },
      labels: {},
      constraints: [],
      enforcesStop: false,
      ...requirement,
    },
  };
}
