import type { DomainEvent } from '../../src/catalogue/catalogue.js';
import type { CommitFormat } from '../../src/log/commit.js';
import { numberedKey, SampleLedger } from '../sample-ledger.js';

/** Who founds the ledgers that are forged, and who else has a key. */
export const [founder, second, third] = [numberedKey(1), numberedKey(2), numberedKey(3)] as const;

/** What happens in a ledger. */
export type Story = (ledger: SampleLedger) => void;

/** A ledger of which that is told from its fourth commit on. Of format 1: as software up to schema 5 began one. */
export function told(story: Story, format: CommitFormat = 2): readonly string[] {
  const ledger = new SampleLedger(founder, format);
  ledger.work(2);
  story(ledger);
  return ledger.lines;
}

/** Of nothing that there is. */
export const otherHash = 'ab'.repeat(32);

export const ready: DomainEvent = {
  ...({ stream: 'nodes/n1', type: 'NodeBecameReady' } as const),
  data: { reason: 'x' },
};

export const founded: DomainEvent = {
  ...({ stream: 'cluster', type: 'ClusterFounded' } as const),
  data: { clusterId: 'c-2', name: 'x', location: '' },
};

export function opened(epoch: number): DomainEvent {
  return {
    ...({ stream: 'cluster', type: 'EpochOpened' } as const),
    data: { epoch, software: 's', host: 'h', pid: 1, url: null, signingKey: null },
  };
}

export function manifest(readings: number, firstBatch = 1): DomainEvent {
  return {
    ...({ stream: 'cluster', type: 'TelemetryTruncated' } as const),
    data: {
      ...{ segment: '1-1', firstBatch, lastBatch: 5, readings },
      ...{ firstHash: 'a', lastHash: 'b', merkleRoot: 'c' },
    },
  };
}
