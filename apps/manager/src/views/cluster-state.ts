import type { LogHead } from '@oakring/events';
import { emptyHead } from '@oakring/events';
import { Index, Table } from './table.js';
import type {
  AnswerRecord,
  ClusterRecord,
  CommandRecord,
  CountersRecord,
  InstanceRecord,
  JobRecord,
  NodeRecord,
  PlacementRecord,
  RetiredRecord,
} from './records.js';

/**
 * Everything that is known of the cluster: a fold over the ledger. There are two of them: the
 * deciders' (ahead by the commit in flight) and the one that queries see (durable only).
 */
export class ClusterState {
  /** The fold reflects the log up to here. */
  head: LogHead = emptyHead;

  readonly cluster = new Table<ClusterRecord>('cluster');
  readonly nodes = new Table<NodeRecord>('nodes');
  readonly jobs = new Table<JobRecord>('jobs');
  readonly instances = new Table<InstanceRecord>('instances');
  readonly placements = new Table<PlacementRecord>('placements');
  readonly commands = new Table<CommandRecord>('commands');
  readonly answers = new Table<AnswerRecord>('answers');
  readonly retired = new Table<RetiredRecord>('retired');
  readonly counters = new Table<CountersRecord>('counters');

  /** Keys of a job's instances. */
  readonly instancesOfJob = new Index();
  /** Keys of a node's placements. */
  readonly placementsOfNode = new Index();
  /** Keys of an instance's placements (two while it moves). */
  readonly placementsOfInstance = new Index();
  /** Ids of commands that are not ended, by node. */
  readonly openCommandsOfNode = new Index();
  /** Keys of instances that wait for a placement, by job. */
  readonly pendingOfJob = new Index();
  /** Keys of placements that are not wanted and have no open `delete`, in one group. */
  readonly unorderedStops = new Set<string>();
  /** Ids of ended commands, oldest first. */
  readonly endedCommands = new Set<string>();
  /** Jobs with pending instances. */
  readonly jobsWithPending = new Set<string>();

  /** The views that are saved and compared. */
  get tables(): readonly Table<object>[] {
    return [
      this.cluster,
      this.nodes,
      this.jobs,
      this.instances,
      this.placements,
      this.commands,
      this.answers,
      this.retired,
      this.counters,
    ] as unknown as readonly Table<object>[];
  }
}

export const clusterKey = 'cluster';

export function instanceKey(job: string, number: number): string {
  return `${job}/${number}`;
}

export function placementKey(job: string, number: number, generation: number): string {
  return `${job}/${number}/${generation}`;
}
