import { parseControl } from '../controls/control-message.js';
import type { Instances } from '../controls/instances.js';
import type { WorkerLog } from '../worker-log.js';
import type { HighestEpoch } from './highest-epoch.js';
import type { ManagerClock } from './manager-clock.js';

/** Orders as they come: of the current leadership and not too late, they are obeyed. */
export class OrderIntake {
  constructor(
    private readonly instances: Instances,
    private readonly epochs: HighestEpoch,
    private readonly clock: ManagerClock,
    private readonly log: WorkerLog,
  ) {}

  take(payload: Uint8Array): void {
    const parsed = parseControl(payload);
    if (!parsed.ok) return this.log('ignored', `an order: ${parsed.refusal.detail}`);
    const control = parsed.value;
    const { command, job, instance, generation, attempt, epoch, expiresAt } = control;
    const what = `${command} ${job.id}/${instance}`;
    if (!this.epochs.isCurrent(epoch)) {
      return this.log('ignored', `${what} of epoch ${epoch}, below ${this.epochs.highest}`);
    }
    if (this.clock.hasPassed(expiresAt)) {
      return this.log('ignored', `${what}: it expired at ${expiresAt}`);
    }
    this.log('order', `${what} (generation ${generation}, attempt ${attempt})`);
    this.instances
      .obey(control)
      .catch((error: unknown) => this.log('ignored', `${what} failed: ${String(error)}`));
  }
}
