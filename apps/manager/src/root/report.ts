import { cutText } from '@oakring/contracts';
import {
  nameOf,
  partedOf,
  placementKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
  type PartedRecord,
} from '@oakring/model';
import { instanceAnswer } from '../queries/job-answer.js';
import { clusterTotals, type Load } from './report-totals.js';
import { isTold, toldOfJob, toldStatus, type ToldStatus } from './told-status.js';

/** What a worker says of an instance, where it says it. */
export interface InstanceFigures {
  readonly usage: {
    readonly cpu: string;
    readonly memory: string;
    readonly disk: string;
  } | null;
  readonly log: string | null;
  readonly publicIp: string | null;
}

/** What a report is made of beside the views. */
export interface Measured extends Load {
  figuresOf(nodeId: string, name: string, instance: number): InstanceFigures | null;
  /** Its worker said that it is there. */
  hasCreated(nodeId: string, placementKey: string): boolean;
}

export interface Limits {
  readonly instances: number;
  readonly bytes: number;
}

export interface Report {
  readonly bytes: Uint8Array;
  /** Keys of the instances in it. */
  readonly told: readonly string[];
  /** Those of them that are gone here. */
  readonly parted: readonly string[];
  /** All of `told`, and those that the root is told nothing of. */
  readonly done: readonly string[];
}

interface ToldInstance {
  readonly instance_number: number;
  readonly status: ToldStatus;
  readonly status_detail: string;
  readonly worker_id: string;
  readonly host_ip: string;
  readonly host_port: number;
  readonly publicip: string;
  readonly cpu_percent: string;
  readonly memory_percent: string;
  readonly disk: string;
  readonly logs: string;
  readonly last_modified_timestamp: number;
}

interface ToldJob {
  readonly _id: string;
  readonly job_name: string;
  readonly status: ToldStatus;
  readonly status_detail: string;
  readonly instance_list: ToldInstance[];
}

/** Where workers of this kind are reached by one another. */
const hostPort = 50_011;
const maxDetail = 500;
const maxLog = 1_024;
/** Comma and brackets between two entries. */
const betweenBytes = 2;

/** What a report is about. */
export interface Subject {
  readonly state: ClusterState;
  readonly measured: Measured;
}

/**
 * The report to a root: what the cluster has, and of its jobs the instances of `keys`, as far as `limits`
 * goes; the first always. Instances that the root is told nothing of are passed over.
 */
export function reportOf(subject: Subject, keys: Iterable<string>, limits: Limits): Report {
  const { state, measured } = subject;
  const totals = clusterTotals(state, measured);
  let room = limits.bytes - sizeOf({ ...totals, jobs: [] });
  const jobs = new Map<string, ToldJob>();
  const told: string[] = [];
  const parted: string[] = [];
  const done: string[] = [];
  for (const key of keys) {
    if (told.length >= limits.instances) break;
    const part = partOf(subject, key);
    if (part === null) {
      done.push(key);
      continue;
    }
    const { id, entry } = part;
    const before = jobs.get(id);
    const head = before ?? part.head();
    const size = sizeOf(entry) + (before === undefined ? sizeOf(head) : 0);
    if (size > room && told.length > 0) break;
    room -= size;
    head.instance_list.push(entry);
    jobs.set(id, head);
    told.push(key);
    if (part.isGone) parted.push(key);
    done.push(key);
  }
  const bytes = Buffer.from(JSON.stringify({ ...totals, jobs: [...jobs.values()] }));
  return { bytes, told, parted, done };
}

interface Part {
  /** Of its job. */
  readonly id: string;
  readonly head: () => ToldJob;
  readonly entry: ToldInstance;
  readonly isGone: boolean;
}

/** Null: the root is told nothing of it. */
function partOf({ state, measured }: Subject, key: string): Part | null {
  const instance = state.instances.get(key);
  if (instance === undefined) {
    const gone = partedOf(state, key);
    if (gone === null) return null;
    const { job: id } = gone;
    const job = state.jobs.get(id);
    // Its job may be there and have nothing left that is told: that it waits for anything would not be true.
    const head = () =>
      job === undefined || toldOf(state, job).length === 0
        ? goneHead(gone)
        : jobHead(state, job, measured);
    return { id, head, entry: goneEntry(gone), isGone: true };
  }
  const job = state.jobs.get(instance.job);
  if (job === undefined || !isTold(state, job, instance)) return null;
  const head = () => jobHead(state, job, measured);
  return {
    ...{ id: job.id, head, entry: instanceEntry(state, job, instance, measured) },
    isGone: false,
  };
}

const goneFor = 'ended here, and not by its root; it is not tried again';

