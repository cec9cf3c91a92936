import { Injectable } from '@nestjs/common';
import {
  documentChanges,
  OakringError,
  type OutlookAnswer,
  type OutlookStep,
  type ScheduleAnswer,
  type ScheduleJob,
} from '@oakring/contracts';
import {
  instanceKey,
  isRolledOut,
  isUpdated,
  jobAlone,
  placementKey,
  type ClusterState,
  type InstanceRecord,
  type JobRecord,
} from '@oakring/model';
import type { Command } from '../../commands/command.js';
import { decide } from '../../commands/decide/decide.js';
import { Deciding } from '../../commands/decide/deciding.js';
import { isReplaceable } from '../../commands/decide/replacements.js';
import { maySurge } from '../../commands/decide/surges.js';
import { askBeside, askSuccessor } from '../../scheduling/ask-successor.js';
import { isDue, whatIsOn } from '../../scheduling/drains.js';
import { questionAbout } from '../../scheduling/next-group.js';
import { Scheduler } from '../../scheduling/scheduler.port.js';
import { Projection } from '../../views/projection.js';

/** Instances whose successors the scheduler is asked for a place of. */
const maxAsked = 100;
/** That a decider may take at once, of a job that is scaled. */
const maxPlaced = 500;

type Foreseen = Extract<Command, { type: 'UpdateJob' | 'ScaleJob' | 'DeleteJob' }>;

/** An instance that is to have a place, and what is asked about it. */
interface Wanted {
  readonly instances: readonly InstanceRecord[];
  readonly question: ScheduleJob;
}

/**
 * What an order would do: it is decided as it would be, on a copy that nobody keeps, and the scheduler is asked as it
 * would be. Nothing is written. What would be refused is refused.
 */
@Injectable()
export class Outlooks {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly projection: Projection,
  ) {}

  async ofJob(command: Foreseen): Promise<OutlookAnswer> {
    const { state } = this.projection;
    const { head } = state;
    const after = jobAlone(state, command.id);
    const deciding = new Deciding(after, head.position + 1, head.at);
    const decided = decide(deciding, command);
    if ('refusal' in decided) throw new OakringError(decided.refusal);
    const before = state.jobs.get(command.id);
    const isNothing = deciding.events.length === 0 || before === undefined;
    const seen = { dryRun: true, position: head.position } as const;
    const about = {
      ...(before === undefined ? {} : { revision: before.revision }),
      ...(command.type === 'UpdateJob' && before !== undefined
        ? updateOf(before, after, command)
        : {}),
    };
    if (isNothing) return { ...seen, ...about, stops: [], starts: [], more: 0 };
    const job = after.jobs.get(command.id);
    const replaced = job === undefined ? [] : replacedIn(after, job);
    const asked = replaced.slice(0, maxAsked);
    const starts = job === undefined ? [] : await this.startsOf(after, job, asked);
    // Where none may be missing, what has no place for its successor goes on.
    const isKept = (each: InstanceRecord): boolean =>
      job?.policy.update.maxUnavailable === 0 &&
      starts.some(({ instance, nodeId }) => instance === each.number && nodeId === null);
    const stopped = asked.filter((each) => !isKept(each));
    return {
      ...{ ...seen, ...about },
      stops: [
        ...removedBy(state, after, command.id),
        ...stopped.flatMap((each) => stopOf(job, each)),
      ],
      starts,
      more: replaced.length - asked.length,
    };
  }

  /** Those that run there would run elsewhere before they stop; what runs to its end is left to do so. */
  async ofDrain(nodeId: string): Promise<OutlookAnswer> {
    const { state } = this.projection;
    if (state.nodes.get(nodeId) === undefined) {
      const detail = `There is no node ${nodeId}.`;
      throw new OakringError({ code: 'node-unknown', detail, field: 'id', value: nodeId });
    }
    const due = whatIsOn(state, nodeId).left.filter((instance) => isDue(state, instance));
    const asked = due.slice(0, maxAsked);
    const wanted = asked.flatMap((instance) => {
      const job = state.jobs.get(instance.job);
      if (job === undefined) return [];
      return [{ instances: [instance], question: askSuccessor(state, job, instance, [nodeId]) }];
    });
    const reason = `node ${nodeId} is being drained`;
    const starts = await this.placesFor(wanted);
    // What has no place elsewhere goes on where it is.
    const moved = new Set(
      starts.filter((start) => start.nodeId !== null).map((start) => keyOf(start)),
    );
    const stops = asked
      .map(({ job, number }) => ({ job, instance: number, nodeId, reason }))
      .filter((stop) => moved.has(keyOf(stop)));
    const { position } = state.head;
    return { dryRun: true, position, stops, starts, more: due.length - asked.length };
  }

  private startsOf(
    after: ClusterState,
    job: JobRecord,
    replaced: readonly InstanceRecord[],
  ): Promise<OutlookStep[]> {
    const pending = [...after.pendingOfJob.of(job.id)]
      .flatMap((key) => after.instances.get(key) ?? [])
      .sort((a, b) => a.number - b.number)
      .slice(0, maxPlaced);
    const waiting =
      pending.length === 0
        ? []
        : [
            {
              instances: pending,
              question: { ...questionAbout(after, job, pending.length), exclude: [] },
            },
          ];
    return this.successorsOf(after, job, replaced, waiting);
  }

  /** Those that begin are asked for beside what is there, as many as there may be; the next take what these leave. */
  private async successorsOf(
    after: ClusterState,
    job: JobRecord,
    replaced: readonly InstanceRecord[],
    waiting: readonly Wanted[],
  ): Promise<OutlookStep[]> {
    const { surge, maxUnavailable } = job.policy.update;
    const first = replaced.filter((each) => maySurge(after, job, each)).slice(0, surge);
    const inTurn = (instance: InstanceRecord): Wanted => {
      return { instances: [instance], question: askSuccessor(after, job, instance, []) };
    };
    if (first.length === 0) return this.placesFor([...waiting, ...replaced.map(inTurn)]);
    const asked = first.map((each) => {
      return { instances: [each], question: askBeside(after, job, each, []) };
    });
    const found = await this.placesFor([...waiting, ...asked]);
    const beside = found.splice(found.length - first.length);
    const placed = new Map(
      beside.filter(({ nodeId }) => nodeId !== null).map((step) => [keyOf(step), step] as const),
    );
    const [refused] = beside;
    if (placed.size === 0 && maxUnavailable === 0 && refused !== undefined) {
      return [...found, ...replaced.map(({ number }) => ({ ...refused, instance: number }))];
    }
    const isPlaced = ({ job: id, number }: InstanceRecord): boolean =>
      placed.has(instanceKey(id, number));
    const others = await this.placesFor(replaced.filter((each) => !isPlaced(each)).map(inTurn));
    const successors = [...placed.values(), ...others].sort((a, b) => a.instance - b.instance);
    return [...found, ...successors];
  }

  private async placesFor(wanted: readonly Wanted[]): Promise<OutlookStep[]> {
    if (wanted.length === 0) return [];
    const jobs = wanted.map(({ question }) => question);
    const { position } = this.projection;
    const { answers } = await this.scheduler.schedule({ jobs, position });
    return wanted.flatMap(({ instances }, at) => startsBy(instances, answers[at]));
  }
}

