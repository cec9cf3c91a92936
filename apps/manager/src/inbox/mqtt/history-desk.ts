import { Injectable } from '@nestjs/common';
import type { HistoryAccepted } from '@oakring/contracts';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { CommandIntake } from './command-intake.js';
import { WorkerLine } from '../../wires/worker-line.js';
import type { HeardMessage } from './worker-message.js';

/** Takes what workers recorded while they were offline, and answers once it is in the ledger. */
@Injectable()
export class HistoryDesk {
  constructor(
    private readonly intake: CommandIntake,
    private readonly line: WorkerLine,
    private readonly table: TelemetryTable,
  ) {}

  take({ message, said }: HeardMessage<'history'>): Promise<void> {
    const { nodeId } = message;
    const command = { type: 'RecordHistory', nodeId, history: said } as const;
    return this.intake.submit<'RecordHistory'>(message, command, (outcome) => {
      if (outcome.status === 'refused') return;
      this.table.touch(nodeId);
      this.answer(nodeId, outcome.answer);
    });
  }

  private answer(nodeId: string, accepted: HistoryAccepted): void {
    this.line.send(nodeId, { what: 'history-accepted', said: accepted }).catch(() => {
      // The link broke: workers repeat their history until it is accepted.
    });
  }
}
