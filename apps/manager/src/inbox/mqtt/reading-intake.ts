import { Inject, Injectable, Logger } from '@nestjs/common';
import { parseReading, refused, topicOf, type Reading, type Refusal } from '@oakring/contracts';
import type { RecordedReading, TelemetryLog } from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { CommandQueue } from '../../commands/command.js';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { CORRESPONDENCE, PORTS, TELEMETRY_LOG, WORKER_COMMANDS } from '../../tokens.js';
import { Projection } from '../../views/projection.js';
import type { NodeRecord } from '../../views/records.js';
import { decodeReading } from './decode-payload.js';
import { EarlyReadings } from './early-readings.js';
import type { Correspondence, ReceivedReading } from './worker-message.js';

/** Readings into the table and the telemetry log; what cannot be believed becomes a dead letter. */
@Injectable()
export class ReadingIntake {
  /** Readings that the telemetry log had no room for, since the start. */
  unlogged = 0;
  private readonly logger = new Logger(ReadingIntake.name);
  private saidUnlogged = false;
  /**
   * Position of the node's record when its return was submitted: once is enough until the record
   * moves. Only nodes that were silent are in here.
   */
  private readonly returning = new Map<string, number>();
  private readonly early: EarlyReadings;

  constructor(
    private readonly projection: Projection,
    private readonly table: TelemetryTable,
    private readonly deadLetters: DeadLetters,
    @Inject(TELEMETRY_LOG) private readonly log: TelemetryLog,
    @Inject(WORKER_COMMANDS) private readonly queue: CommandQueue,
    @Inject(CORRESPONDENCE) private readonly correspondence: Correspondence,
    @Inject(PORTS) private readonly ports: Ports,
  ) {
    this.early = new EarlyReadings(ports, (late) => this.takeReadings(late, true));
  }

  /** Readings count as seen now, at most the time they waited later than they came: late is safe. */
  take(batch: readonly ReceivedReading[]): void {
    this.takeReadings(batch, false);
  }

  private takeReadings(batch: readonly ReceivedReading[], isLate: boolean): void {
    const recorded: RecordedReading[] = [];
    const atMonotonicMs = this.ports.clock.monotonicMs();
    const at = this.ports.clock.wallMs();
    for (const received of batch) {
      const parsed = decodeReading(received.payload, parseReading);
      if (!parsed.ok) {
        this.refuse(received, parsed.refusal);
        continue;
      }
      const reading = parsed.value;
      const node = this.projection.state.nodes.get(received.nodeId);
      if (node === undefined && !isLate && this.early.keep(received)) continue;
      const refusal = refusalOf(received.nodeId, node, reading);
      if (refusal !== null || node === undefined) {
        if (refusal !== null) this.refuse(received, refusal);
        continue;
      }
      this.table.record(node, reading, atMonotonicMs, at);
      if (node.status !== 'ready' && node.status !== 'registered') {
        this.bringBack(node);
        this.correspondence.heardAgain(node.id);
      }
      this.correspondence.readingTaken(node.id, reading.incarnation, reading.sequence);
      const { cpu, memory } = reading;
      recorded.push({ nodeId: received.nodeId, at, cpu, memory });
    }
    if (recorded.length > 0) this.append(recorded);
  }

  private append(readings: readonly RecordedReading[]): void {
    const shed = this.log.append(readings);
    this.unlogged += shed;
    if (shed > 0 && !this.saidUnlogged) {
      this.logger.warn(`overloaded: the telemetry log had no room for ${shed} readings`);
    }
    this.saidUnlogged = shed > 0;
  }

  /** A silent node speaks: the sign of life goes through the ledger. */
  private bringBack(node: NodeRecord): void {
    if (this.returning.get(node.id) === node.position) return;
    this.returning.set(node.id, node.position);
    this.queue
      .submit({
        type: 'ObserveNode',
        nodeId: node.id,
        incarnation: node.incarnation,
        seen: 'alive',
        reason: 'sent a reading',
      })
      // Nothing was decided: the next reading tries again.
      .catch(() => this.returning.delete(node.id));
  }

  private refuse({ nodeId, payload }: ReceivedReading, refusal: Refusal): void {
    this.deadLetters.record({
      topic: topicOf(nodeId, 'information'),
      code: refusal.code,
      reason: refusal.detail,
      payload,
      nodeId,
    });
  }
}

function refusalOf(
  nodeId: string,
  node: NodeRecord | undefined,
  { incarnation }: Reading,
): Refusal | null {
  if (node === undefined) {
    return refused('node-unknown', `Node ${nodeId} is not registered.`).refusal;
  }
  if (incarnation === null || incarnation === node.incarnation) return null;
  const relation =
    incarnation < node.incarnation ? 'is older' : 'is not registered yet: register first';
  return refused(
    'incarnation-stale',
    `Node ${nodeId} is at incarnation ${node.incarnation}; ${incarnation} ${relation}.`,
    'incarnation',
    incarnation,
  ).refusal;
}
