import { OakringError, type Refusal } from '@oakring/contracts';
import type { BrokerAccounts } from '../broker-accounts.port.js';

/** Accounts of a broker that is not there. */
export class MemoryAccounts implements BrokerAccounts {
  readonly secrets = new Map<string, string>();
  isAway = false;

  /** `others`: accounts that are no node's. */
  constructor(private readonly others: readonly string[] = []) {}

  async whyTaken(nodeId: string): Promise<Refusal | null> {
    this.refuseAway();
    if (!this.others.includes(nodeId)) return null;
    return { code: 'node-id-taken', detail: `${nodeId} is no node's.` };
  }

  async keep(nodeId: string, secret: string): Promise<void> {
    const taken = await this.whyTaken(nodeId);
    if (taken !== null) throw new OakringError(taken);
    this.secrets.set(nodeId, secret);
  }

  async sweep(stands: (nodeId: string) => boolean): Promise<readonly string[]> {
    this.refuseAway();
    const over = [...this.secrets.keys()].filter((nodeId) => !stands(nodeId));
    for (const nodeId of over) this.secrets.delete(nodeId);
    return over;
  }

  private refuseAway(): void {
    if (!this.isAway) return;
    throw new OakringError({ code: 'broker-unreachable', detail: 'The broker is away.' });
  }
}
