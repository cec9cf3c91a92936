import type { ClusterState } from './cluster-state.js';

/** Keys of the records that a commit changed or removed: what is new, whichever events said it. */
export interface Changes {
  readonly nodes: ReadonlySet<string>;
  readonly jobs: ReadonlySet<string>;
  readonly instances: ReadonlySet<string>;
  readonly placements: ReadonlySet<string>;
  readonly commands: ReadonlySet<string>;
  readonly cluster: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
  /** Nodes that came, went, or stepped into another status: those that fill and empty change all the time. */
  readonly presences: ReadonlySet<string>;
}

/** What changed since the last call; nothing at the first. One caller a state. */
export function takeChanges(state: ClusterState): Changes {
  return {
    nodes: state.nodes.takeNews(),
    jobs: state.jobs.takeNews(),
    instances: state.instances.takeNews(),
    placements: state.placements.takeNews(),
    commands: state.commands.takeNews(),
    cluster: state.cluster.takeNews(),
    secrets: state.secrets.takeNews(),
    presences: state.nodes.takeNewSteps(),
  };
}
