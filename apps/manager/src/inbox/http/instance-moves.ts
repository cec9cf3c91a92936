import { Inject, Injectable } from '@nestjs/common';
import {
  OakringError,
  type JobOrderAnswer,
  type Refusal,
  type ScheduleAnswer,
} from '@oakring/contracts';
import type { CommandQueue, IdempotencyKey } from '../../commands/command.js';
import type { CommandOrigin } from '../../commands/origin.js';
import { whereTo } from '../../commands/decide/moves.js';
import { basisOf } from '../../commands/decide/plans.js';
import { questionAbout } from '../../scheduling/next-group.js';
import { presentNodes } from '../../scheduling/present-nodes.js';
import { Scheduler } from '../../scheduling/scheduler.port.js';
import { COMMAND_QUEUE } from '../../injection/tokens.js';
import { instanceKey, type InstanceRecord, type JobRecord } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { askOne } from './dry-run.js';
import { settled } from './settled.js';

/** A target that no longer fits when it is applied is excluded, and asked again this often. */
const maxAttempts = 3;

export interface MoveRequest {
  readonly id: string;
  readonly number: number;
  /** The node that the caller names; null lets the scheduler choose. */
  readonly worker: string | null;
  readonly origin: CommandOrigin;
  readonly key: IdempotencyKey | undefined;
}

interface Source {
  readonly job: JobRecord;
  readonly instance: InstanceRecord;
  readonly nodeId: string;
}

/** Finds a target for an instance and orders the move; every refusal is put on record. */
@Injectable()
export class InstanceMoves {
  constructor(
    @Inject(COMMAND_QUEUE) private readonly queue: CommandQueue,
    private readonly scheduler: Scheduler,
    private readonly projection: Projection,
  ) {}

  async move(request: MoveRequest): Promise<JobOrderAnswer> {
    if (this.answeredBefore(request.key)) return this.repeat(request);
    const source = this.sourceOf(request);
    if ('code' in source) return this.refuse(request, source);
    const unusable = this.refusalOfWorker(request, source);
    if (unusable !== null) return this.refuse(request, unusable);
    return this.choose(request, source);
  }

  private async choose(request: MoveRequest, source: Source): Promise<JobOrderAnswer> {
    const exclude = [source.nodeId];
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.ask(request, source, exclude);
      const [placement] = answer.placements;
      if (placement === undefined) return this.refuse(request, refusalOfPlan(request, answer));
      const { nodeId, reason, total, scores } = placement;
      const outcome = await this.queue.submit<'MoveInstance'>(
        {
          type: 'MoveInstance',
          id: request.id,
          instance: request.number,
          generation: source.instance.generation,
          target: { nodeId, reason, total, scores: { ...scores } },
          isTargetNamed: request.worker !== null,
          basis: basisOf(answer),
        },
        request.origin,
        request.key,
      );
      // A refusal under a key is on record as its answer: asking again would contradict it.
      const final = attempt === maxAttempts || request.key !== undefined;
      const outrun = outcome.status === 'refused' && outcome.refusal.code === 'worker-does-not-fit';
      if (final || !outrun) return settled(outcome);
      exclude.push(nodeId);
    }
  }

  private ask(
    { worker }: MoveRequest,
    { job, instance }: Source,
    exclude: readonly string[],
  ): Promise<ScheduleAnswer> {
    const named = worker === null ? [] : [{ type: 'direct', node: worker }];
    // What its fields need follows from them.
    const stated = job.constraints.filter(({ type }) => type !== 'features' && type !== 'ports');
    const document = { ...job.document, id: job.id, constraints: [...stated, ...named] };
    const question = {
      ...questionAbout(this.projection.state, job, 1),
      job: document,
      exclude: [...exclude],
      present: presentNodes(this.projection.state, job.id, instance.number),
      ...(worker !== null && { worker }),
    };
    return askOne(this.scheduler, question, this.projection.position);
  }

  private sourceOf({ id, number }: MoveRequest): Source | Refusal {
    const { state } = this.projection;
    const job = state.jobs.get(id);
    if (job === undefined) {
      throw new OakringError({
        code: 'job-unknown',
        detail: `There is no job ${id}.`,
        field: 'id',
        value: id,
      });
    }
    const instance = state.instances.get(instanceKey(id, number));
    if (instance === undefined) {
      throw new OakringError({
        code: 'instance-unknown',
        detail: `Job ${id} has no instance ${number}.`,
        field: 'instance',
        value: number,
      });
    }
    const problem = problemOfMoving(instance);
    if (problem === null && instance.nodeId !== null) {
      return { job, instance, nodeId: instance.nodeId };
    }
    const detail = `Instance ${number} of job ${id} ${problem ?? 'is on no node'}.`;
    return { code: 'instance-not-movable', detail };
  }

  private refusalOfWorker({ id, number, worker }: MoveRequest, source: Source): Refusal | null {
    if (worker === null) return null;
    if (worker === source.nodeId) {
      return unfit(worker, `Instance ${number} of job ${id} runs on ${worker} already.`);
    }
    return this.projection.state.nodes.get(worker) === undefined
      ? unfit(worker, `There is no node ${worker}.`)
      : null;
  }

  private async refuse({ id, origin, key }: MoveRequest, refusal: Refusal): Promise<never> {
    settled(
      await this.queue.submit<'RefuseMove'>({ type: 'RefuseMove', id, refusal }, origin, key),
    );
    throw new OakringError(refusal);
  }

  private answeredBefore(key: IdempotencyKey | undefined): boolean {
    return key !== undefined && this.projection.state.answers.get(key.id) !== undefined;
  }

  /** The key is known: the queue gives its first answer and does not look at the order. */
  private async repeat({ id, number, origin, key }: MoveRequest): Promise<JobOrderAnswer> {
    const target = { nodeId: '', reason: '', total: 0, scores: {} };
    const order = { type: 'MoveInstance', id, instance: number, generation: 0 } as const;
    const outcome = this.queue.submit<'MoveInstance'>(
      { ...order, target, basis: null },
      origin,
      key,
    );
    // Null where the first answer was that to `RefuseMove`.
    const answer: JobOrderAnswer | null = settled(await outcome);
    if (answer !== null) return answer;
    const detail = `The move was refused before under this key; jobs/${id} has the reason.`;
    throw new OakringError({ code: 'no-target', detail });
  }
}

function problemOfMoving(instance: InstanceRecord): string | null {
  if (instance.removing || instance.status !== 'running') {
    return `is ${instance.status}; only a running instance is moved`;
  }
  return instance.moving === null ? null : whereTo(instance.moving);
}

function unfit(worker: string, detail: string): Refusal {
  return { code: 'worker-does-not-fit', detail, field: 'worker', value: worker };
}

function refusalOfPlan({ worker }: MoveRequest, { refusal }: ScheduleAnswer): Refusal {
  const detail = refusal?.detail ?? 'The scheduler proposed no node and gave no reason.';
  return worker === null ? { code: 'no-target', detail } : unfit(worker, detail);
}
