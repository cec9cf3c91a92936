import { Inject, Injectable } from '@nestjs/common';
import {
  refused,
  type Parsed,
  type Refusal,
  type Registered,
  type Registration,
} from '@oakring/contracts';
import { nativeDown, nativeUp, topicOf } from '@oakring/contracts/native';
import type { Ports } from '@oakring/ports';
import { BrokerConnection } from '../../connection/broker-connection.js';
import { periodMs } from '../../detection/sight.js';
import { CORRESPONDENCE, PORTS } from '../../injection/tokens.js';
import { leadershipOf } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { NodeTokens } from '../node-tokens.js';
import { answerTo } from '../registration-answer.js';
import { CommandIntake } from './command-intake.js';
import { speakerRefusal } from './speaker.js';
import type { Correspondence, WorkerMessage } from './worker-message.js';

/** Takes registrations and answers each on `nodes/<id>/registered`, accepted or not. */
@Injectable()
export class RegistrationDesk {
  /** Registrations that are not decided yet, by node: as many as commands may be undecided. */
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly intake: CommandIntake,
    private readonly tokens: NodeTokens,
    private readonly connection: BrokerConnection,
    private readonly projection: Projection,
    @Inject(CORRESPONDENCE) private readonly correspondence: Correspondence,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  take(message: WorkerMessage): Promise<void> {
    const { nodeId } = message;
    const parsed = registrationOf(message);
    if (!parsed.ok) {
      this.intake.refuse(message, parsed.refusal);
      this.answer(this.refusal(nodeId, parsed.refusal));
      return Promise.resolve();
    }
    const registration = parsed.value;
    const token = this.tokens.verdict(nodeId, registration.token);
    this.underWay.set(nodeId, (this.underWay.get(nodeId) ?? 0) + 1);
    return this.intake.submit<'RegisterNode'>(
      message,
      { type: 'RegisterNode', registration, token },
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

  private answer(registered: Registered): void {
    this.connection
      .publish(topicOf(registered.id, 'registered'), nativeDown.registered.encode(registered), {
        qos: 1,
      })
      .catch(() => {
        // The link broke: workers repeat their registration until it is answered.
      });
  }
}

function registrationOf({ nodeId, payload }: WorkerMessage): Parsed<Registration> {
  const parsed = nativeUp.registration.decode(payload);
  if (!parsed.ok || parsed.value.id === nodeId) return parsed;
  return refused(
    'id-mismatch',
    `The topic names node ${nodeId}, the payload node ${parsed.value.id}.`,
    'id',
    parsed.value.id,
  );
}
