import type { NodeFacts } from '@oakring/contracts';
import type { ClusterState } from './cluster-state.js';
import type { NodeRecord } from './records.js';

/** Changes remembered; a scheduler further behind gets the complete view. */
const maxRemembered = 65_536;

/**
 * Which nodes changed since a position: the feed of the scheduler's copy. Remembers the newest
 * changes in order, so that an answer costs what changed and not what there is.
 */
export class NodeChangeFeed {
  private positions: number[] = [];
  private ids: string[] = [];
  /** Changes at or below this position are not remembered. */
  private floor: number;

  constructor(private readonly state: ClusterState) {
    this.floor = state.head.position;
  }

  /** To be called with the ids of the nodes that a commit changed. */
  record(position: number, nodeIds: Iterable<string>): void {
    for (const id of nodeIds) {
      this.positions.push(position);
      this.ids.push(id);
    }
    if (this.positions.length > 2 * maxRemembered) {
      const cut = this.positions.length - maxRemembered;
      this.floor = this.positions[cut - 1] ?? this.floor;
      this.positions = this.positions.slice(cut);
      this.ids = this.ids.slice(cut);
    }
  }

  /** Facts of the nodes that changed after `position`; all of them when that is too long ago. */
  since(position: number): { complete: boolean; nodes: NodeFacts[]; removed: string[] } {
    if (position < this.floor || position > this.state.head.position) {
      return { complete: true, nodes: Array.from(this.state.nodes.values(), factsOf), removed: [] };
    }
    const changed = new Set<string>();
    for (let at = this.positions.length - 1; at >= 0; at -= 1) {
      if ((this.positions[at] ?? 0) <= position) break;
      changed.add(this.ids[at] ?? '');
    }
    const nodes: NodeFacts[] = [];
    const removed: string[] = [];
    for (const id of changed) {
      const node = this.state.nodes.get(id);
      if (node === undefined) removed.push(id);
      else nodes.push(factsOf(node));
    }
    return { complete: false, nodes, removed };
  }
}

/** What it is: what an operator says of it counts more than what its worker says. */
export function labelsOf({
  labels,
  givenLabels,
}: Pick<NodeRecord, 'labels' | 'givenLabels'>): NodeFacts['labels'] {
  return givenLabels === null ? labels : { ...labels, ...givenLabels };
}

/** Whether anything may be started there that is not there yet. */
export function isOpen({ cordoned, draining, quarantined }: NodeRecord): boolean {
  return cordoned === null && draining === null && quarantined === null;
}

export function factsOf(node: NodeRecord): NodeFacts {
  return {
    id: node.id,
    status: node.status,
    technologies: node.technologies,
    architecture: node.architecture,
    labels: labelsOf(node),
    capacity: node.capacity,
    reserved: node.reserved,
    open: isOpen(node),
    enforcesStop: node.enforcesStop,
    name: node.name,
    placements: node.placements,
    ...(node.addons.length === 0 ? {} : { addons: node.addons }),
    ...(node.drivers.length === 0 ? {} : { drivers: node.drivers }),
    ...(node.features.length === 0 ? {} : { features: node.features }),
    ...(node.hostPaths.length === 0 ? {} : { hostPaths: node.hostPaths }),
    ...(node.registries.length === 0 ? {} : { registries: node.registries }),
    ...(node.ports.length === 0 ? {} : { ports: node.ports }),
    ...(node.diskFull === null ? {} : { diskLacks: node.diskFull.leastMiB }),
  };
}
