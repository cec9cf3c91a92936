import type { JsonObject } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { WorkerOptions } from '../config/worker-options.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { WorkerLog } from '../worker-log.js';
import { Announcing } from './announcing.js';
import type { ManagerClock } from './manager-clock.js';
import { registrationOf, whyRefused } from './reports.js';

interface RegisteringParts {
  readonly options: WorkerOptions;
  readonly store: WorkerStore;
  readonly ports: Pick<Ports, 'timers' | 'randomness'>;
  readonly clock: ManagerClock;
  readonly say: (registration: object) => void;
  /** Accepted; `isFirst`: since the connection came up. */
  readonly accepted: (periodMs: unknown, isFirst: boolean) => void;
  readonly log: WorkerLog;
}

/**
 * Who we are to the manager: announced (repeated until answered) → registered, or refused and
 * announced on. A registration is also a question: what time it is, which ledger is led.
 */
export class Registering {
  isRegistered = false;
  /** Code of the refusal while the manager does not accept us. */
  refusedBecause: string | null = null;
  private readonly announcing: Announcing;

  constructor(private readonly parts: RegisteringParts) {
    const { options, store, ports, clock, say } = parts;
    this.announcing = new Announcing(ports, () => {
      clock.asked();
      say(registrationOf(options, store.incarnation, store.token));
    });
  }

  start(): void {
    this.announcing.start();
  }

  /** Nothing more is said. */
  stop(): void {
    this.announcing.stop();
  }

  linkLost(): void {
    this.isRegistered = false;
  }

  /** Its answer says what time it is for the manager, and which ledger it leads. */
  askAgain(): void {
    if (this.isRegistered && !this.parts.clock.isAsked) this.announcing.start();
  }

  take(answer: JsonObject): void {
    const { options, store, clock, log } = this.parts;
    const { accepted, incarnation, token, periodMs, at } = answer;
    if (accepted !== true) return this.refuse(answer);
    // The topic is shared with whoever else claims our id: an answer to another start is not ours.
    if (typeof incarnation === 'number' && incarnation !== store.incarnation) {
      return log('ignored', `registered: the answer is to start ${incarnation}`);
    }
    this.refusedBecause = null;
    this.announcing.stop();
    clock.answered(at);
    if (typeof token === 'string') {
      store
        .keepToken(token)
        .catch((error: unknown) => log('ignored', `the token was not kept: ${String(error)}`));
    }
    const isFirst = !this.isRegistered;
    this.isRegistered = true;
    if (isFirst) log('registered', `registered as ${options.id}, start ${store.incarnation}`);
    this.parts.accepted(periodMs, isFirst);
  }

  private refuse({ code, detail }: JsonObject): void {
    const { options, log } = this.parts;
    const why = whyRefused(options.id, code, detail);
    // Somebody else is told that the id is ours.
    if (this.isRegistered && code !== 'incarnation-stale') {
      return log('ignored', `another machine asked to be ${options.id}; ${why}`);
    }
    this.refusedBecause = String(code);
    log('refused', `NOT REGISTERED as ${options.id}, trying on; ${why}`);
  }
}
