import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  parseAck,
  parseWorkerState,
  parseWorkerStatus,
  refused,
  type JsonObject,
  type Parsed,
} from '@oakring/contracts';
import type { Answers, Command, Outcome } from '../../commands/command.js';
import { TelemetryTable } from '../../telemetry/telemetry-table.js';
import { STATE_PROOF } from '../../tokens.js';
import { CommandIntake } from './command-intake.js';
import { decodeControl } from './decode-payload.js';
import { ReadingIntake } from './reading-intake.js';
import { RegistrationDesk } from './registration-desk.js';
import type { ReceivedReading, StateProof, WorkerMessage } from './worker-message.js';

type Report = 'RecordWorkerStatus' | 'RecordAck' | 'ReconcileNode';

/** What workers say, one method for each topic of the native protocol (design §6). */
@Controller()
export class WorkerMessagesController {
  constructor(
    private readonly readings: ReadingIntake,
    private readonly registrations: RegistrationDesk,
    private readonly intake: CommandIntake,
    private readonly table: TelemetryTable,
    @Inject(STATE_PROOF) private readonly provesAbsence: StateProof,
  ) {}

  @EventPattern('nodes/+/information')
  information(@Payload() batch: readonly ReceivedReading[]): void {
    this.readings.take(batch);
  }

  @EventPattern('nodes/+/registration')
  registration(@Payload() message: WorkerMessage): Promise<void> {
    return this.registrations.take(message);
  }

  @EventPattern('nodes/+/status')
  status(@Payload() message: WorkerMessage): Promise<void> {
    const { nodeId, retained } = message;
    return this.report(message, parseWorkerStatus, (status) => ({
      command: { type: 'RecordWorkerStatus', nodeId, status, retained },
      isLife: status.status === 'online' && !retained,
    }));
  }

  @EventPattern('nodes/+/acks')
  acks(@Payload() message: WorkerMessage): Promise<void> {
    return this.report(message, parseAck, (ack) => ({
      command: { type: 'RecordAck', nodeId: message.nodeId, ack },
      isLife: true,
    }));
  }

  @EventPattern('nodes/+/state')
  state(@Payload() message: WorkerMessage): Promise<void> {
    const { nodeId } = message;
    return this.report(message, parseWorkerState, (state) => ({
      command: {
        type: 'ReconcileNode',
        nodeId,
        state,
        provesAbsence: this.provesAbsence(nodeId, state),
      },
      isLife: true,
    }));
  }

  @EventPattern('nodes/+/history')
  history(@Payload() message: WorkerMessage): void {
    const detail = 'What happened while a worker was offline is not taken in yet.';
    this.intake.refuse(message, refused('not-supported-yet', detail).refusal);
  }

  /** A report into its command; when it is accepted, it may also be a sign of life. */
  private report<T>(
    message: WorkerMessage,
    parse: (body: JsonObject) => Parsed<T>,
    commandOf: (value: T) => { command: Extract<Command, { type: Report }>; isLife: boolean },
  ): Promise<void> {
    const parsed = decodeControl(message.payload, parse);
    if (!parsed.ok) {
      this.intake.refuse(message, parsed.refusal);
      return Promise.resolve();
    }
    const { command, isLife } = commandOf(parsed.value);
    const settle = (outcome: Outcome<Answers[Report]>): void => {
      if (isLife && outcome.status === 'accepted') this.table.touch(message.nodeId);
    };
    return this.intake.submit<Report>(message, command, settle);
  }
}
