import { performance } from 'node:perf_hooks';
import type { Counted } from './bare-oakestra-load.js';
import { sortedNumbers, percentile, type Figures } from './figures.js';
import { pause } from './manager-http.js';
import { orderInstance, registerMachine } from './oakestra-http.js';
import { hostName } from './oakestra-machine.js';
import type { FloodOrder } from './oakestra-flood-load.js';
import { cpuSeconds, forkModule, startUp, temporaryFolder, type Forked } from './processes.js';

const nodes = 200;
const instances = 5;
/** Of a heartbeat and a list of each node. */
const roundsOnce = 150;
const messages = nodes * 2 * roundsOnce;
const times = 5;
const atOnce = 32;

/**
 * Heartbeats, and lists of five running instances, from a full socket through inference to table and
 * log, against a bare MQTT.js client that parses the same, in turn in the same run. By the clock, and by
 * the processor's time (the whole of each process), which other programs disturb less.
 */
export async function benchOakestraIntake(): Promise<Figures> {
  const { folder, remove } = temporaryFolder();
  const [oursFlood, bareFlood] = [await Flood.start(), await Flood.start()];
  const up = await startUp(folder, { OAKRING_OAKESTRA: 'true', OAKRING_MQTT_URL: oursFlood.url });
  await oursFlood.subscribed();
  const ids = await registerAll(up.url);
  await oursFlood.place(ids, () => orderAll(up.url));
  const bare = forkModule('bare-oakestra-load.ts', [bareFlood.url]);
  await bareFlood.subscribed();
  bareFlood.show(ids);
  const results: { bare: Counted; ours: Counted }[] = [];
  for (let time = 0; time < times; time += 1) {
    bare.send({ count: messages });
    bareFlood.flood();
    const floor = await bare.wait<Counted>();
    results.push({ bare: floor, ours: await measureOurs(up, oursFlood) });
  }
  for (const child of [bare, oursFlood, bareFlood]) child.stop();
  await up.stop();
  remove();
  return figuresOf(results);
}

function figuresOf(results: readonly { bare: Counted; ours: Counted }[]): Figures {
  const middle = (values: readonly number[]): number => percentile(sortedNumbers(values), 0.5);
  const thousands = (of: (result: { bare: Counted; ours: Counted }) => number): string =>
    `${(middle(results.map(of)) / 1_000).toFixed(1)} 000`;
  const ratios = (by: keyof Counted): number[] =>
    results.map(({ bare, ours }) => ours[by] / bare[by]);
  const all = sortedNumbers(ratios('perCpuSecond')).map((ratio) => ratio.toFixed(2));
  return {
    'bare MQTT.js + JSON.parse, messages/s · of one core': `${thousands(({ bare }) => bare.perSecond)} · ${thousands(({ bare }) => bare.perCpuSecond)}`,
    'oakring to table and log, messages/s · of one core (goal ≥ 20 000)': `${thousands(({ ours }) => ours.perSecond)} · ${thousands(({ ours }) => ours.perCpuSecond)}`,
    'ratio by the clock · by processor time (goal ≥ 0.5)': `${middle(ratios('perSecond')).toFixed(2)} · ${middle(ratios('perCpuSecond')).toFixed(2)}`,
    'ratios by processor time of all rounds': all.join(', '),
  };
}

class Flood {
  private constructor(
    private readonly child: Forked,
    readonly url: string,
  ) {}

  static async start(): Promise<Flood> {
    const child = forkModule('oakestra-flood-load.ts');
    const { port } = await child.wait<{ port: number }>();
    return new Flood(child, `mqtt://127.0.0.1:${port}`);
  }

  async subscribed(): Promise<void> {
    await this.child.wait();
  }

  /** Its workers speak, and run what they are ordered to. */
  async place(ids: readonly string[], order: () => Promise<void>): Promise<void> {
    const speak: FloodOrder = { nodes: ids, instances };
    this.child.send(speak);
    await order();
    await this.child.wait();
    // Until every list has shown what was ordered, and it is known to run.
    await pause(5_000);
  }

  /** Its workers run as many that nobody ordered. */
  show(ids: readonly string[]): void {
    const speak: FloodOrder = { nodes: ids, running: instances };
    this.child.send(speak);
  }

  flood(): void {
    const order: FloodOrder = { rounds: roundsOnce };
    this.child.send(order);
  }

  stop(): void {
    this.child.stop();
  }
}

async function registerAll(url: string): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < nodes; number += 1) ids.push(await registerMachine(url, number));
  return ids;
}

/** A service for each node. */
async function orderAll(url: string): Promise<void> {
  let next = 0;
  const order = async (): Promise<void> => {
    for (let number = (next += 1); number <= nodes * instances; number = next += 1) {
      const [node, instance] = [number % nodes, Math.floor((number - 1) / nodes)];
      await orderInstance(url, node, instance, hostName(node));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, order));
}

async function measureOurs(
  { url, pid }: { readonly url: string; readonly pid: number },
  flood: Flood,
): Promise<Counted> {
  const before = await taken(url);
  const startedCpu = cpuSeconds(pid);
  const startedMs = performance.now();
  flood.flood();
  for (let now = before; now - before < messages;) {
    await pause(100);
    now = await taken(url);
    if (performance.now() - startedMs > 60_000) throw new Error(`only ${now - before} messages`);
  }
  return {
    perSecond: messages / ((performance.now() - startedMs) / 1_000),
    perCpuSecond: messages / (cpuSeconds(pid) - startedCpu),
  };
}

/** Heartbeats and lists that were handed over. */
async function taken(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = text.matchAll(/^oakring_messages_total\{what="(?:reading|sighting)"\} (\d+)/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
