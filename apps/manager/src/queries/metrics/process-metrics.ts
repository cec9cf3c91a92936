// oxlint-disable-next-line no-restricted-imports -- it measures the real event loop, whatever the time
import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, type Registry } from 'prom-client';

const microsecondsPerSecond = 1e6;
const nanosecondsPerSecond = 1e9;

/**
 * What prom-client says of the process, but for two kinds of figures that it gets wrong at a first
 * scrape: it counts CPU time from its own beginning, and a histogram without a value has a minimum of
 * 292 years. The names are prom-client's: dashboards know them.
 */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    if (/^process_cpu_|^nodejs_eventloop_lag_/.test(name)) registry.removeSingleMetric(name);
  }
  addCpuTime(registry);
  addLoopDelay(registry);
}

function addCpuTime(registry: Registry): void {
  const kinds: readonly [name: string, spent: (usage: NodeJS.CpuUsage) => number][] = [
    ['user_', ({ user }) => user],
    ['system_', ({ system }) => system],
    ['', ({ user, system }) => user + system],
  ];
  for (const [name, spent] of kinds) {
    const counter: Counter = new Counter({
      name: `process_cpu_${name}seconds_total`,
      help: 'CPU time spent since the process began.',
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc(spent(process.cpuUsage()) / microsecondsPerSecond);
      },
    });
  }
}

function addLoopDelay(registry: Registry): void {
  const histogram = monitorEventLoopDelay();
  histogram.enable();
  const figures: readonly [name: string, of: (delays: IntervalHistogram) => number][] = [
    ['min', ({ min }) => min],
    ['max', ({ max }) => max],
    ['mean', ({ mean }) => mean],
    ['stddev', ({ stddev }) => stddev],
    ['p50', (delays) => delays.percentile(50)],
    ['p90', (delays) => delays.percentile(90)],
    ['p99', (delays) => delays.percentile(99)],
  ];
  const gauges = figures.map(([name, figure]) => ({
    figure,
    gauge: new Gauge({
      name: `nodejs_eventloop_lag_${name}_seconds`,
      help: `Delay of the event loop since the last scrape: ${name}; 0 before the first value.`,
      registers: [registry],
      // All at once, with the first of them: a scrape begins the histogram anew.
      ...(name === 'min' ? { collect: () => take() } : {}),
    }),
  }));
  const take = (): void => {
    if (histogram.count === 0) return;
    for (const { gauge, figure } of gauges) gauge.set(figure(histogram) / nanosecondsPerSecond);
    histogram.reset();
  };
}
