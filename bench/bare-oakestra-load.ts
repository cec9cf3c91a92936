// The floor: a bare MQTT.js client that parses the same messages and counts them. Argument: url. Told how
// many to count, it answers with how fast they came.
import { performance } from 'node:perf_hooks';
import { connect } from 'mqtt';
import { cpuSeconds, tell } from './processes.js';

export interface Counted {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

const [url = ''] = process.argv.slice(2);
const client = connect(url, { reconnectPeriod: 0 });
let wanted = 0;
let count = 0;
let startedMs = 0;
let startedCpu = 0;
let sum = 0;
client.on('message', (topic, payload) => {
  const body = JSON.parse(payload.toString()) as { services?: unknown[]; cpu_percent?: number };
  sum += (body.services?.length ?? 0) + (body.cpu_percent ?? 0) + topic.length;
  if (wanted === 0) return;
  if (count === 0) [startedMs, startedCpu] = [performance.now(), cpuSeconds(process.pid)];
  count += 1;
  if (count < wanted) return;
  const counted: Counted = {
    perSecond: count / ((performance.now() - startedMs) / 1000),
    perCpuSecond: count / (cpuSeconds(process.pid) - startedCpu),
  };
  [wanted, count] = [0, 0];
  tell({ ...counted, sum });
});
process.on('message', (asked: { count: number }) => {
  wanted = asked.count;
});
const filters = {
  'nodes/+/information': { qos: 0 },
  'nodes/+/jobs/resources': { qos: 1 },
} as const;
client.on('connect', () => client.subscribe(filters));
