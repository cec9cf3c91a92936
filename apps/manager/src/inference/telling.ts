import type { AckPhase, ReportedInstance } from '@oakring/contracts';
import {
  toldIdOf,
  type ClusterState,
  type CommandRecord,
  type NodeRecord,
  type PlacementRecord,
} from '@oakring/model';
import type { Inferred } from '../commands/command.js';

type Reported = Pick<ReportedInstance, 'status' | 'reason'> & {
  readonly digest?: string | undefined;
};

/**
 * What follows from what was seen of a node, as its worker would say it: acknowledgements, and a state that
 * is never complete. What is gone is said of each one by name, so that nothing is gone for not being named.
 */
export class Telling {
  /** There is something in the state that is not known yet. */
  isDue = false;
  /** What is listed there and cannot be told. */
  unreadable: readonly string[] = [];
  private readonly acks: Inferred[] = [];
  private readonly instances: ReportedInstance[] = [];
  private repeats = false;

  constructor(
    private readonly node: NodeRecord,
    private readonly state: ClusterState,
  ) {}

  acknowledge({ id, generation }: CommandRecord, phase: AckPhase, reason: string | null): void {
    const { id: nodeId, incarnation } = this.node;
    const commandId = toldIdOf(this.state, id);
    const ack = { commandId, generation, phase, reason, incarnation };
    this.acks.push({ type: 'RecordAck', nodeId, ack });
  }

  report({ job, number, generation }: PlacementRecord, { status, reason }: Reported): void {
    this.reportAs({ job, instance: number, generation }, { status, reason });
  }

  reportAs(
    { job, instance, generation }: Pick<ReportedInstance, 'job' | 'instance' | 'generation'>,
    { status, reason, digest }: Reported,
  ): void {
    const address = { job, instance, generation };
    this.instances.push({ ...address, status, reason, ...(digest !== undefined && { digest }) });
  }

  /** It is there although it was told to end: it is told again. */
  repeat(placement: PlacementRecord): void {
    this.report(placement, { status: 'running', reason: null });
    this.repeats = true;
    this.isDue = true;
  }

  get commands(): readonly Inferred[] {
    if (!this.isDue) return this.acks;
    const { id: nodeId, incarnation } = this.node;
    const { instances, unreadable, repeats: provesAbsence } = this;
    const state = { incarnation, requestId: null, instances, unreadable: 1 };
    return [...this.acks, { type: 'ReconcileNode', nodeId, state, provesAbsence, unreadable }];
  }
}
