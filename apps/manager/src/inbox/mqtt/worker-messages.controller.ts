import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { WorkerState } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { Answers, Command, Inferred, Outcome } from '../../commands/command.js';
import { CORRESPONDENCE, PORTS } from '../../injection/tokens.js';
import { CommandIntake } from './command-intake.js';
import { HistoryDesk } from './history-desk.js';
import { ReadingIntake } from './reading-intake.js';
import { RegistrationDesk } from './registration-desk.js';
import { SignsOfLife } from './signs-of-life.js';
import { StatePages } from './state-pages.js';
import type {
  Correspondence,
  Handlers,
  HeardMessage,
  ReceivedReading,
  UnreadableMessage,
  WorkerMessage,
} from './worker-message.js';

type Report = 'RecordWorkerStatus' | 'RecordAck' | 'ReconcileNode' | 'ConfirmState';

/** What workers say, one method for each kind of it. */
@Controller()
export class WorkerMessagesController implements Handlers {
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
    this.pages = new StatePages(ports, (nodeId, refusal, topic) => {
      const payload = Buffer.alloc(0);
      intake.refuse({ nodeId, topic, payload, retained: false }, refusal);
    });
  }

  @EventPattern('reading')
  reading(@Payload() batch: readonly ReceivedReading[]): void {
    this.readings.take(batch);
  }

  @EventPattern('registration')
  registration(@Payload() heard: HeardMessage<'registration'>): Promise<void> {
    return this.registrations.take(heard);
  }

  /** Its worker lives, whatever came of it: not where it may be the broker's word, or another's. */
  @EventPattern('unreadable')
  unreadable(@Payload() unreadable: UnreadableMessage): void {
    const { message, heard } = unreadable;
    if (heard.about === 'registration') return this.registrations.refuse(unreadable);
    this.intake.refuse(message, heard.refusal);
    if (heard.about !== 'status') this.life.heard(message.nodeId, heard.incarnation);
  }

  /** Only a status may be the broker's word: it is life when it is accepted and says so. */
  @EventPattern('status')
  status(@Payload() { message, said: status }: HeardMessage<'status'>): Promise<void> {
    const { nodeId, retained } = message;
    const command = { type: 'RecordWorkerStatus', nodeId, status, retained } as const;
    return this.intake.submit<Report>(message, command, ({ status: outcome }) => {
      const isLife = status.status === 'online' && !retained;
      if (isLife && outcome !== 'refused') this.life.seen(nodeId);
    });
  }

  @EventPattern('ack')
  ack(@Payload() { message, said: ack }: HeardMessage<'ack'>): Promise<void> {
    if (ack.phase === 'progress') this.correspondence.progressed(ack.commandId);
    const command = { type: 'RecordAck', nodeId: message.nodeId, ack } as const;
    return this.report(message, command, ack.incarnation);
  }

  @EventPattern('state')
  async state(@Payload() { message, said: state }: HeardMessage<'state'>): Promise<void> {
    const command = this.stateCommand(message, state);
    if (command !== null) return this.report(message, command, state.incarnation);
    this.life.heard(message.nodeId, state.incarnation);
  }

  @EventPattern('history')
  history(@Payload() heard: HeardMessage<'history'>): Promise<void> {
    return this.histories.take(heard);
  }

  @EventPattern('sighting')
  async sighting(@Payload() batch: readonly HeardMessage<'sighting'>[]): Promise<void> {
    for (const heard of batch) {
      const { message, said } = heard;
      this.life.sighted(heard);
      const inferred = this.correspondence.sighted(message.nodeId, said);
      if (inferred.length > 0) await this.submitInferred(message, inferred);
    }
  }

  @EventPattern('word')
  async word(@Payload() { message, said }: HeardMessage<'word'>): Promise<void> {
    this.life.heard(message.nodeId, null);
    const inferred = this.correspondence.told(message.nodeId, said);
    if (inferred.length > 0) await this.submitInferred(message, inferred);
  }

  /** Neither a sign of life nor a report: whoever reads it judges it. */
  @EventPattern('stream')
  stream(@Payload() { message, said }: HeardMessage<'stream'>): void {
    this.correspondence.streamed(message.nodeId, said);
  }

  private async submitInferred(
    message: WorkerMessage,
    inferred: readonly Inferred[],
  ): Promise<void> {
    const { nodeId } = message;
    const settle = (): void => {};
    const concluded = (): void => {
      const next = this.correspondence.concluded(nodeId);
      if (next.length > 0) void this.submitInferred(message, next);
    };
    for (const command of inferred) {
      await this.intake.submit<Inferred['type']>(message, command, settle, concluded);
    }
  }

  /**
   * Null while pages are missing, or when it confirms what nobody asks any more. A page is kept only of
   * a node that may speak; a complete report is judged where all others are, in its turn.
   */
  private stateCommand(
    message: WorkerMessage,
    part: WorkerState,
  ): Extract<Command, { type: 'ReconcileNode' | 'ConfirmState' }> | null {
    const { nodeId, topic } = message;
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
    const state = this.pages.take(nodeId, part, message.payload.byteLength, topic);
    if (state === null) return null;
    const provesAbsence = this.correspondence.provesAbsence(nodeId, state);
    return { type: 'ReconcileNode', nodeId, state, provesAbsence };
  }

  /** A report into its command. Whatever becomes of it, its worker lives. */
  private report(
    message: WorkerMessage,
    command: Extract<Command, { type: Report }>,
    incarnation: number | null,
  ): Promise<void> {
    const settle = (outcome: Outcome<Answers[Report]>): void => {
      if (outcome.status === 'refused') this.life.heard(message.nodeId, incarnation);
      else this.life.seen(message.nodeId);
    };
    return this.intake.submit<Report>(message, command, settle);
  }
}
