import {
  clusterStream,
  decodeEvents,
  encodeEvent,
  isSameCatalogue,
  ownCatalogue,
  sealCommit,
  sealsStream,
  type Commit,
  type DomainEvent,
  type EventData,
  type LedgerReport,
} from '@oakring/events';
import type { Ports } from '@oakring/ports';
import type { EventLogWriter } from '@oakring/stores';
import { hostname } from 'node:os';
import { softwareVersion } from '@oakring/host';

/**
 * No cluster opens epochs, or places one instance anew, more often than once a millisecond; so many more are left
 * out for clocks that are wrong. Restored twice from one backup, the second one is above all of the first as well.
 */
const atLeastBeyond = 1_000_000;

/**
 * The commit that a restored ledger goes on with: it opens an epoch above all that workers may have heard of
 * meanwhile, and says from where on what was written is lost (ADR 29).
 */
export class Restoring {
  private catalogue: EventData<'CatalogueChanged'> | null = null;
  private generationsAbove = 0;

  /** Every commit of the backup, in order. */
  take(commit: Commit): void {
    const isTold = commit.streams.includes(sealsStream) || commit.streams.includes(clusterStream);
    if (!isTold) return;
    for (const event of decodeEvents(commit)) {
      if (event.type === 'CatalogueChanged') this.catalogue = event.data;
      if (event.type === 'LedgerRestored') this.generationsAbove = event.data.generationsAbove;
    }
  }

  /** `log`: has all of the backup, and no more. */
  async commit(
    { head, events }: Pick<LedgerReport, 'head' | 'events'>,
    log: Pick<EventLogWriter, 'streamVersions'>,
    { clock, ids }: Pick<Ports, 'clock' | 'ids'>,
  ): Promise<Commit> {
    const now = clock.wallMs();
    const beyond = atLeastBeyond + Math.max(0, now - head.at);
    const epoch = head.epoch + beyond;
    const { position, hash } = head;
    // A generation is given by an event: there were never more of an instance than there are events.
    const generationsAbove = this.generationsAbove + events + beyond;
    const told: readonly DomainEvent[] = [
      { stream: clusterStream, type: 'EpochOpened', data: opened(epoch) },
      ...this.catalogueEvents(),
      {
        stream: clusterStream,
        type: 'LedgerRestored',
        data: { position, hash, generationsAbove },
      },
    ];
    const streams = [...new Set(told.map(({ stream }) => stream))].sort();
    const versions = new Map(await log.streamVersions(streams));
    const texts = told.map((event) => {
      const version = (versions.get(event.stream) ?? 0) + 1;
      versions.set(event.stream, version);
      return encodeEvent(event, version, { by: 'operator/restore', cause: 'observed:backup' });
    });
    const rest = { epoch, commitId: ids.next(), at: now, commands: [], streams, events: texts };
    return sealCommit(head, rest);
  }

  private catalogueEvents(): readonly DomainEvent[] {
    const data = ownCatalogue();
    const isCommitted = this.catalogue !== null && isSameCatalogue(this.catalogue, data);
    return isCommitted ? [] : [{ stream: sealsStream, type: 'CatalogueChanged', data }];
  }
}

/** By nobody who leads: there is no key, and nowhere to send orders to. */
function opened(epoch: number): EventData<'EpochOpened'> {
  const software = `oakring ${softwareVersion()}, restore`;
  return { epoch, software, host: hostname(), pid: process.pid, url: null, signingKey: null };
}
