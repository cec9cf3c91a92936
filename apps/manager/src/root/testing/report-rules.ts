/** What a root says to a report: the status, and the jobs that it took before it stopped. */
export interface Judgement {
  readonly status: 200 | 400 | 500;
  readonly problem: string | null;
  readonly jobs: readonly JobReport[];
}

export interface JobReport {
  readonly id: string;
  readonly name: unknown;
  readonly status: string;
  readonly detail: unknown;
  readonly instances: readonly Readonly<Record<string, unknown>>[];
}

type Fields = Readonly<Record<string, unknown>>;

const numbers = ['cpu_percent', 'memory_percent', 'vram'];
const numbersOrNull = ['vram_percent', 'gpu_temp', 'gpu_percent'];
const wholes = ['vcpus', 'vgpus', 'memory', 'active_nodes'];
const lists = ['virtualization', 'supported_addons', 'csi_drivers', 'gpu_drivers'];
/** They overwrite what was registered: the cluster cannot be reached any more. */
const harmful = ['port', 'candidate_name', 'candidate_location'];
export const knownStatuses: ReadonlySet<unknown> = new Set([
  ...['REQUESTED', 'CLUSTER_SCHEDULED', 'NODE_SCHEDULED', 'CREATING', 'CREATED', 'RUNNING'],
  ...['FAILED', 'DEAD', 'COMPLETED', 'UNDEPLOYED', 'TargetClusterNotFound', '0', '1'],
  ...['TargetClusterNotActive', 'TargetClusterNoCapacity', 'NoActiveClusterWithCapacity'],
  ...['NO_WORKER_CAPACITY', 'NO_QUALIFIED_WORKER_FOUND', 'NO_NODE_FOUND'],
]);

/** The table of the wire, more strictly where the real one would take what harms us. */
export function judgeReport(report: unknown): Judgement {
  if (!isFields(report)) return refuse(400, 'no object');
  const problem = problemOfTotals(report);
  if (problem !== null) return refuse(400, problem);
  const { aggregation_per_architecture: groups } = report;
  if (!isFields(groups)) return refuse(400, 'aggregation_per_architecture');
  for (const [name, group] of Object.entries(groups)) {
    const inGroup = isFields(group) ? problemOfTotals(group) : 'no object';
    if (inGroup !== null) return refuse(400, `aggregation_per_architecture.${name}.${inGroup}`);
  }
  return judgeJobs(report['jobs']);
}

function refuse(status: 400 | 500, problem: string, jobs: readonly JobReport[] = []): Judgement {
  return { status, problem, jobs };
}

function problemOfTotals(fields: Fields): string | null {
  const isNumber = (value: unknown): boolean => typeof value === 'number';
  const isWhole = (value: unknown): boolean => Number.isSafeInteger(value);
  const isList = (value: unknown): boolean =>
    Array.isArray(value) && value.every((each) => typeof each === 'string');
  return (
    numbers.find((name) => !isNumber(fields[name])) ??
    numbersOrNull.find((name) => fields[name] !== null && !isNumber(fields[name])) ??
    wholes.find((name) => !isWhole(fields[name])) ??
    lists.find((name) => !isList(fields[name])) ??
    harmful.find((name) => name in fields) ??
    null
  );
}

/** What stands before a fault is taken, and nothing behind it is seen. */
function judgeJobs(jobs: unknown): Judgement {
  const taken: JobReport[] = [];
  if (!Array.isArray(jobs)) return refuse(500, 'jobs');
  for (const [at, job] of (jobs as unknown[]).entries()) {
    const where = `jobs.${at}`;
    if (!isFields(job)) return refuse(500, where, taken);
    const { _id: id, job_name: name, status, status_detail: detail, instance_list: list } = job;
    if (typeof id !== 'string') return refuse(500, `${where}._id`, taken);
    if (typeof status !== 'string' || !knownStatuses.has(status)) {
      return refuse(500, `${where}.status`, taken);
    }
    if (!Array.isArray(list)) return refuse(500, `${where}.instance_list`, taken);
    const instances: Fields[] = [];
    taken.push({ id, name, status, detail, instances });
    for (const instance of list as unknown[]) {
      const problem = problemOfInstance(instance);
      if (problem !== null) return refuse(500, `${where}.instance_list.${problem}`, taken);
      instances.push(instance as Fields);
    }
  }
  return { status: 200, problem: null, jobs: taken };
}

function problemOfInstance(instance: unknown): string | null {
  if (!isFields(instance)) return 'no object';
  if (!Number.isSafeInteger(instance['instance_number'])) return 'instance_number';
  if (!knownStatuses.has(instance['status'])) return 'status';
  const isNull = Object.entries(instance).find(([, value]) => value === null);
  return isNull?.[0] ?? null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
