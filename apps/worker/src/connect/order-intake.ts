import { traceIdOf, type Control } from '@oakring/contracts';
import type { Instances } from '../controls/instances.js';
import type { WorkerLog } from '../worker-log.js';
import type { HighestEpoch } from './highest-epoch.js';
import type { ManagerClock } from './manager-clock.js';
import type { OrderCounts } from './order-counts.js';

/** How long orders are valid that do not say when they were sent. */
const usualValidMs = 300_000;

/** Orders as they come: of the current leadership and not too late, they are obeyed. */
export class OrderIntake {
  constructor(
    private readonly instances: Instances,
    private readonly epochs: HighestEpoch,
    private readonly clock: ManagerClock,
    /**
     * An order looks too late, or of another ledger: a clock may have been set, or the cluster begun
     * anew. Our registration is answered with both, and the order will be repeated.
     */
    private readonly askAgain: () => void,
    private readonly log: WorkerLog,
    private readonly counts: OrderCounts,
  ) {}

  take(control: Control): void {
    const { command, job, instance, generation, attempt, sentAt, traceparent } = control;
    const what = `${command} ${job.id}/${instance}`;
    if (!this.epochs.isCurrent(control)) {
      const why = this.epochs.complaint(what, control);
      this.counts.ignored(control, why);
      if (this.epochs.isOther(control.ledger)) this.askAgain();
      return this.log('ignored', why);
    }
    const { sentMs, validMs } = validityOf(control);
    const ageMs = this.clock.ageOf(sentMs);
    if (ageMs > validMs) {
      const [age, most] = [ageMs, validMs].map((ms) => Math.round(ms / 1000));
      const why = `${what}: it may be ${age} s old, of ${most} at most`;
      this.counts.ignored(control, why);
      this.askAgain();
      return this.log('ignored', why);
    }
    this.clock.heard(sentAt);
    this.counts.taken(control);
    const trace = traceparent === undefined ? null : traceIdOf(traceparent);
    const about = { job: job.id, instance, trace };
    this.log('order', `${what} (generation ${generation}, attempt ${attempt})`, about);
    this.instances
      .obey(control)
      .catch((error: unknown) => this.log('ignored', `${what} failed: ${String(error)}`));
  }
}

/** Valid for as long after its sending as it says: a duration, on whatever clock. */
function validityOf({ sentAt, expiresAt }: Control): { sentMs: number; validMs: number } {
  const expiresMs = Date.parse(expiresAt);
  const sentMs = sentAt === undefined ? expiresMs - usualValidMs : Date.parse(sentAt);
  return { sentMs, validMs: expiresMs - sentMs };
}
