import type { Book } from '@oakring/metrics';
import type { MetricSources } from './metric-sources.js';
import { samplesOf } from './view-figures.js';

/** What commands, placements and orders take, and what becomes of them: counted by the leader. */
export function addWorkFigures(book: Book, sources: MetricSources): void {
  addCommands(book, sources);
  addPlacements(book, sources);
  addOrders(book, sources);
}

function addCommands(book: Book, sources: MetricSources): void {
  book.counter(
    {
      name: 'oakring_commands_total',
      is: 'Commands since the start by type and outcome: accepted, unchanged (it was so already), refused, failed (nobody could decide or write it).',
      remedy:
        'failed: look at oakring_link_up{link="database"}, oakring_leading and the log; refused: the answer, or oakring events, says why.',
      labels: ['type', 'outcome'],
    },
    () => sources.measured().commands.outcomes(),
  );
  book.histogram(
    {
      name: 'oakring_decision_seconds',
      is: 'What deciding one command took.',
      remedy: 'above 0.01 the machine is too slow or too busy for this cluster: docs/sizing.md.',
    },
    () => sources.measured().commands.deciding,
  );
  book.histogram(
    {
      name: 'oakring_append_seconds',
      is: 'What one commit took until it was durable.',
      remedy:
        'above 0.1 the disk of the ledger is slow, or the database far away or busy: everything waits for it.',
    },
    () => sources.measured().commands.appending,
  );
  book.histogram(
    {
      name: 'oakring_command_seconds',
      is: 'What a command took from its submission to its answer.',
      remedy:
        'far above oakring_append_seconds commands queue up: look at nodejs_eventloop_lag_p99_seconds and at who sends so many.',
    },
    () => sources.measured().commands.answering,
  );
}

function addPlacements(book: Book, sources: MetricSources): void {
  book.counter(
    {
      name: 'oakring_placements_total',
      is: 'Instances that were given a place while this manager led.',
      remedy:
        'standing still while instances are pending: look at oakring_placement_refusals_total.',
    },
    () => sources.ledger.placements,
  );
  book.counter(
    {
      name: 'oakring_placement_refusals_total',
      is: 'Instances that were given no place while this manager led, by code; one that waits counts each time that the answer is another.',
      remedy:
        'no-capacity: oakring job show <id> --why; scheduler-unavailable: look at oakring_link_up{link="scheduler"}.',
      labels: ['reason'],
    },
    () => samplesOf(sources.ledger.refusals),
  );
  book.histogram(
    {
      name: 'oakring_placement_seconds',
      is: 'From an instance wanting a place to having one, by commit times, while this manager led.',
      remedy:
        'slow with free room: look at oakring_scheduler_plan_seconds and oakring_append_seconds.',
    },
    () => sources.ledger.placing,
  );
  book.histogram(
    {
      name: 'oakring_start_seconds',
      is: 'From an instance wanting a place to being heard to run, by commit times, while this manager led.',
      remedy:
        'far above oakring_placement_seconds: workers take long to start it (images are pulled), or orders to reach them (oakring_order_ack_seconds).',
    },
    () => sources.ledger.starting,
  );
}

function addOrders(book: Book, sources: MetricSources): void {
  book.histogram(
    {
      name: 'oakring_order_ack_seconds',
      is: 'From an order to a worker to its receipt there (to the broker, for workers that do not acknowledge), while this manager led.',
      remedy:
        'above 2 orders are sent again: look at the broker, the network and the load of the nodes.',
    },
    () => sources.ledger.acknowledging,
  );
  book.counter(
    {
      name: 'oakring_order_retries_total',
      is: 'Orders that were sent again while this manager led.',
      remedy:
        'growing steadily: messages are lost, or workers are too slow; oakring_nodes and the log of a worker say which.',
    },
    () => sources.ledger.retries,
  );
}
