// oxlint-disable-next-line no-restricted-imports -- it measures the real event loop, whatever the time
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { Book, Described, Listed } from './book.js';

const microsecondsPerSecond = 1e6;
const nanosecondsPerSecond = 1e9;

/**
 * What prom-client says wrongly of the process at a first scrape: it counts CPU time from its own
 * beginning, and a histogram without a value has a minimum of 292 years. The names are prom-client's:
 * dashboards know them.
 */
export function addProcessFigures(book: Book): void {
  addCpuTime(book);
  addLoopDelay(book);
}

function addCpuTime(book: Book): void {
  const kinds: readonly [name: string, of: string, spent: (usage: NodeJS.CpuUsage) => number][] = [
    ['user_', ' by its own code', ({ user }) => user],
    ['system_', ' by the kernel for it', ({ system }) => system],
    ['', '', ({ user, system }) => user + system],
  ];
  for (const [name, of, spent] of kinds) {
    book.counter(
      {
        name: `process_cpu_${name}seconds_total`,
        is: `CPU time spent${of} since the process began.`,
        remedy:
          'near one core a second, look at nodejs_eventloop_lag_p99_seconds and docs/sizing.md.',
      },
      () => spent(process.cpuUsage()) / microsecondsPerSecond,
    );
  }
}

const delays: readonly [name: string, of: (delays: IntervalHistogram) => number][] = [
  ['min', ({ min }) => min],
  ['max', ({ max }) => max],
  ['mean', ({ mean }) => mean],
  ['stddev', ({ stddev }) => stddev],
  ['p50', (histogram) => histogram.percentile(50)],
  ['p90', (histogram) => histogram.percentile(90)],
  ['p99', (histogram) => histogram.percentile(99)],
];

function addLoopDelay(book: Book): void {
  let histogram: IntervalHistogram | null = null;
  let taken: readonly number[] = delays.map(() => 0);
  // All at once: a scrape begins the histogram anew.
  book.before(() => {
    if (histogram === null) {
      const begun = monitorEventLoopDelay();
      begun.enable();
      histogram = begun;
    }
    const seen = histogram;
    if (seen.count === 0) return;
    taken = delays.map(([, figure]) => figure(seen) / nanosecondsPerSecond);
    seen.reset();
  });
  delays.forEach(([name], at) =>
    book.gauge(
      {
        name: `nodejs_eventloop_lag_${name}_seconds`,
        is: `Delay of the event loop since the last scrape: ${name}; 0 before the first value.`,
        remedy:
          'above 0.1 for minutes everything here is late: give the machine more of a core, or move load away (docs/sizing.md).',
      },
      () => taken[at] ?? null,
    ),
  );
}

const look =
  'growing from day to day it is a leak: restart the program in order, and tell us with its log.';
const memory = 'near the limit of the machine or container, raise that (docs/sizing.md); ' + look;
const told = 'nothing to do: it tells machines and versions apart.';

/** What prom-client measures by itself, in our words. */
const ofNode: readonly (readonly [Listed['type'], ...string[]])[] = [
  [
    'gauge',
    'process_start_time_seconds',
    'When the process began, seconds since 1970.',
    'younger than expected it was started again: its log says why.',
  ],
  ['gauge', 'process_resident_memory_bytes', 'Memory of the process in RAM.', memory],
  [
    'gauge',
    'process_virtual_memory_bytes',
    'Addresses of the process; files that are mapped count.',
    told,
  ],
  ['gauge', 'process_heap_bytes', 'Data segment of the process.', memory],
  [
    'gauge',
    'process_open_fds',
    'Open files and connections.',
    'near process_max_fds, raise that limit (LimitNOFILE, ulimit -n).',
  ],
  [
    'gauge',
    'process_max_fds',
    'Files and connections that may be open.',
    'below twice the number of nodes, raise it (LimitNOFILE, ulimit -n).',
  ],
  ['gauge', 'nodejs_active_resources', 'What keeps the event loop alive, by type.', look, 'type'],
  ['gauge', 'nodejs_active_resources_total', 'What keeps the event loop alive.', look],
  [
    'gauge',
    'nodejs_active_handles',
    'Open handles (sockets, timers, files), by class.',
    look,
    'type',
  ],
  ['gauge', 'nodejs_active_handles_total', 'Open handles.', look],
  [
    'gauge',
    'nodejs_active_requests',
    'Requests to the system that are under way, by class.',
    'many for minutes: the disk or a name server does not answer.',
    'type',
  ],
  [
    'gauge',
    'nodejs_active_requests_total',
    'Requests to the system that are under way.',
    'many for minutes: the disk or a name server does not answer.',
  ],
  ['gauge', 'nodejs_heap_size_total_bytes', 'Heap of JavaScript, reserved.', memory],
  ['gauge', 'nodejs_heap_size_used_bytes', 'Heap of JavaScript, in use.', memory],
  [
    'gauge',
    'nodejs_external_memory_bytes',
    'Memory of objects outside of the heap (buffers).',
    memory,
  ],
  [
    'gauge',
    'nodejs_heap_space_size_total_bytes',
    'Heap of JavaScript by space, reserved.',
    memory,
    'space',
  ],
  [
    'gauge',
    'nodejs_heap_space_size_used_bytes',
    'Heap of JavaScript by space, in use.',
    memory,
    'space',
  ],
  [
    'gauge',
    'nodejs_heap_space_size_available_bytes',
    'Heap of JavaScript by space, free.',
    memory,
    'space',
  ],
  [
    'gauge',
    'nodejs_version_info',
    'Version of Node, always 1.',
    told,
    'version',
    'major',
    'minor',
    'patch',
  ],
  [
    'histogram',
    'nodejs_gc_duration_seconds',
    'Pauses for garbage collection, by kind.',
    'major ones above 0.1: the heap is near its limit, give it more memory.',
    'kind',
  ],
];

/** The same, as a list of metrics that are not read by us. */
export const figuresOfNode: readonly Listed[] = ofNode.map(
  ([type, name = '', is = '', remedy = '', ...labels]) => ({ type, name, is, remedy, labels }),
);

/** In our words where there are some. */
export function describedOfNode(name: string): Described | undefined {
  return figuresOfNode.find((each) => each.name === name);
}
