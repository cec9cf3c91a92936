import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { WorkerState } from '@oakring/contracts';
import { incarnationIn, nativeUp, topicOf, type Message } from '@oakring/contracts/native';
import type { Ports } from '@oakring/ports';
import type { Answers, Command, Outcome } from '../../commands/command.js';
import { CORRESPONDENCE, PORTS } from '../../injection/tokens.js';
import { CommandIntake } from './command-intake.js';
import { HistoryDesk } from './history-desk.js';
import { ReadingIntake } from './reading-intake.js';
import { RegistrationDesk } from './registration-desk.js';
import { SignsOfLife } from './signs-of-life.js';
import { StatePages } from './state-pages.js';
import type { Correspondence, ReceivedReading, WorkerMessage } from './worker-message.js';

type Report = 'RecordWorkerStatus' | 'RecordAck' | 'ReconcileNode' | 'ConfirmState';

/** What workers say, one method for each topic of the native protocol (docs/native-protocol.md). */
@Controller()
export class WorkerMessagesController {
  private readonly pages: StatePages;

  constructor(
    private readonly readings: ReadingIntake,
    private readonly registrations: RegistrationDesk,
    private readonly intake: CommandIntake,
    private readonly histories: HistoryDesk,
    private readonly life: SignsOfLife,
    @Inject(CORRESPONDENCE) private readonly correspondence: Correspondence,
    @Inject(PORTS) ports: Ports,
  ) {
    this.pages = new StatePages(ports, (nodeId, refusal) => {
      const payload = Buffer.alloc(0);
      const topic = topicOf(nodeId, 'state');
      intake.refuse({ nodeId, topic, payload, retained: false }, refusal);
    });
  }

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
    return this.report(message, nativeUp.status, (status) => ({
      command: { type: 'RecordWorkerStatus', nodeId, status, retained },
      isLife: status.status === 'online' && !retained,
    }));
  }

  @EventPattern('nodes/+/acks')
  acks(@Payload() message: WorkerMessage): Promise<void> {
    return this.report(message, nativeUp.acks, (ack) => {
      if (ack.phase === 'progress') this.correspondence.progressed(ack.commandId);
      return { command: { type: 'RecordAck', nodeId: message.nodeId, ack }, isLife: true };
    });
  }

  @EventPattern('nodes/+/state')
  state(@Payload() message: WorkerMessage): Promise<void> {
    return this.report(message, nativeUp.state, (part) => {
      const command = this.stateCommand(message, part);
      return command === null ? null : { command, isLife: true };
    });
  }

  @EventPattern('nodes/+/history')
  history(@Payload() message: WorkerMessage): Promise<void> {
    return this.histories.take(message);
  }

  /**
   * Null while pages are missing, or when it confirms what nobody asks any more. A page is kept only of
   * a node that may speak; a complete report is judged where all others are, in its turn.
   */
  private stateCommand(
    message: WorkerMessage,
    part: WorkerState,
  ): Extract<Command, { type: 'ReconcileNode' | 'ConfirmState' }> | null {
    const { nodeId } = message;
    const { hash = null, incarnation, requestId } = part;
    if (hash !== null) {
      const confirms = this.correspondence.confirms(nodeId, requestId, hash);
      return confirms ? { type: 'ConfirmState', nodeId, incarnation } : null;
    }
    const refusal =
      (part.pages ?? 1) > 1 ? this.registrations.refusalOf(nodeId, incarnation) : null;
    if (refusal !== null) {
      this.intake.refuse(message, refusal);
      return null;
    }
    const state = this.pages.take(nodeId, part, message.payload.byteLength);
    if (state === null) return null;
    const provesAbsence = this.correspondence.provesAbsence(nodeId, state);
    return { type: 'ReconcileNode', nodeId, state, provesAbsence };
  }

  /**
   * A report into its command. Whatever becomes of it, its worker lives; only a status may be the
   * broker's word, and is life when it is accepted and says so.
   */
  private report<T>(
    message: WorkerMessage,
    codec: Pick<Message<T>, 'decode'>,
    commandOf: (
      value: T,
    ) => { command: Extract<Command, { type: Report }>; isLife: boolean } | null,
  ): Promise<void> {
    const parsed = codec.decode(message.payload);
    if (!parsed.ok) {
      this.intake.refuse(message, parsed.refusal);
      this.heard(message);
      return Promise.resolve();
    }
    for (const part of parsed.leftOut ?? []) this.intake.refuse(message, part);
    const order = commandOf(parsed.value);
    if (order === null) {
      this.heard(message);
      return Promise.resolve();
    }
    const { command, isLife } = order;
    const settle = (outcome: Outcome<Answers[Report]>): void => {
      if (outcome.status === 'refused') this.heard(message);
      else if (isLife) this.life.seen(message.nodeId);
    };
    return this.intake.submit<Report>(message, command, settle);
  }

  private heard({ nodeId, topic, payload }: WorkerMessage): void {
    if (!topic.endsWith('/status')) this.life.heard(nodeId, incarnationIn(payload));
  }
}