function startsBy(
  instances: readonly InstanceRecord[],
  answer: ScheduleAnswer | undefined,
): OutlookStep[] {
  const refusal = answer?.refusal?.detail ?? 'the scheduler proposed no node';
  return instances.map(({ job, number: instance }, at) => {
    const place = answer?.placements[at];
    return place === undefined
      ? { job, instance, nodeId: null, reason: refusal }
      : { job, instance, nodeId: place.nodeId, reason: place.reason };
  });
}

function updateOf(
  before: JobRecord,
  after: ClusterState,
  { job: { document, count } }: Extract<Foreseen, { type: 'UpdateJob' }>,
): Pick<OutlookAnswer, 'changes' | 'restarts'> {
  const { id, desired } = before;
  const now = after.jobs.get(id);
  return {
    changes: documentChanges(
      { ...before.document, id, count: desired },
      { ...document, id, count },
    ),
    restarts: now !== undefined && now.revision > before.revision && isRolledOut(now),
  };
}

/** Those that a rollout would replace. */
function replacedIn(after: ClusterState, job: JobRecord): InstanceRecord[] {
  if (!isRolledOut(job)) return [];
  return instancesIn(after, job.id).filter(
    (instance) => isReplaceable(instance) && !isUpdated(job, instance),
  );
}

function stopOf(
  job: JobRecord | undefined,
  { job: id, number: instance, nodeId }: InstanceRecord,
): OutlookStep[] {
  return [{ job: id, instance, nodeId, reason: `updated to revision ${job?.revision ?? '?'}` }];
}

/** Those that hold a node and are not wanted any more. */
function removedBy(before: ClusterState, after: ClusterState, job: string): OutlookStep[] {
  return instancesIn(before, job).flatMap(({ number, generation, nodeId, removing }) => {
    const isKept = after.instances.get(instanceKey(job, number))?.removing === false;
    if (nodeId === null || removing || isKept) return [];
    const placement = after.placements.get(placementKey(job, number, generation));
    const reason = placement?.stopReason ?? 'it is not wanted any more';
    return [{ job, instance: number, nodeId, reason }];
  });
}

function instancesIn(state: ClusterState, job: string): InstanceRecord[] {
  return [...state.instancesOfJob.of(job)]
    .flatMap((key) => state.instances.get(key) ?? [])
    .sort((a, b) => a.number - b.number);
}

function keyOf({ job, instance }: OutlookStep): string {
  return instanceKey(job, instance);
}
