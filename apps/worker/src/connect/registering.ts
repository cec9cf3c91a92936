import type { Registered } from '@oakring/contracts';
import type { Heard, RegistrationSaid } from '@oakring/contracts/native';
import type { Ports } from '@oakring/ports';
import type { WorkerOptions } from '../config/worker-options.js';
import type { WorkerStore } from '../memory/worker-store.port.js';
import type { WorkerLog } from '../worker-log.js';
import { Announcing } from './announcing.js';
import type { ManagerClock } from './manager-clock.js';
import { registrationOf } from './reports.js';
import { Standing } from './standing.js';

interface RegisteringParts {
  readonly options: WorkerOptions;
  readonly store: WorkerStore;
  readonly ports: Pick<Ports, 'timers' | 'randomness'>;
  /** Tells this start from any other that claims its number. */
  readonly startId: string;
  /** Of every runtime. */
  readonly enforcesStop: boolean;
  /** Of all of them: `docker:ports`. */
  readonly features: readonly string[];
  /** Names of credentials. */
  readonly registries: readonly string[];
  readonly renumbered: () => void;
  readonly superseded: (by: number) => void;
  readonly clock: ManagerClock;
  readonly say: (registration: RegistrationSaid) => void;
  /** Accepted; `isFirst`: since the connection came up. */
  readonly accepted: (periodMs: number | null, isFirst: boolean) => void;
  readonly log: WorkerLog;
}

/**
 * Who we are to the manager: announced (repeated until answered) → registered, or refused and
 * announced on. A registration is also a question: what time it is, which ledger is led.
 */
export class Registering {
  isRegistered = false;
  private readonly standing: Standing;
  private readonly announcing: Announcing;

  constructor(private readonly parts: RegisteringParts) {
    const { options, store, ports, clock, say } = parts;
    const forgotten = (): void => this.startAnew();
    // Presented at once: until then it is given to whoever registers in our name.
    const tokenKept = (): void => this.announceIfRegistered();
    this.standing = new Standing({ ...parts, id: options.id, forgotten, tokenKept });
    this.announcing = new Announcing(ports, () => {
      clock.asked();
      say(registrationOf(options, store, parts));
    });
  }

  /** Code of the refusal while the manager does not accept us. */
  get refusedBecause(): string | null {
    return this.standing.refusal;
  }

  /** What it says that it can do, of every runtime: `docker:ports`. */
  get features(): readonly string[] {
    return this.parts.features;
  }

  keepYields(yields: boolean): void {
    this.standing.keepYields(yields);
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
    if (!this.parts.clock.isAsked) this.announceIfRegistered();
  }

  private announceIfRegistered(): void {
    if (this.isRegistered) this.announcing.start();
  }

  private startAnew(): void {
    if (!this.isRegistered) return;
    this.parts.log('refused', `the manager knows no ${this.parts.options.id}: registering anew`);
    this.isRegistered = false;
    this.announcing.start();
  }

  take(answer: Heard<Registered>): void {
    const { options, store, clock, log } = this.parts;
    const { periodMs, at } = answer;
    if (!this.standing.take(answer)) return;
    this.announcing.stop();
    clock.answered(at);
    const isFirst = !this.isRegistered;
    this.isRegistered = true;
    if (isFirst) log('registered', `registered as ${options.id}, start ${store.incarnation}`);
    this.parts.accepted(periodMs, isFirst);
  }
}
