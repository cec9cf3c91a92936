import { OakringError } from '@oakring/contracts';
import {
  encodeEvent,
  sealCommit,
  type DomainEvent,
  type EventLogWriter,
  type StoredEvent,
} from '@oakring/events';
import type { Ports } from '@oakring/ports';
import { clusterKey, type ClusterState } from '../views/cluster-state.js';
import { foldCommit } from '../views/fold/evolve.js';

export interface Leader {
  readonly clusterName: string;
  readonly clusterLocation: string;
  readonly software: string;
  readonly host: string;
  readonly pid: number;
}

/**
 * Begins a leadership: the epoch after the log's newest, opened by a commit of its own. No command
 * is decided before that commit is durable. The very first one also founds the cluster.
 */
export async function openEpoch(
  log: EventLogWriter,
  state: ClusterState,
  leader: Leader,
  ports: Ports,
): Promise<number> {
  const epoch = state.head.epoch + 1;
  const events = openingEvents(state, epoch, leader, ports);
  const versions = await log.streamVersions(['cluster']);
  const before = versions.get('cluster') ?? 0;
  const commit = sealCommit(state.head, {
    epoch,
    commitId: ports.ids.next(),
    at: ports.clock.wallMs(),
    streams: ['cluster'],
    commands: [],
    events: events.map((event, index) => encodeEvent(event, before + index + 1)),
  });
  const appended = await log.append(commit);
  switch (appended.status) {
    case 'appended':
      foldCommit(
        state,
        commit,
        events.map(
          // One of the catalogue's events with its place added.
          (event, index) =>
            ({
              ...event,
              position: commit.position,
              index,
              version: before + index + 1,
              at: commit.at,
            }) as StoredEvent,
        ),
      );
      return epoch;
    case 'unavailable':
      throw new OakringError({
        code: 'log-unavailable',
        detail: `The opening commit could not be written: ${appended.reason}.`,
      });
    case 'deposed':
      throw new OakringError({
        code: 'position-conflict',
        detail: `Another manager appended position ${appended.head.position} while this one started.`,
      });
  }
}

function openingEvents(
  state: ClusterState,
  epoch: number,
  leader: Leader,
  ports: Ports,
): DomainEvent[] {
  const opened: DomainEvent = {
    stream: 'cluster',
    type: 'EpochOpened',
    data: { epoch, software: leader.software, host: leader.host, pid: leader.pid },
  };
  if (state.cluster.get(clusterKey) !== undefined) return [opened];
  const founded: DomainEvent = {
    stream: 'cluster',
    type: 'ClusterFounded',
    data: {
      clusterId: ports.ids.next(),
      name: leader.clusterName,
      location: leader.clusterLocation,
    },
  };
  return [founded, opened];
}
