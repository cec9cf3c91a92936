import type { ScheduleAnswer, ScheduleJob } from '@oakring/contracts';
import type { Command } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { heldOn } from '../commands/decide/replacements.js';
import { nodesOfOneEach } from '../commands/decide/surges.js';
import type { ClusterState, InstanceRecord, JobRecord } from '@oakring/model';
import { questionAbout } from './next-group.js';
import { presentNodes } from './present-nodes.js';

/** Asks for a place beside an instance, on none of the nodes that are at fault: all that it holds is its own. */
export function askBeside(
  state: ClusterState,
  job: JobRecord,
  instance: InstanceRecord,
  atFault: readonly string[],
): ScheduleJob {
  const present = presentNodes(state, job.id, instance.number);
  const exclude = [...new Set([...nodesOfOneEach(state, instance), ...atFault])];
  return { ...questionAbout(state, job, 1), exclude, present };
}

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
  job: JobRecord,
  instance: InstanceRecord,
  answer: ScheduleAnswer | undefined,
  reason: string,
): Extract<Command, { type: 'ReplaceInstance' }> | null {
  const found = successorOf(job, instance, answer);
  return found && { type: 'ReplaceInstance', ...found, reason };
}

/** The same, to start one beside it. */
export function surgeOf(
  job: JobRecord,
  instance: InstanceRecord,
  answer: ScheduleAnswer | undefined,
): Extract<Command, { type: 'SurgeInstance' }> | null {
  const found = successorOf(job, instance, answer);
  return found && { type: 'SurgeInstance', ...found };
}

function successorOf(
  { id, revision }: JobRecord,
  { number: instance, generation }: InstanceRecord,
  answer: ScheduleAnswer | undefined,
) {
  const [place] = answer?.placements ?? [];
  if (answer === undefined || place === undefined) return null;
  const { nodeId, reason, total, scores } = place;
  const target = { nodeId, reason, total, scores: { ...scores } };
  return { id, instance, generation, revision, target, basis: basisOf(answer) };
}
