import type { LeaseRecord, LeaseStore } from '@oakring/stores';
import type { Ports } from '@oakring/ports';
import { BrokerProbe } from './broker-probe.js';
import type { Candidate } from './lease/candidate.js';
import type { Lease } from './lease/lease.js';
import type { TermParts } from './term.js';

/** A leader that has not reached the broker for so long gives way to whoever does. */
export const brokerSilentMs = 5_000;
/** A lease that is free for so long is taken by somebody who does not reach the broker either. */
const leaderlessMs = 5_000;
/** Whose clock differs by more from the store's does not lead: its times would be in the ledger. */
export const maxClockErrorMs = 5_000;
const lookEveryMs = 500;

/**
 * What a leader must be able to do beside writing, where there may be several: tell the time, and
 * reach the broker.
 *
 * Nobody lets go of a lease for nothing: a leader without its broker says so in its lease, a follower
 * that does reach it asks for the lease, and only then it is given back. While nobody reaches the
 * broker somebody leads all the same, answers, and takes orders that go out later. A clock that is
 * wrong is another matter: what it would write stays for ever.
 */
export class Fitness {
  private readonly probe: BrokerProbe;
  private readonly ports: Ports;
  private askedOf: LeaseRecord | null = null;

  constructor(
    private readonly leases: LeaseStore,
    private readonly parts: Pick<TermParts, 'connection' | 'reachesBroker' | 'storeTime' | 'ports'>,
  ) {
    this.ports = parts.ports;
    this.probe = new BrokerProbe(parts.reachesBroker, parts.ports);
  }

  get reachesBroker(): boolean {
    return this.parts.connection.unreachedMs < brokerSilentMs;
  }

  /** Why a lease that is free is not to be taken by us; null: it may. Throws when it cannot be told. */
  async objection({ freeForMs }: Candidate): Promise<string | null> {
    const reaches = this.probe.reaches();
    const clock = await this.clockObjection();
    if (clock !== null) return clock;
    return reaches || freeForMs >= leaderlessMs ? null : 'the MQTT broker is not reached from here';
  }

  /** Asks a holder that does not reach the broker for its lease, if we do. */
  async offer({ seen }: Candidate): Promise<void> {
    if (seen === null || seen.reachesBroker || seen.holder === '' || !this.probe.reaches()) return;
    // Once for each renewal: it is a write to the store.
    const { askedOf } = this;
    if (seen.holder === askedOf?.holder && seen.renewal === askedOf.renewal) return;
    if ((await this.clockObjection()) !== null) return;
    await this.leases.ask(seen);
    this.askedOf = seen;
  }

  /** Resolves with why a lease of ours is to be given back; never once `over` aborts. */
  async unfit(lease: Lease, over: AbortSignal): Promise<string> {
    for (;;) {
      await this.ports.timers.sleep(lookEveryMs, over);
      if (over.aborted) return new Promise(() => {});
      const reason = await this.reasonToGiveWay(lease).catch(() => null);
      if (reason !== null) return reason;
    }
  }

  private async reasonToGiveWay(lease: Lease): Promise<string | null> {
    const clock = await this.clockObjection();
    if (clock !== null || this.reachesBroker || !(await lease.isAskedFor())) return clock;
    // It may be back already, and our link to it not yet.
    if (await this.parts.reachesBroker()) return null;
    return 'the MQTT broker is not reached from here, and another manager reaches it';
  }

  /** Throws when the store does not tell its time. */
  async clockObjection(): Promise<string | null> {
    const { clock } = this.ports;
    const sentMs = clock.monotonicMs();
    const here = clock.wallMs();
    const there = await this.parts.storeTime();
    const halfWayMs = (clock.monotonicMs() - sentMs) / 2;
    const aheadMs = here + halfWayMs - there;
    if (Math.abs(aheadMs) - halfWayMs <= maxClockErrorMs) return null;
    const seconds = Math.round(Math.abs(aheadMs) / 1_000);
    return `this machine's clock is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} the store's: set both`;
  }
}
