import type { ScheduleAnswer, ScheduleJob } from '@oakring/contracts';
import type { Command } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { heldOn } from '../commands/decide/replacements.js';
import type { ClusterState, InstanceRecord, JobRecord } from '@oakring/model';
import { questionAbout } from './next-group.js';
import { presentNodes } from './present-nodes.js';

/** Asks for the place of an instance's successor: what the instance holds is its to take. */
export function askSuccessor(
  state: ClusterState,
  job: JobRecord,
  instance: InstanceRecord,
  exclude: readonly string[],
): ScheduleJob {
  const { nodeId, number } = instance;
  return {
    ...questionAbout(state, job, 1),
    exclude,
    present: presentNodes(state, job.id, number),
    ...(nodeId !== null && {
      freed: { node: nodeId, ...heldOn(state, instance, nodeId) },
    }),
  };
}

/** The order to replace an instance by one at the place that was found; null: there is none. */
export function replacementOf(
  { id, revision }: JobRecord,
  { number: instance, generation }: InstanceRecord,
  answer: ScheduleAnswer | undefined,
  reason: string,
): Extract<Command, { type: 'ReplaceInstance' }> | null {
  const [place] = answer?.placements ?? [];
  if (answer === undefined || place === undefined) return null;
  const { nodeId, reason: why, total, scores } = place;
  const target = { nodeId, reason: why, total, scores: { ...scores } };
  return {
    ...({ type: 'ReplaceInstance', id, instance, generation, revision, reason } as const),
    ...{ target, basis: basisOf(answer) },
  };
}
