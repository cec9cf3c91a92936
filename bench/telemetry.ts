import { performance } from 'node:perf_hooks';
import type { Figures } from './figures.js';
import { get, pause, send } from './manager-http.js';
import { forkModule, startUp, temporaryFolder } from './processes.js';

const nodes = 1000;
const readings = 400_000;
const rounds = 3;

/**
 * From a socket full of PUBLISH packets through to the node table and the telemetry log, against a
 * bare MQTT.js client with JSON.parse, in turn in the same run.
 */
export async function benchTelemetry(): Promise<Figures> {
  const results: { bare: number; ours: number; ratio: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const bare = await measureBare();
    const ours = await measureOurs();
    results.push({ bare, ours, ratio: ours / bare });
  }
  results.sort((a, b) => a.ratio - b.ratio);
  const median = results[Math.floor(rounds / 2)] ?? { bare: 0, ours: 0, ratio: 0 };
  return {
    'bare MQTT.js + JSON.parse, readings/s': Math.round(median.bare),
    'oakring to table and log, readings/s': Math.round(median.ours),
    'ratio (goal ≥ 0.5)': median.ratio.toFixed(2),
    'ratios of all rounds': results.map(({ ratio }) => ratio.toFixed(2)).join(', '),
  };
}

async function measureBare(): Promise<number> {
  const flood = forkModule('flood-load.ts', [nodes, readings]);
  const { port } = await flood.wait<{ port: number }>();
  const bare = forkModule('bare-telemetry-load.ts', [`mqtt://127.0.0.1:${port}`, readings]);
  await flood.wait();
  flood.send({ flood: true });
  const { perSecond } = await bare.wait<{ perSecond: number }>();
  bare.stop();
  flood.stop();
  return perSecond;
}

async function measureOurs(): Promise<number> {
  const { folder, remove } = temporaryFolder();
  const flood = forkModule('flood-load.ts', [nodes, readings]);
  const { port } = await flood.wait<{ port: number }>();
  const up = await startUp(folder, { OAKRING_MQTT_URL: `mqtt://127.0.0.1:${port}` });
  await flood.wait();
  for (let index = 0; index < nodes; index += 1) {
    const id = `edge-${String(index).padStart(4, '0')}`;
    await send(up.url, '/api/v1/nodes', { id, name: id, ip: '127.0.0.1', port: 1 });
  }
  const before = await taken(up.url);
  flood.send({ flood: true });
  const startedMs = performance.now();
  let now = before;
  while (now - before < readings) {
    await pause(100);
    now = await taken(up.url);
    if (performance.now() - startedMs > 60_000) throw new Error(`only ${now - before} readings`);
  }
  const perSecond = readings / ((performance.now() - startedMs) / 1000);
  await up.stop();
  flood.stop();
  remove();
  return perSecond;
}

/** Number of readings in the table. */
async function taken(url: string): Promise<number> {
  const changes = '/api/v1/node-changes?since=999999999&telemetrySince=999999999';
  return (await get<{ telemetry: number }>(url, changes)).telemetry;
}
