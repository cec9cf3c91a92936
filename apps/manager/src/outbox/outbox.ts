import {
  isStart,
  leadershipOf,
  orderedDocument,
  placementKey,
  toldIdOf,
  type Changes,
  type ClusterState,
  type CommandRecord,
} from '@oakring/model';
import type { Refusal } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { CommandQueue } from '../commands/command.js';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Seen,
  type Wake,
} from '../supervision/process.js';
import type { RestoredHold } from '../supervision/restored-hold.js';
import type { CommandToSend } from '../wires/dialect.port.js';
import type { DeliveryRecord } from './delivery-record.js';
import type { DownLink } from './down-link.port.js';
import type { OrderGate } from './order-gate.port.js';
import { orderValidMs } from './order-validity.js';
import { byItself } from '../commands/origin.js';
import { OrderSpans } from './order-spans.js';

/** Hears of an order before it is sent for the first time. It never throws, and takes its time of that order only. */
export type BeforeFirst = (command: CommandRecord, ending: AbortSignal) => Promise<void>;

type Secrets = Readonly<Record<string, string>>;

/** The values that an order brings, by the names of their secrets; null: none. Rejects while they cannot be had. */
export type SecretsOfOrders = (command: CommandRecord) => Promise<Secrets> | null;

/** One attempt of an order. */
interface Sending {
  readonly command: CommandRecord;
  readonly attempt: number;
}

/**
 * Sends what is ordered. What is to be sent is a fold of the ledger ("issued, and neither received
 * nor ended"), so there is nothing here to lose: only how often it was tried.
 *
 * issued → sent (to a ready node, while the link is up and the gate lets it pass) → received or ended: nothing to look at.
 * Not received in time: sent again with the same commandId, the next attempt, later each time. Ordered
 * again, over a link that came up anew, or to another start of its worker: from the first attempt on. Without acknowledgements the
 * broker's PUBACK is recorded as delivery, unless it says that nobody listens.
 */
export class Outbox implements Process<Sending> {
  readonly name = 'outbox';
  readonly most = 1;
  readonly mostAtOnce = Number.POSITIVE_INFINITY;
  readonly restMs = 0;
  /** Received within 2 to 4 s, or sent again. */
  readonly backoff = { firstMs: 4_000, mostMs: 60_000 };

  /** From when an order was sent until its worker has it, or it has ended. */
  private readonly spans = new OrderSpans();

  constructor(
    private readonly link: DownLink,
    private readonly queue: CommandQueue,
    private readonly state: () => ClusterState,
    private readonly deliveries: DeliveryRecord,
    private readonly asked: {
      readonly gate: OrderGate;
      readonly beforeFirst?: BeforeFirst | null;
      /** The `traceparent` that an order of a job is handed. */
      readonly traceOf?: (job: string) => string | undefined;
      /** Null: nothing that was restored has to wait. */
      readonly hold?: Pick<RestoredHold, 'startsFromMs'> | null;
      /** Null: no order brings any. */
      readonly secretsOf?: SecretsOfOrders | null;
    },
    private readonly ports: Pick<Ports, 'clock' | 'tracer'>,
  ) {}

  listen(wake: Wake): void {
    this.link.onUp(() => wake());
    this.link.onDown(() => {
      this.deliveries.linkLost();
      wake();
    });
    this.asked.gate.onOpening((nodeId) => {
      const { unsentOfNode } = this.state();
      // Told with each list of each worker: there is next to never anything to send.
      if (unsentOfNode.sizeOf(nodeId) > 0) wake(unsentOfNode.of(nodeId));
    });
  }

  *all({ unsentOfNode }: ClusterState): Generator<string> {
    for (const nodeId of unsentOfNode.names()) yield* unsentOfNode.of(nodeId);
  }

  note({ presences, commands: changed }: Changes, { nodes, commands }: ClusterState): void {
    this.spans.note(changed, commands);
    for (const nodeId of presences)
      if (nodes.get(nodeId) === undefined) this.asked.gate.forget(nodeId);
  }

  *concerned(changes: Changes, { unsentOfNode }: ClusterState): Generator<string> {
    const { commands, presences, nodes } = changes;
    yield* commands;
    for (const nodeId of presences) yield* unsentOfNode.of(nodeId);
    // What an order waits for there may have ended.
    const { gate } = this.asked;
    for (const nodeId of nodes) if (gate.guards(nodeId)) yield* unsentOfNode.of(nodeId);
  }

  fact(id: string, { commands, nodes }: ClusterState): string | null {
    const command = commands.get(id);
    if (command?.status !== 'issued') return null;
    const start = nodes.get(command.nodeId)?.incarnation;
    const { upSinceMs } = this.link;
    return `ordered at ${command.issuedAt}, over the link of ${upSinceMs}, to start ${start}`;
  }

