import { runPartOf } from '@oakring/contracts';
import { canonicalJson, jobStream, spokenPolicy } from '@oakring/events';
import type { JobRecord } from '@oakring/model';
import type { Deciding } from './deciding.js';
import { callSurgesOff } from './orders.js';

type Described = Pick<
  JobRecord,
  'document' | 'technology' | 'resources' | 'labels' | 'constraints' | 'policy'
>;

/** What a job is, as events say it. */
export function spokenJob(described: Described) {
  const { document, technology, resources, labels, constraints, policy } = described;
  return {
    ...{ document: { ...document }, technology, resources, labels },
    constraints: constraints.map((constraint) => ({ ...constraint })),
    policy: spokenPolicy(policy),
  };
}

/** Whether an instance of one runs as an instance of the other does. */
export function runsAlike(
  one: Pick<JobRecord, 'document'>,
  other: Pick<JobRecord, 'document'>,
): boolean {
  return canonicalJson(runPartOf(one.document)) === canonicalJson(runPartOf(other.document));
}

interface Revising {
  readonly reason: string;
  /** The revision that is given back; absent: none. */
  readonly rollbackTo?: number;
  /** One that runs alike; absent: none does. */
  readonly sameAs?: number;
  /** The one whose document was ordered again; absent: none was. */
  readonly restores?: number | undefined;
}

/** From now on the job is what is described. */
export function revise(
  deciding: Deciding,
  { id, revision }: JobRecord,
  described: Described & Pick<JobRecord, 'bodyHash'>,
  { reason, rollbackTo = 0, sameAs = 0, restores }: Revising,
): void {
  const { bodyHash } = described;
  deciding.emit({
    stream: jobStream(id),
    type: 'JobUpdated',
    data: {
      ...spokenJob(described),
      ...{ bodyHash, revision: revision + 1, rollbackTo, sameAs, reason },
      ...(restores === undefined ? {} : { restores }),
    },
  });
  callSurgesOff(deciding, id, 'another revision came');
}
