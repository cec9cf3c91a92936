import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import type { RecordedReading, TelemetryLogWriter } from '@oakring/telemetry';
import type { Ports } from '@oakring/ports';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { PORTS, TELEMETRY_LOG } from '../../injection/tokens.js';
import { Projection } from '../../views/projection.js';
import { Wires } from '../../wires/wires.js';
import { EarlyReadings } from './early-readings.js';
import { SignsOfLife } from './signs-of-life.js';
import { speakerRefusal } from './speaker.js';
import type { ReceivedReading } from './worker-message.js';

/** Readings into the table and the telemetry log; what cannot be believed becomes a dead letter. */
@Injectable()
export class ReadingIntake {
  /** Readings that the telemetry log had no room for, since the start. */
  unlogged = 0;
  private readonly logger = new Logger(ReadingIntake.name);
  private saidUnlogged = false;
  private readonly early: EarlyReadings;

  constructor(
    private readonly wires: Wires,
    private readonly projection: Projection,
    private readonly table: TelemetryTable,
    private readonly deadLetters: DeadLetters,
    private readonly life: SignsOfLife,
    @Inject(TELEMETRY_LOG) private readonly log: TelemetryLogWriter,
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
      const { nodeId } = received.address;
      const parsed = this.wires.decode(received.address, received.payload);
      if (!parsed.ok || parsed.value.what !== 'reading') {
        if (!parsed.ok) this.refuse(received, parsed.refusal);
        this.life.heard(nodeId, null);
        continue;
      }
      const reading = parsed.value.said;
      const node = this.projection.state.nodes.get(nodeId);
      if (node === undefined && !isLate && this.early.keep(received)) continue;
      const refusal = speakerRefusal(nodeId, node, reading.incarnation);
      if (refusal !== null || node === undefined) {
        if (refusal !== null) this.refuse(received, refusal);
        this.life.heard(nodeId, reading.incarnation);
        continue;
      }
      for (const part of parsed.leftOut ?? []) this.refuse(received, part);
      this.table.record(node, reading, atMonotonicMs, at);
      this.life.read(node, reading);
      const { cpu, memory } = reading;
      if (cpu !== null && memory !== null) recorded.push({ nodeId: node.id, at, cpu, memory });
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

  private refuse({ address, payload }: ReceivedReading, refusal: Refusal): void {
    const { nodeId, topic } = address;
    const { code, detail: reason } = refusal;
    this.deadLetters.record({ topic, code, reason, payload, nodeId });
  }
}
