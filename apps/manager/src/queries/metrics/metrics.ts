import type { Refusals } from '@oakring/http';
import { Counter, Gauge, Registry } from 'prom-client';
import type { TelemetryReader } from '../../telemetry/telemetry-table.js';
import type { Projection } from '../../views/projection.js';
import { clusterKey, cosignedUpTo } from '@oakring/model';
import { crashLoopFrom, shownStatus } from '../job-answer.js';
import type {
  DeadLetterList,
  LeadershipView,
  VerificationView,
  WitnessView,
} from '../../injection/query-tokens.js';
import type { EvidenceSources } from './evidence-sources.js';
import { addProcessMetrics } from './process-metrics.js';
import { addRootMetrics } from './root-metrics.js';

/** Everything is read off the views when it is asked for; nothing is counted on a hot path. */
export function managerMetrics(sources: {
  readonly projection: Projection;
  readonly telemetry: TelemetryReader;
  readonly deadLetters: DeadLetterList;
  readonly messages: ReadonlyMap<string, number>;
  readonly refusals: Refusals;
  readonly leadership: LeadershipView;
  readonly evidence: EvidenceSources;
}): Registry {
  const { projection, telemetry, deadLetters, messages, refusals, leadership, evidence } = sources;
  const registry = new Registry();
  addProcessMetrics(registry);
  addViewMetrics(registry, projection);
  addConsequenceMetrics(registry, leadership);
  addVerificationMetrics(registry, evidence.verification);
  addWitnessMetrics(registry, projection, evidence.witnesses);
  const { clock } = evidence.ports;
  addRootMetrics(registry, projection.state, evidence.root, () => clock.wallMs());
  const readings = new Counter({
    name: 'oakring_telemetry_readings_total',
    help: 'Readings accepted since the start.',
    registers: [registry],
    collect() {
      readings.reset();
      readings.inc(telemetry.newest);
    },
  });
  const shed = new Counter({
    name: 'oakring_telemetry_readings_shed_total',
    help: 'Readings given up under overload since the start, oldest first.',
    registers: [registry],
    collect() {
      shed.reset();
      shed.inc(telemetry.shedTotal);
    },
  });
  addCounts(registry, () => messages, {
    name: 'oakring_messages_total',
    help: 'Messages of workers since the start, readable or not, by what they say.',
    label: 'what',
  });
  addCounts(registry, () => deadLetters.counts(), {
    name: 'oakring_dead_letters_total',
    help: 'Messages refused since the start, by code.',
    label: 'code',
  });
  addCounts(registry, () => refusals.counts(), {
    name: 'oakring_http_refused_total',
    help: 'Requests since the start of those who may not ask: no token, another host, another site.',
    label: 'code',
  });
  return registry;
}

function addCounts(
  registry: Registry,
  counts: () => ReadonlyMap<string, number>,
  { name, help, label }: { readonly name: string; readonly help: string; readonly label: string },
): void {
  const counter: Counter = new Counter({
    ...{ name, help, labelNames: [label], registers: [registry] },
    collect() {
      counter.reset();
      for (const [value, count] of counts()) counter.inc({ [label]: value }, count);
    },
  });
}

/** What happens by itself, by the names of the processes (compose/processes.ts). */
function addConsequenceMetrics(registry: Registry, leadership: LeadershipView): void {
  const labelNames = ['process'] as const;
  const keys: Gauge<'process'> = new Gauge({
    name: 'oakring_process_keys',
    help: 'What each process of the leader has before it.',
    labelNames,
    registers: [registry],
    collect() {
      keys.reset();
      for (const each of leadership.processes) keys.set({ process: each.name }, each.keys);
    },
  });
  const oldest: Gauge<'process'> = new Gauge({
    name: 'oakring_process_oldest_seconds',
    help: 'For how long each process has had the oldest of that before it.',
    labelNames,
    registers: [registry],
    collect() {
      oldest.reset();
      for (const { name, oldestMs } of leadership.processes) {
        oldest.set({ process: name }, oldestMs / 1_000);
      }
    },
  });
  const failures: Counter<'process'> = new Counter({
    name: 'oakring_process_failures_total',
    help: 'Steps of each process that failed since this manager leads; they are taken again.',
    labelNames,
    registers: [registry],
    collect() {
      failures.reset();
      for (const each of leadership.processes) failures.inc({ process: each.name }, each.failures);
    },
  });
}

