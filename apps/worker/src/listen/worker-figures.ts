import {
  addBuildInfo,
  addDisk,
  addLinks,
  addRequestFigures,
  countsOf,
  type Book,
  type Count,
  type Labelled,
  type RequestTimes,
  type Sample,
} from '@oakring/metrics';
import type { WorkerStanding } from '../connect/measured-session.js';

/** What is measured of a worker. */
export interface MeasuredWorker {
  /** Each that is there or has ended of late. */
  instances(): Iterable<{ readonly technology: string; readonly status: string }>;
  /** Looks of health checks by what came of them. */
  readonly checks: { readonly passed: number; readonly failed: number; readonly unclear: number };
  /** By operation and outcome. */
  readonly orders: Labelled<Count>;
  readonly isConnected: boolean;
  readonly isRegistered: boolean;
  /** Taken since the start. */
  readonly readings: number;
  /** What happened here and the manager was not told yet. */
  readonly unsent: number;
  /** For its page. */
  standing(): WorkerStanding;
}

/** All that a worker shows (docs/metrics.md). */
export function workerFigures(
  book: Book,
  sources: {
    readonly worker: MeasuredWorker;
    readonly dataFolder: string;
    readonly requests: RequestTimes;
  },
): void {
  addBuildInfo(book);
  addRequestFigures(book, () => sources.requests);
  addDisk(book, () => ({ data: sources.dataFolder }));
  addLinks(
    book,
    'broker: connected and subscribed.',
    'look at OAKRING_MQTT_URL, the broker and the network; what runs here runs on meanwhile.',
    () => ({ broker: sources.worker.isConnected }),
  );
  book.gauge(
    {
      name: 'oakring_worker_registered',
      is: '1 while the manager has accepted this worker.',
      remedy: 'the log of the worker says why it was refused; without a link it is not asked.',
    },
    () => (sources.worker.isRegistered ? 1 : 0),
  );
  book.gauge(
    {
      name: 'oakring_worker_instances',
      is: 'Instances here by runtime and status; of those that have ended the newest hundred.',
      remedy:
        'failed: oakring job show <id> says what for; starting for long: an image is being pulled, or the engine does not answer.',
      labels: ['runtime', 'status'],
    },
    () => instanceSamples(sources.worker),
  );
  book.counter(
    {
      name: 'oakring_worker_orders_total',
      is: 'Orders of the manager since the start by what they are and what became of them; ignored: too late, or of a manager that was replaced.',
      remedy:
        'failed: the log and oakring job show <id> say why; ignored again and again: compare the clocks of worker and manager.',
      labels: ['operation', 'outcome'],
    },
    () => countsOf(sources.worker.orders),
  );
  book.counter(
    {
      name: 'oakring_worker_health_checks_total',
      is: 'Looks of health checks since the start by what came of them; unclear: nothing could be said, as of an engine that is away.',
      remedy:
        'failed: oakring job show <id> says what for once it is unhealthy; unclear for long: look at the engine that runs the containers.',
      labels: ['outcome'],
    },
    () => Object.entries(sources.worker.checks).map(([outcome, count]) => [count, outcome]),
  );
  book.counter(
    {
      name: 'oakring_worker_readings_total',
      is: 'Readings taken since the start.',
      remedy:
        'standing still: it is not registered, or its event loop stands (nodejs_eventloop_lag_p99_seconds).',
    },
    () => sources.worker.readings,
  );
  book.gauge(
    {
      name: 'oakring_worker_messages_unsent',
      is: 'What happened here while nobody listened and the manager has not confirmed; a thousand are kept.',
      remedy: 'growing: look at oakring_link_up and oakring_worker_registered.',
    },
    () => sources.worker.unsent,
  );
}

function* instanceSamples(worker: MeasuredWorker): Generator<Sample> {
  const counts = new Map<string, Map<string, number>>();
  for (const { technology, status } of worker.instances()) {
    const ofRuntime = counts.get(technology) ?? new Map<string, number>();
    counts.set(technology, ofRuntime.set(status, (ofRuntime.get(status) ?? 0) + 1));
  }
  for (const [technology, ofRuntime] of counts) {
    for (const [status, count] of ofRuntime) yield [count, technology, status];
  }
}
