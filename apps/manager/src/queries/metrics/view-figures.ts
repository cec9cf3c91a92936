import type { ResourceName } from '@oakring/contracts';
import { clusterKey } from '@oakring/model';
import type { Book, Sample } from '@oakring/metrics';
import type { Amounts, Census } from './census.js';
import type { MetricSources } from './metric-sources.js';

type Taken = () => Census;

/** What the views hold. */
export function addViewFigures(book: Book, sources: MetricSources, taken: Taken): void {
  book.gauge(
    {
      name: 'oakring_ledger_head_position',
      is: 'Position of the newest commit that the views reflect.',
      remedy:
        'standing still although something is asked for: look at oakring_leading and oakring_append_seconds.',
    },
    () => sources.projection.position,
  );
  book.counter(
    {
      name: 'oakring_events_total',
      is: 'Events of the ledger that this manager has seen since its start, by type.',
      remedy: 'more of a type than usual: oakring events --type <type> shows them.',
      labels: ['type'],
    },
    () => samplesOf(sources.ledger.events),
  );
  book.gauge(
    {
      name: 'oakring_storm',
      is: '1 while mass silence is taken for our own blindness and nothing is replaced.',
      remedy: 'look at the broker and at the network between it and the nodes; it ends by itself.',
    },
    () => (sources.projection.state.cluster.get(clusterKey)?.storm ? 1 : 0),
  );
  addNodes(book, taken);
  addInstances(book, taken);
  addPending(book, sources, taken);
  addDrift(book, sources, taken);
}

function addNodes(book: Book, taken: Taken): void {
  book.gauge(
    {
      name: 'oakring_nodes',
      is: 'Nodes by status.',
      remedy:
        'suspect, disconnected or lost: oakring node ls says since when; look at the machine, its network and its worker.',
      labels: ['status'],
    },
    () => samplesOf(taken().nodes),
  );
  const sums = 'over all registered nodes; cpu in cores, memory in bytes, gpu in cards.';
  book.gauge(
    {
      name: 'oakring_capacity',
      is: `What the nodes have, summed ${sums}`,
      remedy: 'less than it was: a node was forgotten, or offers less; oakring node ls says which.',
      labels: ['resource'],
    },
    () => amountSamples(taken().capacity),
  );
  book.gauge(
    {
      name: 'oakring_reserved',
      is: `What placements reserve, summed ${sums}`,
      remedy: 'near oakring_capacity: add nodes, or take jobs off, before something stays pending.',
      labels: ['resource'],
    },
    () => amountSamples(taken().reserved),
  );
  book.gauge(
    {
      name: 'oakring_used',
      is: `What nodes use by their newest readings, summed ${sums} The leader hears them; followers have none.`,
      remedy:
        'far above oakring_reserved: something runs there that is not ours, or jobs ask for less than they take.',
      labels: ['resource'],
    },
    () => amountSamples(taken().used),
  );
  book.gauge(
    {
      name: 'oakring_nodes_overcommitted',
      is: 'Nodes with more reserved than they have.',
      remedy:
        'only a node that shrank may be one (oakring node show <id>): move jobs off it; else report it as a fault of ours.',
    },
    () => taken().overcommitted,
  );
}

function addInstances(book: Book, taken: Taken): void {
  book.gauge(
    {
      name: 'oakring_instances',
      is: 'Instances by status.',
      remedy: 'failed, lost or unknown: oakring job ls, then oakring job show <id> --why.',
      labels: ['status'],
    },
    () => samplesOf(taken().instances),
  );
  book.gauge(
    {
      name: 'oakring_instances_health',
      is: 'Instances with health checks by what their workers have said of them.',
      remedy:
        'unhealthy: oakring job show <id> says what fails; each is stopped and tried again as one that failed.',
      labels: ['health'],
    },
    () => samplesOf(taken().health),
  );
  book.gauge(
    {
      name: 'oakring_instances_crash_looping',
      is: 'Instances that failed three times in a row or more.',
      remedy:
        'oakring job show <id> lists the attempts with their reasons; mend the job, or its node.',
    },
    () => taken().crashLooping,
  );
  book.gauge(
    {
      name: 'oakring_instances_given_up',
      is: 'Instances that failed too often and are not tried again by themselves.',
      remedy: 'mend what they fail for, then oakring job restart <id>.',
    },
    () => taken().givenUp,
  );
}

function addPending(book: Book, sources: MetricSources, taken: Taken): void {
  book.gauge(
    {
      name: 'oakring_instances_pending',
      is: 'Instances without a place, by the code of the newest refusal; undecided: no answer yet; waits-for-end: something of it must end first.',
      remedy:
        'no-capacity: oakring job show <id> --why says what is lacking; scheduler-unavailable: look at oakring_link_up; waits-for-end for long: a node that is gone holds it (oakring node forget).',
      labels: ['reason'],
    },
    () => samplesOf(taken().pending),
  );
  book.gauge(
    {
      name: 'oakring_instances_pending_oldest_seconds',
      is: 'For how long the oldest of them has waited; 0: none waits.',
      remedy: 'as oakring_instances_pending says; oakring job ls shows which job it is.',
    },
    () => sources.ageOf(taken().pendingSince),
  );
}

function addDrift(book: Book, sources: MetricSources, taken: Taken): void {
  book.gauge(
    {
      name: 'oakring_instances_drifted',
      is: 'On ready nodes: instances that are wanted and not known to run, and such as are there and not wanted.',
      remedy:
        'some are on their way; those that stay: oakring node show <id> lists what nobody ordered, its log says why an order fails.',
    },
    () => taken().drifted,
  );
  book.gauge(
    {
      name: 'oakring_drift_oldest_seconds',
      is: 'For how long the oldest of them has been so; 0: there is none.',
      remedy:
        'above some minutes a worker does not do what it is told: look at its log and at oakring_order_ack_seconds.',
    },
    () => sources.ageOf(taken().driftSince),
  );
  book.gauge(
    {
      name: 'oakring_orders_in_flight',
      is: 'Orders to workers that were issued and have not ended, by what they are.',
      remedy:
        'many for minutes: workers do not answer; look at oakring_link_up, oakring_nodes and oakring_order_retries_total.',
      labels: ['operation'],
    },
    () => samplesOf(taken().orders),
  );
}

export function* samplesOf(counts: ReadonlyMap<string, number>): Generator<Sample> {
  for (const [value, count] of counts) yield [count, value];
}

/** In units that need no explanation. */
const units: Readonly<Record<ResourceName, readonly [label: string, each: number]>> = {
  cpuMillis: ['cpu', 1 / 1_000],
  memoryMiB: ['memory', 1_048_576],
  gpus: ['gpu', 1],
};

function* amountSamples(amounts: Amounts): Generator<Sample> {
  for (const [name, amount] of amounts) {
    const [label, each] = units[name];
    yield [amount * each, label];
  }
}
