import { performance } from 'node:perf_hooks';
import { ack, given, plan, ready, submitJob } from '../apps/manager/src/testing/given.js';
import { CommandFigures } from '../apps/manager/src/commands/command-figures.js';
import { LedgerCounts } from '../apps/manager/src/queries/metrics/ledger-counts.js';
import { managerFigures } from '../apps/manager/src/queries/metrics/manager-figures.js';
import {
  EvidenceSources,
  MetricSources,
  TrafficSources,
} from '../apps/manager/src/queries/metrics/metric-sources.js';
import { TelemetryTable } from '../apps/manager/src/telemetry/telemetry-table.js';
import { LedgerVerification } from '../apps/manager/src/verification/ledger-verification.js';
import { Projection } from '../apps/manager/src/views/projection.js';
import { Refusals } from '@oakring/http';
import { Distribution, Labelled, quickSeconds, Scrapes } from '@oakring/metrics';
import type { ClusterState } from '@oakring/model';
import { systemPorts } from '@oakring/ports';
import { MemoryEventLog } from '@oakring/stores';
import { middleAndTail, type Figures } from './figures.js';

const nodes = 5_000;
const instancesOfEach = 10;
const times = 100;
const observations = 5_000_000;
const ports = systemPorts();

/** What a scrape takes of the event loop with 5 000 nodes and 50 000 instances, and what one count takes. */
export async function benchMetrics(): Promise<Figures> {
  const scrapes = new Scrapes((book) => managerFigures(book, sourcesOf(filledState())));
  // It loads prom-client.
  const { text } = await scrapes.scrape();
  const tookMs: number[] = [];
  const cpuMs: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const before = performance.eventLoopUtilization();
    const { user, system } = process.cpuUsage();
    await scrapes.scrape();
    tookMs.push(performance.eventLoopUtilization(before).active);
    const spent = process.cpuUsage();
    cpuMs.push((spent.user + spent.system - user - system) / 1_000);
  }
  return {
    [`${nodes} nodes, ${nodes * instancesOfEach} instances: a scrape's event loop, p50 / p99 ms (goal 50)`]:
      middleAndTail(tookMs),
    'CPU of a scrape, whatever else the machine does, p50 / p99 ms': middleAndTail(cpuMs),
    'its lines': text.split('\n').length,
    'its KiB': Math.round(text.length / 1_024),
    'one observation, ns': observedNs().toFixed(1),
  };
}

/** One in ten of the jobs waits for room, one in ten has its orders under way, all else runs. */
function filledState(): ClusterState {
  const cluster = given();
  for (let number = 0; number < nodes; number += 1) {
    const [node, job] = [`edge-${number}`, `job-${number}`];
    for (const command of ready(node)) cluster.when(command);
    const resources = { cpuMillis: 100, memoryMiB: 64 };
    cluster.when(submitJob(job, { count: instancesOfEach, resources }));
    if (number % 10 === 0) {
      const refusal = { code: 'no-capacity', detail: 'nothing is large enough' };
      cluster.when({ type: 'RefusePlacement', id: job, ...refusal });
      continue;
    }
    cluster.when(plan(job, ...Array.from({ length: instancesOfEach }, () => node)));
    if (number % 10 === 1) continue;
    for (const id of [...cluster.state.unsentOfNode.of(node)]) {
      cluster.when(ack(node, id, 'succeeded'));
    }
  }
  return cluster.state;
}

function sourcesOf(state: ClusterState): MetricSources {
  const projection = new Projection(state, ports);
  const leadership = { status: { leading: true, leader: null }, processes: [] };
  const log = new MemoryEventLog();
  const place = { place: 'memory', warn: () => {} };
  const refusals = new Refusals(ports.clock, () => {});
  const letters = { list: () => [], counts: () => new Map() };
  const verification = new LedgerVerification({ log, projection, ports, ...place });
  return new MetricSources(
    projection,
    new LedgerCounts(projection, leadership, ports),
    new TrafficSources(readingsOf(state), letters, new Map(), refusals, requestTimes()),
    new EvidenceSources(log, verification, [], null),
    leadership,
    ports,
    {
      commands: new CommandFigures(),
      leadership: { leaseMarginMs: 1_500, lagMs: 0, reachesStore: true, reachesBroker: true },
      scheduler: { obstacle: async () => null },
      obstacle: async () => null,
      folders: { data: '.' },
      certificates: [],
    },
  );
}

/** Of every route, by every method, with every kind of answer. */
function requestTimes(): Labelled<Distribution> {
  const requests = new Labelled(() => new Distribution(quickSeconds));
  for (const route of ['Jobs', 'Nodes', 'Ledger', 'Operation', 'Root', 'none']) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      for (const status of ['2xx', '4xx', '5xx']) requests.of(route, method, status).observe(0.001);
    }
  }
  return requests;
}

function readingsOf(state: ClusterState): TelemetryTable {
  const table = new TelemetryTable(ports);
  for (const node of state.nodes.values()) {
    const figures = { cpu: 1_250, memory: 2_550, instances: null };
    table.record(node, { incarnation: 1, sequence: 1, at: null, ...figures }, 1, 1);
  }
  return table;
}

function observedNs(): number {
  const distribution = new Distribution(quickSeconds);
  const began = performance.now();
  for (let count = 0; count < observations; count += 1) distribution.observe((count % 100) / 1_000);
  return ((performance.now() - began) * 1e6) / observations;
}
