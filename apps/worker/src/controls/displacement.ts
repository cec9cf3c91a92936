import type { Control } from '@oakring/contracts';
import { isStranger } from './decide-control.js';
import { patienceWith } from './end-at-limit.js';
import { shortReason, type Instance } from './instance.js';
import type { InstanceTable } from './instance-table.js';

/**
 * Names and generations are given again by a ledger that was begun anew or restored: what has the name
 * of what is to be run, and is something else, goes first. Nobody waits for it any more: orders that it
 * was to answer are of another ledger, or were given again.
 */
export class Displacement {
  constructor(
    private readonly table: InstanceTable,
    /** Its grants are not looked at any more. */
    private readonly forget: (instance: Instance) => void,
    private readonly keep: () => Promise<void>,
  ) {}

  isNeeded(control: Control): boolean {
    return this.strangersTo(control).length > 0;
  }

  private strangersTo(control: Control): readonly Instance[] {
    if (control.command !== 'deploy' && control.command !== 'replicate') return [];
    const { job, instance } = control;
    return this.table.ofNumber(job.id, instance).filter((known) => isStranger(known, control));
  }

  /** Why there is no place for what is ordered; null: there is. Orders that come meanwhile wait alike. */
  async makeWay(control: Control): Promise<string | null> {
    for (const known of this.strangersTo(control)) {
      const problem = await (known.displacing ??= this.displace(known));
      if (problem !== null) return problem;
    }
    return null;
  }

  private async displace(instance: Instance): Promise<string | null> {
    await instance.expiring;
    const { status } = instance;
    instance.status = 'stopping';
    instance.orders = [];
    instance.cancel.abort();
    this.forget(instance);
    await instance.started;
    try {
      await instance.runtime.stop(instance, patienceWith(instance));
      this.table.remove(instance);
      await this.keep();
      return null;
    } catch (error) {
      instance.status = status === 'starting' ? 'failed' : status;
      instance.displacing = null;
      return `another instance of this name is here and could not be stopped: ${shortReason(error)}`;
    }
  }
}
