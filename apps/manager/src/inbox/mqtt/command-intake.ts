import { inspect } from 'node:util';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { OakringError, type ErrorCode, type Refusal } from '@oakring/contracts';
import type {
  Answers,
  Command,
  CommandQueue,
  CommandType,
  Outcome,
} from '../../commands/command.js';
import { DeadLetters } from '../../dead-letters/dead-letters.js';
import { WORKER_COMMANDS } from '../../injection/tokens.js';
import { WorkerAdmission } from '../worker-admission.js';
import type { WorkerMessage } from './worker-message.js';
import { byWorker, type CommandOrigin } from '../../commands/origin.js';

/**
 * Commands of messages that are not decided yet, and the bytes of those messages; the rest wait in the
 * inbox's buffer.
 */
const maxUndecided = 4_096;
const maxUndecidedBytes = 16 * 1_048_576;

/**
 * Messages into commands. A command is submitted at once, its outcome is looked after later; a
 * refused one is also a dead letter. When many are undecided the next message waits.
 */
@Injectable()
export class CommandIntake {
  private readonly logger = new Logger(CommandIntake.name);
  private undecided = 0;
  private undecidedBytes = 0;
  private waiting: (() => void) | null = null;

  constructor(
    @Inject(WORKER_COMMANDS) private readonly queue: CommandQueue,
    private readonly deadLetters: DeadLetters,
    private readonly admission: WorkerAdmission,
  ) {}

  /**
   * Submits before it returns; resolves once there is room for the next. `settle` hears the outcome,
   * unless nothing was decided: then there is none, and the worker repeats its message. `concluded`
   * is called last, whatever came of it.
   */
  submit<T extends CommandType>(
    message: WorkerMessage,
    command: Extract<Command, { type: T }>,
    settle: (outcome: Outcome<Answers[T]>) => void,
    concluded: () => void = () => {},
  ): Promise<void> {
    const bytes = message.payload.byteLength;
    const admitted = this.admission.admit(message.nodeId, command, bytes);
    if (!admitted.ok) {
      this.refuse(message, admitted.refusal);
      settle({ status: 'refused', refusal: admitted.refusal, position: 0 });
      concluded();
      return Promise.resolve();
    }
    let appendedBytes = 0;
    this.undecided += 1;
    this.undecidedBytes += bytes;
    this.queue
      .submit<T>(command, originOf(message, command))
      .then((outcome) => {
        appendedBytes = outcome.bytes ?? 0;
        if (outcome.status === 'refused') this.refuse(message, outcome.refusal);
        settle(outcome);
      })
      .catch((error: unknown) => this.undecidable(message, error))
      .finally(() => {
        admitted.value(appendedBytes);
        concluded();
        this.makeRoom(bytes);
      });
    return this.room();
  }

  refuse({ topic, payload, nodeId }: WorkerMessage, { code, detail }: Refusal): void {
    this.deadLetters.record({ topic, code, reason: detail, payload, nodeId });
  }

  private undecidable(message: WorkerMessage, error: unknown): void {
    const code = codeOf(error);
    // Still in the writer's hands: it may be decided yet, and the worker repeats what is not.
    if (code === 'outcome-unknown') return;
    if (code === 'internal') this.logger.error(inspect(error));
    const detail = error instanceof Error ? error.message : String(error);
    this.refuse(message, { code, detail });
  }

  private room(): Promise<void> {
    const hasRoom = this.undecided < maxUndecided && this.undecidedBytes < maxUndecidedBytes;
    if (hasRoom) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  private makeRoom(bytes: number): void {
    this.undecided -= 1;
    this.undecidedBytes -= bytes;
    this.waiting?.();
    this.waiting = null;
  }
}

function originOf({ nodeId, topic }: WorkerMessage, command: Command): CommandOrigin {
  switch (command.type) {
    case 'RecordAck':
      return byWorker(nodeId, topic, command.ack.at);
    case 'ReconcileNode':
      return byWorker(nodeId, topic, command.state.at);
    default:
      return byWorker(nodeId, topic);
  }
}

function codeOf(error: unknown): ErrorCode {
  return error instanceof OakringError ? error.code : 'internal';
}
