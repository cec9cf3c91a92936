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

type Address = Pick<ReportedInstance, 'job' | 'instance' | 'generation'>;

/** Most of what is seen: there as it should be. */
const asItShould = {
  running: { status: 'running', reason: null },
  starting: { status: 'starting', reason: null },
} as const;

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
  /** Most lists bring nothing new: a state is made of it where there is something due. */
  private readonly reports: { readonly of: PlacementRecord | Address; readonly what: Reported }[] =
    [];
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

  report(of: PlacementRecord | Address, what: Reported): void {
    this.reports.push({ of, what });
  }

  show(placement: PlacementRecord, status: keyof typeof asItShould): void {
    this.report(placement, asItShould[status]);
  }

  /** It is there although it was told to end: it is told again. */
  repeat(placement: PlacementRecord): void {
    this.show(placement, 'running');
    this.repeats = true;
    this.isDue = true;
  }

  get commands(): readonly Inferred[] {
    if (!this.isDue) return this.acks;
    const { id: nodeId, incarnation } = this.node;
    const { unreadable, repeats: provesAbsence } = this;
    const instances = this.reports.map(({ of, what }) => reportOf(of, what));
    const state = { incarnation, requestId: null, instances, unreadable: 1 };
    return [...this.acks, { type: 'ReconcileNode', nodeId, state, provesAbsence, unreadable }];
  }
}

function reportOf(
  of: PlacementRecord | Address,
  { status, reason, digest }: Reported,
): ReportedInstance {
  const { job, generation } = of;
  const instance = 'instance' in of ? of.instance : of.number;
  return { job, instance, generation, status, reason, ...(digest !== undefined && { digest }) };
}
