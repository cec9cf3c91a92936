import { type LogHead, emptyHead } from '@oakring/events';
import type { NodeCredentialRecord, TokenRecord } from './access-records.js';
import type { KeyRecord, MerkleRecord, SealRecord } from './evidence-records.js';
import type { ExecRecord } from './exec-record.js';
import type { SecretRecord } from './secret-records.js';
import { Index, Sequence, Table } from './table.js';
import type {
  AnswerRecord,
  ClusterRecord,
  CommandRecord,
  CountersRecord,
  InstanceRecord,
  JobRecord,
  NodeRecord,
  PartedRecord,
  PlacementRecord,
  RetiredRecord,
  RevisionPlaceRecord,
  RevisionRecord,
} from './records.js';

/**
 * Everything that is known of the cluster: a fold over the ledger. There are two of them: the
 * deciders' (ahead by the commit in flight) and the one that queries see (durable only).
 */
export class ClusterState {
  /** The fold reflects the log up to here. */
  head: LogHead = emptyHead;

  readonly cluster: Table<ClusterRecord>;
  readonly nodes: Table<NodeRecord>;
  readonly jobs: Table<JobRecord>;
  readonly instances: Table<InstanceRecord>;
  readonly placements: Table<PlacementRecord>;
  readonly commands: Table<CommandRecord>;
  readonly answers: Table<AnswerRecord>;
  readonly retired: Table<RetiredRecord>;
  readonly counters: Table<CountersRecord>;
  readonly keys: Table<KeyRecord>;
  readonly seals: Table<SealRecord>;
  readonly merkle: Table<MerkleRecord>;
  readonly revisions: Table<RevisionRecord>;
  readonly revisionPlaces: Table<RevisionPlaceRecord>;
  readonly parted: Table<PartedRecord>;
  readonly execs: Table<ExecRecord>;
  readonly tokens: Table<TokenRecord>;
  readonly credentials: Table<NodeCredentialRecord>;
  readonly secrets: Table<SecretRecord>;

  /** Names of tokens by their hash: one each. */
  readonly tokensOfHash = new Index();
  /** Ids of nodes by the hash of their secret: one each. */
  readonly credentialsOfHash = new Index();
  /** Ids of the jobs whose numbers a root gives, by their name: containers are called so. */
  readonly givenOfName = new Index();
  /** Keys of a job's instances. */
  readonly instancesOfJob = new Index();
  /** Keys of a node's placements. */
  readonly placementsOfNode = new Index();
  /** Keys of a node's placements that are only kept up by grants. */
  readonly leasedOfNode = new Index();
  /** Keys of an instance's placements (two while it moves). */
  readonly placementsOfInstance = new Index();
  /** Ids of commands that are issued and neither delivered, received nor ended, by node. */
  readonly unsentOfNode = new Index();
  /** Ids of commands that were received and have not ended, by node. */
  readonly receivedOfNode = new Index();
  /** Keys of instances that wait for a placement, by job. */
  readonly pendingOfJob = new Index();
  /** Keys of placements that are not wanted and have no open `delete`, in one group. */
  readonly unorderedStops = new Set<string>();
  /** Keys of placements that are wanted and were not ordered to start: their time has not come. */
  readonly unorderedStarts = new Set<string>();
  /** Keys of placements of which a worker has said how they do. */
  readonly spokenHealth = new Set<string>();
  /** Ids of ended commands, oldest first. */
  readonly endedCommands = new Sequence();
  /** Jobs with pending instances. */
  readonly jobsWithPending = new Set<string>();

  /** The views that are saved and compared. */
  readonly tables: readonly Table<object>[];

  /** `saved`: checkpoints are made of this state, so it remembers what changed. */
  constructor(saved: boolean) {
    this.cluster = new Table('cluster', saved);
    this.nodes = new Table('nodes', saved, { of: stepOfNode });
    this.jobs = new Table('jobs', saved);
    this.instances = new Table('instances', saved);
    this.placements = new Table('placements', saved);
    this.commands = new Table('commands', saved);
    this.answers = new Table('answers', saved);
    this.retired = new Table('retired', saved);
    this.counters = new Table('counters', saved);
    this.keys = new Table('keys', saved);
    this.seals = new Table('seals', saved);
    this.merkle = new Table('merkle', saved);
    this.revisions = new Table('revisions', saved);
    this.revisionPlaces = new Table('revisionPlaces', saved);
    this.parted = new Table('parted', saved);
    this.execs = new Table('execs', saved);
    this.tokens = new Table('tokens', saved);
    this.credentials = new Table('credentials', saved);
    this.secrets = new Table('secrets', saved);
    const { cluster, nodes, jobs, instances, placements } = this;
    const { commands, answers, retired, counters, keys, seals, merkle } = this;
    const { revisions, revisionPlaces, parted, execs, tokens, credentials, secrets } = this;
    // Read, compared and copied record by record, whatever the records are.
    this.tables = [
      cluster,
      nodes,
      jobs,
      instances,
      placements,
      commands,
      answers,
      retired,
      counters,
      keys,
      seals,
      merkle,
      revisions,
      revisionPlaces,
      parted,
      execs,
      tokens,
      credentials,
      secrets,
    ] as unknown as readonly Table<object>[];
  }
}

function stepOfNode({ status, since, stopped }: NodeRecord): string {
  return `${status} ${since} ${stopped}`;
}

export const clusterKey = 'cluster';
/** Key of the one record of `seals` and of `merkle`. */
export const ledgerKey = 'ledger';

export function instanceKey(job: string, number: number): string {
  return `${job}/${number}`;
}

export function revisionKey(job: string, revision: number): string {
  return `${job}/${revision}`;
}

export function placementKey(job: string, number: number, generation: number): string {
  return `${job}/${number}/${generation}`;
}

/** What a key belongs to, be it gone or not: the job of an instance, the instance of a placement. */
export function ownerOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
