import {
  checkOf,
  isUpdated,
  placementKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';
import { isReplaceable } from '../commands/decide/replacements.js';
import { maySurge } from '../commands/decide/surges.js';
import type { Look, Seen } from '../supervision/process.js';

/** Instances of a job that are asked about in one step: their documents find room in one call. */
const maxAtOnce = 10;
/** Beside which the new one came to nothing is tried again after so long: it may do so each time. */
const besideAgainMs = 10_000;
/** A node that said that the fault is its own (a full disk, a taken port) is asked again after so long. */
const atFaultForMs = 600_000;

export type Step =
  /** Stopped for what is new, once that has a place. */
  | { readonly do: 'replace'; readonly instances: readonly InstanceRecord[] }
  /** What is new starts beside them; of those without a place for it `mayStop` are replaced. */
  | {
      readonly do: 'surge';
      readonly instances: readonly InstanceRecord[];
      readonly mayStop: number;
      /** Nodes that it is not begun on, since they could not start one of this job lately. */
      readonly atFault: readonly string[];
    }
  /** What is new beside it serves. */
  | { readonly do: 'take-over'; readonly instance: number; readonly generation: number }
  | { readonly do: 'complete'; readonly revision: number };

/**
 * What is next of a rollout that is under way, and when to look again. Pure, but for what `seen` remembers: all that
 * is waited for is asked of it first, since what a look does not ask for is forgotten.
 */
export function nextStep(state: ClusterState, job: JobRecord, seen: Seen): Look<Step> {
  const instances = instancesOf(state, job);
  const serving = instances.map((instance) => servingOf(state, job, instance, seen));
  const outdated = serving.filter(
    ({ instance }) => isReplaceable(instance) && !isUpdated(job, instance),
  );
  const due = serving.find(({ takesOverMs }) => takesOverMs <= seen.nowMs)?.instance;
  if (due?.moving) {
    const { generation } = due.moving;
    return { step: { do: 'take-over', instance: due.number, generation }, againMs: null };
  }
  const missing = serving.filter(({ servesMs }) => servesMs > seen.nowMs).length;
  const mayStop = Math.max(0, job.policy.update.maxUnavailable - missing);
  const step =
    replaceOf(state, job, outdated, { missing, mayStop }) ??
    surgeOf(state, job, { serving, outdated, mayStop }, seen);
  if (step !== null) return { step, againMs: null };
  if (missing === 0 && instances.every((instance) => isUpdated(job, instance))) {
    return { step: { do: 'complete', revision: job.revision }, againMs: null };
  }
  const times = serving.flatMap(({ servesMs, takesOverMs, besideMs }) => {
    return [servesMs, takesOverMs, besideMs].filter((atMs) => atMs > seen.nowMs);
  });
  // Not spread into a call: there may be as many as a stack has no room for.
  const againMs = times.reduce((least, atMs) => Math.min(least, atMs), never);
  return { step: null, againMs: Number.isFinite(againMs) ? againMs : null };
}

/** Monotonic milliseconds; infinite: not yet known when, or since ever. */
interface Serving {
  readonly instance: InstanceRecord;
  /** It serves from then on. */
  readonly servesMs: number;
  /** The new one beside it serves from then on, or is all that there is. */
  readonly takesOverMs: number;
  /** A new one may be started beside it. */
  readonly besideMs: number;
}

/** What does not run at once; of what runs as many as may be missing, where none can be beside them. */
function replaceOf(
  state: ClusterState,
  job: JobRecord,
  outdated: readonly Serving[],
  { missing, mayStop }: { readonly missing: number; readonly mayStop: number },
): Step | null {
  const { surge } = job.policy.update;
  const all = outdated.map(({ instance }) => instance);
  const idle = all.filter(({ status }) => status !== 'running');
  const running = all.filter(
    (instance) => instance.status === 'running' && (surge === 0 || !maySurge(state, job, instance)),
  );
  // What must never run twice is stopped first, whatever its job says by now: one at a time.
  const most = surge > 0 && missing === 0 ? Math.max(1, mayStop) : mayStop;
  const instances = [...idle, ...running.slice(0, most)].slice(0, maxAtOnce);
  return instances.length === 0 ? null : { do: 'replace', instances };
}

/** What is updated and does not serve yet counts as begun: a revision that is no good goes no further. */
function surgeOf(
  state: ClusterState,
  job: JobRecord,
  {
    serving,
    outdated,
    mayStop,
  }: {
    readonly serving: readonly Serving[];
    readonly outdated: readonly Serving[];
    readonly mayStop: number;
  },
  { nowMs, wallMs }: Seen,
): Step | null {
  const begun = serving.filter(
    ({ instance, servesMs }) =>
      instance.moving?.surge === true || (isUpdated(job, instance) && servesMs > nowMs),
  );
  const mayBegin = Math.min(job.policy.update.surge - begun.length, maxAtOnce);
  if (mayBegin <= 0) return null;
  const instances = outdated
    .filter(({ instance, besideMs }) => instance.status === 'running' && besideMs <= nowMs)
    .map(({ instance }) => instance)
    .slice(0, mayBegin);
  if (instances.length === 0) return null;
  return { do: 'surge', instances, mayStop, atFault: nodesAtFault(state, job, wallMs) };
}

function nodesAtFault({ nodes }: ClusterState, { id }: JobRecord, wallMs: number): string[] {
  const atFault: string[] = [];
  for (const node of nodes.values()) {
    const isAtFault = node.failures.some(
      ({ job, at, own }) => own && job === id && at >= wallMs - atFaultForMs,
    );
    if (isAtFault) atFault.push(node.id);
  }
  return atFault;
}

const never = Number.POSITIVE_INFINITY;
const ever = Number.NEGATIVE_INFINITY;

/** Those that count: wanted, and not run to their end. */
function instancesOf(state: ClusterState, { id }: JobRecord): InstanceRecord[] {
  const instances: InstanceRecord[] = [];
  for (const key of state.instancesOfJob.of(id)) {
    const instance = state.instances.get(key);
    if (instance !== undefined && !instance.removing && instance.status !== 'completed') {
      instances.push(instance);
    }
  }
  return instances.sort((a, b) => a.number - b.number);
}

function servingOf(
  state: ClusterState,
  job: JobRecord,
  instance: InstanceRecord,
  seen: Seen,
): Serving {
  const { number, generation, status, moving } = instance;
  const isOld = !isUpdated(job, instance);
  const runs = status === 'running';
  const servesMs = !runs
    ? never
    : isOld
      ? ever
      : servesFromMs(state, job, placementKey(job.id, number, generation), seen);
  return {
    instance,
    servesMs,
    takesOverMs: moving?.surge === true ? takesOverFromMs(state, job, instance, seen) : never,
    besideMs: isOld ? besideFromMs(instance, seen) : never,
  };
}

/** Without checks it does not have to run for a while first where it is all that there is. */
function takesOverFromMs(
  state: ClusterState,
  job: JobRecord,
  { number, status, moving }: InstanceRecord,
  seen: Seen,
): number {
  const key = placementKey(job.id, number, moving?.generation ?? 0);
  if ((state.placements.get(key)?.runningSince ?? 0) === 0) return never;
  const servesMs = servesFromMs(state, job, key, seen);
  return status === 'running' || servesMs === never ? servesMs : ever;
}

/** From when on a placement that runs serves: it was found healthy, or without checks has run for long enough. */
function servesFromMs(state: ClusterState, job: JobRecord, key: string, { since }: Seen): number {
  const placement = state.placements.get(key);
  if (placement !== undefined && checkOf(state, placement) !== null) {
    return placement.health?.status === 'healthy' ? ever : never;
  }
  return since(key) + job.policy.update.healthyAfterMs;
}

/** A new one may be at once, unless one was and came to nothing. */
function besideFromMs(
  { job, number, generation, lastGeneration }: InstanceRecord,
  { since }: Seen,
): number {
  if (lastGeneration <= generation) return ever;
  return since(`${placementKey(job, number, lastGeneration)} is gone`) + besideAgainMs;
}
