import type { Book, Sample } from '@oakring/metrics';
import type { LeadershipView } from '../../injection/query-tokens.js';
import type { MetricSources } from './metric-sources.js';
import { samplesOf } from './view-figures.js';

/** What comes in, and what happens by itself. */
export function addTrafficFigures(book: Book, sources: MetricSources): void {
  addMessages(book, sources);
  addProcesses(book, sources);
}

function addMessages(book: Book, sources: MetricSources): void {
  book.counter(
    {
      name: 'oakring_telemetry_readings_total',
      is: 'Readings accepted since the start.',
      remedy:
        'standing still on the leader: no worker is heard; look at oakring_link_up{link="broker"}.',
    },
    () => sources.traffic.telemetry.newest,
  );
  book.counter(
    {
      name: 'oakring_telemetry_readings_shed_total',
      is: 'Readings given up under overload since the start, oldest first.',
      remedy:
        'growing: more comes in than this machine takes; fewer readings (a longer period), or more of a core (docs/sizing.md).',
    },
    () => sources.traffic.telemetry.shedTotal,
  );
  book.counter(
    {
      name: 'oakring_messages_total',
      is: 'Messages of workers since the start, readable or not, by what they say.',
      remedy:
        'more of a kind than nodes and their period explain: a worker repeats itself; oakring dead-letters and its log say why.',
      labels: ['what'],
    },
    () => samplesOf(sources.traffic.messages),
  );
  book.counter(
    {
      name: 'oakring_dead_letters_total',
      is: 'Messages refused since the start, by code.',
      remedy: 'growing: oakring dead-letters shows them with the reason.',
      labels: ['code'],
    },
    () => samplesOf(sources.traffic.deadLetters.counts()),
  );
  book.counter(
    {
      name: 'oakring_http_refused_total',
      is: 'Requests since the start of those who may not ask: no token, a role that may not, too many, another host, another site.',
      remedy:
        'growing: the log names the address; give the program its token, OAKRING_HTTP_RATE a higher figure (too-many-requests), or OAKRING_ALLOWED_HOSTS the name that it uses.',
      labels: ['code'],
    },
    () => samplesOf(sources.traffic.refusals.counts()),
  );
}

/** By the names of the processes (compose/processes.ts). */
function addProcesses(book: Book, sources: MetricSources): void {
  const each = (figure: (health: LeadershipView['processes'][number]) => number): Sample[] =>
    sources.leadership.processes.map((health) => [figure(health), health.name]);
  book.gauge(
    {
      name: 'oakring_process_keys',
      is: 'What each process of the leader has before it; followers have none.',
      remedy:
        'growing without end: what it does fails or is slow; look at its failures and its oldest.',
      labels: ['process'],
    },
    () => each(({ keys }) => keys),
  );
  book.gauge(
    {
      name: 'oakring_process_oldest_seconds',
      is: 'For how long each process has had the oldest of that before it.',
      remedy:
        'placements, outbox or stops above minutes: GET /api/v1/cluster (oakring cluster) says what they cannot do.',
      labels: ['process'],
    },
    () => each(({ oldestMs }) => oldestMs / 1_000),
  );
  book.counter(
    {
      name: 'oakring_process_failures_total',
      is: 'Steps of each process that failed since this manager leads; they are taken again.',
      remedy: 'growing: the log says what fails, under the name of the process.',
      labels: ['process'],
    },
    () => each(({ failures }) => failures),
  );
}