/** What GET /api/v1/ledger/verify says, for alarms. */
function addVerificationMetrics(registry: Registry, verification: VerificationView): void {
  const verified: Gauge = new Gauge({
    name: 'oakring_ledger_verified_position',
    help: 'Position up to which this manager has verified the ledger since its start.',
    registers: [registry],
    collect: () => verified.set(verification.result.verifiedTo),
  });
  const age: Gauge = new Gauge({
    name: 'oakring_ledger_verification_age_seconds',
    help: 'Seconds since all of the ledger had been verified; before the first time since the start.',
    registers: [registry],
    collect: () => age.set(verification.ageMs / 1_000),
  });
  const failures: Counter = new Counter({
    name: 'oakring_ledger_verification_failures_total',
    help: '1 once this manager has found the ledger damaged.',
    registers: [registry],
    collect() {
      failures.reset();
      failures.inc(verification.trouble === null ? 0 : 1);
    },
  });
}

/** What witnesses say of the ledger, for alarms: what is not seen for long, and what is seen otherwise. */
function addWitnessMetrics(
  registry: Registry,
  { state }: Pick<Projection, 'state'>,
  witnesses: readonly WitnessView[],
): void {
  const seen: Gauge<'witness'> = new Gauge({
    name: 'oakring_witness_seen_position',
    help: 'Position up to which each witness cosigned one of the newest checkpoints; 0: none of them.',
    labelNames: ['witness'],
    registers: [registry],
    collect() {
      for (const { name, verifierKey } of witnesses) {
        seen.set({ witness: name }, cosignedUpTo(state, verifierKey));
      }
    },
  });
  const objects: Gauge<'witness'> = new Gauge({
    name: 'oakring_witness_objects',
    help: '1 while a witness refuses our checkpoint by its newest answer: it saw another history.',
    labelNames: ['witness'],
    registers: [registry],
    collect() {
      for (const each of witnesses) objects.set({ witness: each.name }, each.objects ? 1 : 0);
    },
  });
}

function addViewMetrics(registry: Registry, projection: Projection): void {
  const { state } = projection;
  const head: Gauge = new Gauge({
    name: 'oakring_ledger_head_position',
    help: 'Position of the newest commit that the views reflect.',
    registers: [registry],
    collect: () => head.set(projection.position),
  });
  const nodes: Gauge = new Gauge({
    name: 'oakring_nodes',
    help: 'Nodes by status.',
    labelNames: ['status'],
    registers: [registry],
    collect: () => setCounts(nodes, state.nodes.values(), ({ status }) => status),
  });
  const storm: Gauge = new Gauge({
    name: 'oakring_storm',
    help: '1 while mass silence is taken for our own blindness and nothing is replaced.',
    registers: [registry],
    collect: () => storm.set(state.cluster.get(clusterKey)?.storm ? 1 : 0),
  });
  const crashLooping: Gauge = new Gauge({
    name: 'oakring_instances_crash_looping',
    help: 'Instances that failed three times in a row or more.',
    registers: [registry],
    collect: () => {
      let count = 0;
      for (const { failures } of state.instances.values())
        if (failures >= crashLoopFrom) count += 1;
      crashLooping.set(count);
    },
  });
  const instances: Gauge = new Gauge({
    name: 'oakring_instances',
    help: 'Instances by status.',
    labelNames: ['status'],
    registers: [registry],
    collect: () => setCounts(instances, state.instances.values(), (it) => shownStatus(state, it)),
  });
}

function setCounts<R>(gauge: Gauge, records: Iterable<R>, statusOf: (record: R) => string): void {
  const counts = new Map<string, number>();
  for (const record of records) {
    const status = statusOf(record);
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  gauge.reset();
  for (const [status, count] of counts) gauge.set({ status }, count);
}