  look(id: string, state: ClusterState, { attempts, nowMs }: Seen): Look<Sending> {
    const command = state.commands.get(id);
    if (command === undefined || this.link.upSinceMs === null) return nothing;
    if (state.nodes.get(command.nodeId)?.status !== 'ready') return nothing;
    if (!this.asked.gate.maySend(command)) return nothing;
    const atMs = this.asked.hold?.startsFromMs(leaseOf(state, command)) ?? 0;
    if (nowMs < atMs) return { step: null, againMs: atMs };
    return { step: { command, attempt: attempts + 1 }, againMs: null };
  }

  async act([doing]: readonly Doing<Sending>[], ending: AbortSignal): Promise<Outcome> {
    if (doing === undefined) return 'done';
    const { command, attempt } = doing.step;
    const { id: commandId, nodeId } = command;
    const { beforeFirst = null } = this.asked;
    if (beforeFirst !== null && attempt === 1) {
      await beforeFirst(command, ending);
      if (!this.isDue(command)) return 'again';
    }
    const opening = this.asked.secretsOf?.(command) ?? null;
    const secrets = opening === null ? null : await opening;
    if (secrets !== null && !this.isDue(command)) return 'again';
    // Sending goes on while the log stalls: how often it was tried is then missing on record for a while.
    if (attempt > 1) void this.recordDispatch(command, attempt).catch(() => {});
    const refusal = await this.send(command, attempt, secrets);
    if (refusal === 'unheard') return 'again';
    if (refusal !== null) await this.fail(command, refusal.detail);
    else if (this.state().nodes.get(nodeId)?.acknowledges === false) {
      await this.queue.submit<'RecordDelivery'>(
        { type: 'RecordDelivery', commandId },
        byItself(this.name, commandId),
      );
    }
    return 'again';
  }

  /** Meanwhile it may have been taken back, or its worker gone. */
  private isDue({ id, nodeId }: CommandRecord): boolean {
    const { commands, nodes } = this.state();
    const command = commands.get(id);
    if (command?.status !== 'issued' || this.link.upSinceMs === null) return false;
    return nodes.get(nodeId)?.status === 'ready' && this.asked.gate.maySend(command);
  }

  private async send(
    command: CommandRecord,
    attempt: number,
    secrets: Secrets | null,
  ): Promise<Refusal | 'unheard' | null> {
    const { nodeId } = command;
    this.deliveries.sending(nodeId);
    this.asked.gate.sending(command);
    try {
      const said = { ...this.orderOf(command, attempt), ...(secrets && { secrets }) };
      const order = { what: 'command', said } as const;
      const refusal = await this.link.send(nodeId, order);
      this.deliveries.confirmed(nodeId);
      if (refusal === 'unheard') this.asked.gate.unheard(command);
      return refusal;
    } catch (error) {
      this.asked.gate.unsent(command);
      throw error;
    }
  }

  private orderOf(command: CommandRecord, attempt: number): CommandToSend {
    const state = this.state();
    const { epoch, ledger } = leadershipOf(state);
    return {
      command,
      toldId: toldIdOf(state, command.id),
      document: orderedDocument(state, command),
      runtimes: state.nodes.get(command.nodeId)?.technologies ?? [],
      attempt,
      nowMs: this.ports.clock.wallMs(),
      validMs: orderValidMs,
      epoch,
      ledger,
      digest: digestOf(state, command),
      trace: this.spans.traceOf(command, this.asked.traceOf?.(command.job), this.ports.tracer),
    };
  }

  /** It can never be sent as it is: it fails alone, and says why. */
  private async fail({ id: commandId }: CommandRecord, reason: string): Promise<void> {
    await this.queue.submit<'FailCommand'>(
      { type: 'FailCommand', commandId, reason },
      byItself(this.name, commandId),
    );
  }

  private async recordDispatch(command: CommandRecord, attempt: number): Promise<void> {
    const { id: commandId } = command;
    const newest = Math.max(attempt, command.attempt + 1);
    await this.queue.submit<'RecordDispatch'>(
      { type: 'RecordDispatch', commandId, attempt: newest },
      byItself(this.name, commandId),
    );
  }
}

/** How long it may live on without a grant; null: it needs none, or nothing is to be started. */
function leaseOf({ placements }: ClusterState, command: CommandRecord): number | null {
  if (!isStart(command)) return null;
  const { job, instance, generation } = command;
  return placements.get(placementKey(job, instance, generation))?.leaseMs ?? null;
}

function digestOf({ placements }: ClusterState, command: CommandRecord): string | undefined {
  if (!isStart(command)) return undefined;
  const { job, instance, generation } = command;
  return placements.get(placementKey(job, instance, generation))?.digest;
}
