import { Inject, Injectable } from '@nestjs/common';
import type { Refusal, Registered } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { periodMs } from '../../detection/sight.js';
import { BROKER_PROVES, CORRESPONDENCE, PORTS } from '../../injection/tokens.js';
import { leadershipOf } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { NodeTokens } from '../node-tokens.js';
import { answerTo } from '../registration-answer.js';
import { WorkerLine } from '../../wires/worker-line.js';
import { CommandIntake } from './command-intake.js';
import { speakerRefusal } from './speaker.js';
import type { Correspondence, HeardMessage, UnreadableMessage } from './worker-message.js';

/** Takes registrations and answers each on `nodes/<id>/registered`, accepted or not. */
@Injectable()
export class RegistrationDesk {
  /** Registrations that are not decided yet, by node: as many as commands may be undecided. */
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly intake: CommandIntake,
    private readonly tokens: NodeTokens,
    private readonly line: WorkerLine,
    private readonly projection: Projection,
    @Inject(CORRESPONDENCE) private readonly correspondence: Correspondence,
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(BROKER_PROVES) private readonly brokerProves: boolean,
  ) {}

  /** One that cannot be read is answered, too. */
  refuse({ message, heard }: UnreadableMessage): void {
    this.intake.refuse(message, heard.refusal);
    this.answer(this.refusal(message.nodeId, heard.refusal));
  }

  take({ message, said }: HeardMessage<'registration'>): Promise<void> {
    const { nodeId } = message;
    const { registration, dialect } = said;
    const token = this.isProven(nodeId)
      ? 'credential'
      : this.tokens.verdict(nodeId, registration.token);
    this.underWay.set(nodeId, (this.underWay.get(nodeId) ?? 0) + 1);
    return this.intake.submit<'RegisterNode'>(
      message,
      { type: 'RegisterNode', registration, token, dialect },
      (outcome) => {
        if (outcome.status === 'refused') {
          const { startId } = registration;
          const answer = this.refusal(nodeId, outcome.refusal);
          this.answer(startId === null ? answer : { ...answer, startId });
        } else {
          this.correspondence.registered(nodeId);
          // The time of sending, not that of the commit, which may be ahead of our clock.
          const at = this.now();
          this.answer({ ...answerTo(registration, outcome.answer, this.tokens), at });
        }
      },
      () => this.concluded(nodeId),
    );
  }

  /** Whether what is said on the topics of a node is the node's own word. */
  private isProven(nodeId: string): boolean {
    return this.brokerProves && this.projection.state.credentials.get(nodeId)?.revoked === null;
  }

  /** Says unasked how a node stands: whoever speaks in its name hears it. */
  tell(id: string, how: Refusal): void {
    this.answer(this.refusal(id, how));
  }

  /**
   * Why what a node says is not looked at; null when it may speak, or when a registration is under
   * way that may let it: what comes right behind one counts.
   */
  refusalOf(nodeId: string, incarnation: number | null): Refusal | null {
    if (this.underWay.has(nodeId)) return null;
    return speakerRefusal(nodeId, this.projection.state.nodes.get(nodeId), incarnation);
  }

  private concluded(nodeId: string): void {
    const left = (this.underWay.get(nodeId) ?? 1) - 1;
    if (left === 0) this.underWay.delete(nodeId);
    else this.underWay.set(nodeId, left);
  }

  private refusal(id: string, { code, detail }: Refusal): Registered {
    const { state } = this.projection;
    return {
      id,
      accepted: false,
      code,
      detail,
      incarnation: state.nodes.get(id)?.incarnation ?? 0,
      ...leadershipOf(state),
      at: this.now(),
      periodMs,
    };
  }

  private now(): string {
    return new Date(this.ports.clock.wallMs()).toISOString();
  }

  private answer(answer: Registered): void {
    this.line.send(answer.id, { what: 'registered', said: answer }).catch(() => {
      // The link broke: workers repeat their registration until it is answered.
    });
  }
}