function goneHead({ job, name }: PartedRecord): ToldJob {
  const told = { status: 'UNDEPLOYED', status_detail: goneFor } as const;
  return { _id: job, job_name: name, ...told, instance_list: [] };
}

function goneEntry({ number, at }: PartedRecord): ToldInstance {
  return {
    ...{ instance_number: number, status: 'UNDEPLOYED', status_detail: goneFor },
    ...{ worker_id: '', host_ip: '', host_port: hostPort, publicip: '' },
    ...{ cpu_percent: '', memory_percent: '', disk: '', logs: '' },
    last_modified_timestamp: at / 1_000,
  };
}

function sizeOf(part: object): number {
  return Buffer.byteLength(JSON.stringify(part)) + betweenBytes;
}

function toldOf(state: ClusterState, job: JobRecord): InstanceRecord[] {
  const instances: InstanceRecord[] = [];
  for (const key of state.instancesOfJob.of(job.id)) {
    const instance = state.instances.get(key);
    if (instance !== undefined && isTold(state, job, instance)) instances.push(instance);
  }
  return instances.sort((one, other) => one.number - other.number);
}

function jobHead(state: ClusterState, job: JobRecord, measured: Measured): ToldJob {
  const instances = toldOf(state, job);
  const statuses = instances.map((each) => statusOf(each, measured));
  const status = toldOfJob(statuses);
  const first = instances[statuses.indexOf(status)];
  const running = statuses.filter((each) => each === 'RUNNING').length;
  const count = `${running} of ${instances.length} running`;
  const why =
    first === undefined ? null : `instance ${first.number}: ${detailOf(state, job, first)}`;
  return {
    ...{ _id: job.id, job_name: nameOf(job), status },
    status_detail: cutText(why === null ? count : `${count}; ${why}`, maxDetail),
    instance_list: [],
  };
}

function statusOf(instance: InstanceRecord, measured: Measured): ToldStatus {
  const { job, number, generation, nodeId } = instance;
  const key = placementKey(job, number, generation);
  return toldStatus(instance, nodeId !== null && measured.hasCreated(nodeId, key));
}

function instanceEntry(
  state: ClusterState,
  job: JobRecord,
  instance: InstanceRecord,
  measured: Measured,
): ToldInstance {
  const { number, since } = instance;
  const { nodeId } = instanceAnswer(state, instance);
  const node = nodeId === null ? undefined : state.nodes.get(nodeId);
  const figures = node === undefined ? null : measured.figuresOf(node.id, nameOf(job), number);
  const { cpu = '', memory = '', disk = '' } = figures?.usage ?? {};
  // What is left out becomes null there.
  return {
    ...{ instance_number: number, status: statusOf(instance, measured) },
    status_detail: cutText(detailOf(state, job, instance), maxDetail),
    ...{ worker_id: nodeId ?? '', host_ip: node?.ip ?? '', host_port: hostPort },
    publicip: figures?.publicIp ?? '',
    ...{ cpu_percent: cpu, memory_percent: memory, disk },
    logs: endOf(figures?.log ?? ''),
    last_modified_timestamp: since / 1_000,
  };
}

/** The sentence that `job why` gives, where it gives one; and what nobody here looks at. */
function detailOf(state: ClusterState, job: JobRecord, instance: InstanceRecord): string {
  const { reason, nodeId, failures, attempts } = instanceAnswer(state, instance);
  const newest = attempts?.at(-1);
  const tried =
    newest === undefined || instance.status === 'failed'
      ? null
      : `attempt ${failures + 1}; the one before: ${newest.reason}`;
  const since = new Date(instance.since).toISOString();
  const where = nodeId === null ? null : `${instance.status} on ${nodeId} since ${since}`;
  const why = reason ?? (where === null ? 'waits for a place' : null);
  const warnings = Array.isArray(job.document['warnings']) ? job.document['warnings'] : [];
  return [where, why, tried, ...warnings].filter((each) => each !== null).join('; ');
}

function endOf(log: string): string {
  const bytes = Buffer.from(log);
  if (bytes.length <= maxLog) return log;
  // A character that was cut in half is not shown.
  return bytes
    .subarray(bytes.length - maxLog)
    .toString('utf8')
    .replace(/^\uFFFD+/, '');
}

/** Keys of all instances that a root may be told of. */
export function toldKeys(state: ClusterState): string[] {
  const keys: string[] = [];
  for (const job of state.jobs.values()) {
    if (job.numbering !== 'given') continue;
    for (const key of state.instancesOfJob.of(job.id)) {
      const instance = state.instances.get(key);
      if (instance !== undefined && isTold(state, job, instance)) {
        keys.push(key);
      }
    }
  }
  return keys;
}
