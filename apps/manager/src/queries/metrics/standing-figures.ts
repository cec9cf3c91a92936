import { addLinks, type Book } from '@oakring/metrics';
import { certificateEnds } from './certificates.js';
import type { MetricSources } from './metric-sources.js';

/** How this manager stands: as leader or follower, with the log, its links and its certificates. */
export function addStandingFigures(book: Book, sources: MetricSources): void {
  addLeading(book, sources);
  addLag(book, sources);
  const silent = 'it does not answer';
  let ofLog: string | null = null;
  let ofScheduler: string | null = null;
  book.before(async () => {
    const { obstacle, scheduler } = sources.measured();
    [ofLog, ofScheduler] = await Promise.all([
      sources.inTime(obstacle(), silent),
      sources.inTime(scheduler.obstacle(), silent),
    ]);
  });
  addLinks(
    book,
    'broker: of the leader; database: the newest write or read of the log; scheduler: it is ready when it is asked, with each scrape.',
    'broker: look at OAKRING_MQTT_URL, the broker and its log; database: at the disk, or MongoDB; scheduler: at OAKRING_SCHEDULER_URL.',
    () => {
      const { reachesBroker, reachesStore } = sources.measured().leadership;
      return {
        broker: reachesBroker,
        database: reachesStore && ofLog === null,
        scheduler: ofScheduler === null,
      };
    },
  );
  let ends: readonly (readonly [number, string])[] = [];
  book.before(async () => {
    ends = await certificateEnds(sources.measured().certificates);
  });
  book.gauge(
    {
      name: 'oakring_certificate_not_after_seconds',
      is: 'When the certificate that a setting names ends, seconds since 1970; of several the first.',
      remedy:
        'less than some weeks ahead: put a new one into the same file (oakring certs renew); what listens shows it by itself, for MQTT_CERT start the managers again, one after the other.',
      labels: ['certificate'],
    },
    () => ends,
  );
}

function addLeading(book: Book, sources: MetricSources): void {
  book.gauge(
    {
      name: 'oakring_leading',
      is: '1 on the manager that leads.',
      remedy:
        'no manager with 1 for more than 10 s: look at the database, the broker and the log of each; two with 1 at once: at their clocks.',
    },
    () => (sources.leadership.status.leading ? 1 : 0),
  );
  book.gauge(
    {
      name: 'oakring_epoch',
      is: 'Number of the leadership that wrote the newest commit.',
      remedy: 'growing often: leaders change; the log says why each one gave way.',
    },
    () => sources.projection.state.head.epoch,
  );
  book.gauge(
    {
      name: 'oakring_lease_margin_seconds',
      is: 'Until the lease runs out unless it is renewed (every 0.5 s); below 0 it has. NaN on followers and where the ledger is a folder.',
      remedy: 'near 0 again and again: the database is slow to write, or this machine too busy.',
    },
    () => (sources.measured().leadership.leaseMarginMs ?? NaN) / 1_000,
  );
}

function addLag(book: Book, sources: MetricSources): void {
  let behind: number | null = null;
  book.before(async () => {
    const { lagMs } = sources.measured().leadership;
    behind = lagMs === 0 ? 0 : await sources.inTime(positionsBehind(sources), null);
  });
  const remedy =
    'a follower that stays behind answers with old news: look at the database and at nodejs_eventloop_lag_p99_seconds there.';
  book.gauge(
    {
      name: 'oakring_projection_lag_positions',
      is: 'Commits of the log that the views do not reflect yet; 0 on the leader, NaN where the log does not answer.',
      remedy,
    },
    () => behind ?? NaN,
  );
  book.gauge(
    {
      name: 'oakring_projection_lag_seconds',
      is: 'For how long the views may have been behind the log; 0 on the leader, NaN before it was read to its end.',
      remedy,
    },
    () => (sources.measured().leadership.lagMs ?? NaN) / 1_000,
  );
}

async function positionsBehind({ evidence, projection }: MetricSources): Promise<number> {
  const { position } = await evidence.log.head();
  return Math.max(0, position - projection.position);
}
