import { healthyWithinMs } from '@oakring/contracts';
import {
  awaitsHealth,
  checkOf,
  instanceKey,
  isUpdated,
  whyUnhealthy,
  type ClusterState,
  type PlacementRecord,
} from '@oakring/model';
import type { CommandQueue } from '../commands/command.js';
import { byItself } from '../commands/origin.js';
import { heardSince, type Hearing } from '../supervision/heard-since.js';
import { nothing, type Look, type Process, type Seen } from '../supervision/process.js';

/** For what the worker's word takes to come, and for looks that wait for their turn. */
const patienceMs = 10_000;
/** What waits is looked at this often at least: a silence in between is not to be missed, it begins the count anew. */
const againAfterMs = 5_000;

interface Judgement {
  readonly placement: PlacementRecord;
  /** Null: it is unhealthy. */
  readonly late: string | null;
}

/**
 * What workers' checks have come to, by placement: what is `unhealthy` has failed, once its node is ready to
 * be told so; what a move or a rollout waits for (`awaited`) and nobody calls healthy in time is not waited for
 * any longer. Counted while its node is ready and we hear, and anew by a start: what cannot be heard is not late.
 */
export function healthWatch(queue: CommandQueue, hearing: Hearing): Process<Judgement> {
  return {
    name: 'health-watch',
    most: 1,
    mostAtOnce: Number.POSITIVE_INFINITY,
    restMs: 0,
    // Nothing to do for an unhealthy source of a move: until that is done or given up.
    backoff: { firstMs: 1_000, mostMs: 10_000 },
    *all({ placements }) {
      for (const [key] of placements.entries()) yield key;
    },
    *concerned({ placements, instances }, { placementsOfInstance }) {
      yield* placements;
      for (const key of instances) yield* placementsOfInstance.of(key);
    },
    fact(key, state) {
      const placement = state.placements.get(key);
      if (placement?.wanted !== true || placement.runningSince === 0) return null;
      if (whyUnhealthy(state, placement) !== null) return 'unhealthy';
      return isAwaited(state, placement) ? 'awaited' : null;
    },
    look: (key, state, seen) => lookAt(state.placements.get(key), state, seen, hearing),
    async act(steps) {
      for (const { step } of steps) {
        const { job: id, number: instance, generation } = step.placement;
        const { late } = step;
        const judge = { type: 'JudgeHealth', id, instance, generation, late } as const;
        const { status } = await queue.submit<'JudgeHealth'>(judge, byItself('health-watch'));
        if (status === 'refused') return 'again';
      }
      return 'done';
    },
  };
}

function lookAt(
  placement: PlacementRecord | undefined,
  state: ClusterState,
  seen: Seen,
  hearing: Hearing,
): Look<Judgement> {
  if (placement === undefined) return nothing;
  const againMs = seen.nowMs + againAfterMs;
  if (state.nodes.get(placement.nodeId)?.status !== 'ready') return { step: null, againMs };
  if (whyUnhealthy(state, placement) !== null) {
    // A move mends it; should that be given up, the instance has changed.
    const { moving = null } =
      state.instances.get(instanceKey(placement.job, placement.number)) ?? {};
    const isSource = moving !== null && moving.generation !== placement.generation;
    return isSource ? nothing : { step: { placement, late: null }, againMs: null };
  }
  const check = checkOf(state, placement);
  if (check === null) return nothing;
  const withinMs = healthyWithinMs(check) + patienceMs;
  const sinceMs = heardSince(hearing, seen, 'on a ready node');
  if (sinceMs === null) return { step: null, againMs };
  const lateMs = sinceMs + withinMs;
  if (seen.nowMs < lateMs) return { step: null, againMs: Math.min(lateMs, againMs) };
  const late = `was not found healthy within ${Math.round(withinMs / 1000)} s`;
  return { step: { placement, late }, againMs: null };
}

/** Somebody waits for it to be healthy: a move for its target, a rollout for what it has updated. */
function isAwaited(state: ClusterState, placement: PlacementRecord): boolean {
  const { job: id, number, generation } = placement;
  const instance = state.instances.get(instanceKey(id, number));
  const job = state.jobs.get(id);
  if (instance === undefined || job === undefined) return false;
  const isTarget = instance.moving?.generation === generation;
  const isOfRollout =
    job.rollout?.status === 'progressing' &&
    instance.generation === generation &&
    isUpdated(job, placement);
  return (isTarget || isOfRollout) && awaitsHealth(state, placement);
}
