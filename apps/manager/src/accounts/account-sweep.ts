import { clusterKey, type ClusterState } from '@oakring/model';
import type { StoredEvent } from '@oakring/events';
import type { DownLink } from '../outbox/down-link.port.js';
import {
  nothing,
  type Doing,
  type Look,
  type Outcome,
  type Process,
  type Wake,
} from '../supervision/process.js';
import type { BrokerAccounts } from './broker-accounts.port.js';

/** After these a node may stand no more by what it has an account for. */
const ending: ReadonlySet<string> = new Set(['NodeCredentialRevoked', 'NodeForgotten']);

/**
 * Ends the accounts that nodes have at the broker by a credential that holds no more: once it was revoked, the node
 * forgotten, and whenever we come to be connected, for what happened while nobody was.
 *
 * due (a start, a link that came up, an event) → swept (nothing to do until one of these comes).
 */
export class AccountSweep implements Process<'sweep'> {
  readonly name = 'accounts';
  readonly most = 1;
  readonly mostAtOnce = 1;
  readonly restMs = 0;
  readonly backoff = { firstMs: 1_000, mostMs: 30_000 };
  private isDue = true;

  constructor(
    private readonly accounts: BrokerAccounts,
    private readonly link: Pick<DownLink, 'connected' | 'onUp'>,
    /** Whether a node has a credential that holds. */
    private readonly stands: (nodeId: string) => boolean,
  ) {}

  listen(wake: Wake): void {
    this.link.onUp(() => {
      this.isDue = true;
      wake();
    });
  }

  all(): Iterable<string> {
    return [clusterKey];
  }

  note(_changes: unknown, _state: ClusterState, events: readonly StoredEvent[]): void {
    if (events.some(({ type }) => ending.has(type))) this.isDue = true;
  }

  *concerned(): Generator<string> {
    if (this.isDue) yield clusterKey;
  }

  fact(): string {
    return 'accounts';
  }

  look(): Look<'sweep'> {
    return this.isDue && this.link.connected ? { step: 'sweep', againMs: null } : nothing;
  }

  async act(_steps: readonly Doing<'sweep'>[]): Promise<Outcome> {
    this.isDue = false;
    try {
      await this.accounts.sweep(this.stands);
      return 'settled';
    } catch (error) {
      this.isDue = true;
      throw error;
    }
  }
}
