import type { JobPolicy } from '@oakring/contracts';
import { canonicalJson } from '../text/canonical-json.js';

/**
 * The policy of a job as events have it: only the parts that differ from this one, which is most of
 * what an event about an ordinary job would say. It belongs to the schema and never changes, whatever
 * a later release takes as the default of a new job.
 */
const silentPolicy: JobPolicy = {
  onDisconnect: {
    replace: true,
    reconcile: 'keepReplacement',
    lostAfterMs: 30_000,
    stopOnWorkerAfterMs: null,
  },
  restart: { limit: 10, firstMs: 1_000, mostMs: 300_000, resetAfterMs: 600_000 },
  update: {
    maxUnavailable: 1,
    healthyAfterMs: 5_000,
    rollback: true,
    // Said by nobody before schema version 6.
    surge: 0,
    placeWithinMs: null,
  },
  oneShot: false,
};

/** The parts of a policy that have to be said. */
export function spokenPolicy(policy: JobPolicy): Partial<JobPolicy> {
  const parts = Object.keys(silentPolicy) as (keyof JobPolicy)[];
  // What came from before has less of a part, and means the same.
  const whole = wholePolicy(policy);
  const spoken = parts.filter(
    (part) => canonicalOf(whole[part]) !== canonicalOf(silentPolicy[part]),
  );
  return Object.fromEntries(spoken.map((part) => [part, policy[part]]));
}

/** The policy that an event speaks of. A part may lack what later versions say. */
type SpokenPolicy = Partial<Omit<JobPolicy, 'update'>> & {
  readonly update?: Partial<JobPolicy['update']>;
};

/** The whole policy that an event speaks of. */
export function wholePolicy(spoken: SpokenPolicy): JobPolicy {
  return { ...silentPolicy, ...spoken, update: { ...silentPolicy.update, ...spoken.update } };
}

function canonicalOf(part: JobPolicy[keyof JobPolicy]): string {
  return canonicalJson(part);
}
