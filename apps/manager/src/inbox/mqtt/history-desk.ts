import { Injectable } from '@nestjs/common';
import type { HistoryAccepted } from '@oakring/contracts';
import { incarnationIn, nativeDown, nativeUp, topicOf } from '@oakring/contracts/native';
import { BrokerConnection } from '../../connection/broker-connection.js';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { CommandIntake } from './command-intake.js';
import { SignsOfLife } from './signs-of-life.js';
import type { WorkerMessage } from './worker-message.js';

/** Takes what workers recorded while they were offline, and answers once it is in the ledger. */
@Injectable()
export class HistoryDesk {
  constructor(
    private readonly intake: CommandIntake,
    private readonly connection: BrokerConnection,
    private readonly table: TelemetryTable,
    private readonly life: SignsOfLife,
  ) {}

  take(message: WorkerMessage): Promise<void> {
    const { nodeId } = message;
    const parsed = nativeUp.history.decode(message.payload);
    if (!parsed.ok) {
      this.intake.refuse(message, parsed.refusal);
      this.life.heard(nodeId, incarnationIn(message.payload));
      return Promise.resolve();
    }
    for (const part of parsed.leftOut ?? []) this.intake.refuse(message, part);
    const command = { type: 'RecordHistory', nodeId, history: parsed.value } as const;
    return this.intake.submit<'RecordHistory'>(message, command, (outcome) => {
      if (outcome.status === 'refused') return;
      this.table.touch(nodeId);
      this.answer(nodeId, outcome.answer);
    });
  }

  private answer(nodeId: string, accepted: HistoryAccepted): void {
    this.connection
      .publish(topicOf(nodeId, 'accepted'), nativeDown.accepted.encode(accepted), { qos: 1 })
      .catch(() => {
        // The link broke: workers repeat their history until it is accepted.
      });
  }
}
