import { reconcileChoices, type ReconcileChoice } from './usual-policy.js';
import { flag, integer, nullable, oneOf } from './kinds.js';
import { Field, Shape } from './shape.js';

const dayMs = 86_400_000;
const waitMs = integer(100, dayMs);

@Shape({ says: 'What becomes of an instance whose node is not heard of. Milliseconds.' })
export class OnDisconnectRules {
  @Field(flag, { optional: true, says: 'A lost instance is placed again elsewhere.' })
  readonly replace?: boolean;

  @Field(oneOf(reconcileChoices), { optional: true, says: 'Which one goes on when both run.' })
  readonly reconcile?: ReconcileChoice;

  @Field(nullable(integer(500, 30 * dayMs)), {
    optional: true,
    says: 'The node is not ready for this long: the instance is lost. Null: never.',
  })
  readonly lostAfterMs?: number | null;

  // A grant comes with every reading: a limit below a few periods would stop healthy instances.
  @Field(nullable(integer(10_000, 30 * dayMs)), {
    optional: true,
    says: 'The worker kills it without a grant for this long: it never runs twice.',
    example: 30_000,
  })
  readonly stopOnWorkerAfterMs?: number | null;
}

@Shape({ says: 'How often and how soon a failed instance is tried again. Milliseconds.' })
export class RestartRules {
  @Field(nullable(integer(0, 1_000_000)), {
    optional: true,
    says: 'Failures in a row after which it is given up; null: never.',
  })
  readonly limit?: number | null;

  @Field(waitMs, {
    optional: true,
    says: 'Ceiling of the first wait; it doubles with each failure.',
  })
  readonly firstMs?: number;

  @Field(waitMs, { optional: true, says: 'Ceiling of every wait.' })
  readonly mostMs?: number;

  @Field(waitMs, {
    optional: true,
    says: 'An instance that ran for this long starts counting its failures anew.',
  })
  readonly resetAfterMs?: number;
}

@Shape({ says: 'How a new revision of the job is rolled out.' })
export class UpdateRules {
  @Field(integer(0, 10_000), {
    optional: true,
    says: 'Instances that may be missing at once on its account; 0 only with `surge`.',
  })
  readonly maxUnavailable?: number;

  @Field(integer(0, dayMs), {
    optional: true,
    says: 'An updated instance counts once it has run for this long, milliseconds.',
  })
  readonly healthyAfterMs?: number;

  @Field(flag, { optional: true, says: 'Go back when an updated instance fails.' })
  readonly rollback?: boolean;

  @Field(integer(0, 10_000), {
    optional: true,
    default: 0,
    says: 'New ones that may run beside the old ones, which stop once the new ones serve. Where there is no room for both, the old one stops first if `maxUnavailable` lets it. Not for a job that writes to a volume: both would.',
    example: 1,
  })
  readonly surge?: number;

  @Field(nullable(integer(1_000, 30 * dayMs)), {
    optional: true,
    default: null,
    says: 'An update that finds no place for its next one for so long goes back, milliseconds; null: it waits.',
    example: 600_000,
  })
  readonly placeWithinMs?: number | null;
}
