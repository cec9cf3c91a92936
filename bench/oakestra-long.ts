import { loadavg } from 'node:os';
import { percentile, sortedNumbers, type Figures } from './figures.js';
import { events, everyNode, now, pause, total, until } from './manager-http.js';
import { startRootAndFleet, type Fleet } from './oakestra-fleet.js';
import { serviceDocument, serviceId } from './oakestra-http.js';
import { hostName } from './oakestra-machine.js';
import { cpuSeconds, residentMB } from './processes.js';

const workers = asked('workers', 500);
const instances = 5;
const services = workers * instances;
const atOnce = 4;
const everyMs = 2_000;
const minutes = asked('minutes', 1);

interface Seen {
  readonly oldestMs: number;
  readonly lag: number;
  readonly lagMost: number;
  readonly builtMs: number;
  readonly rssMB: number;
  readonly load: number;
}

/** Workers with five instances each and a root, for a minute; `--minutes=10` for ten, `--workers=100` for fewer. */
export async function benchOakestraLong(): Promise<Figures> {
  const { root, fleet } = await startRootAndFleet(workers);
  const { url, pid } = fleet.up;
  let next = 0;
  const order = async (): Promise<void> => {
    while (next < services) {
      const at = (next += 1) - 1;
      const [node, instance] = [at % workers, Math.floor(at / workers)];
      await root.order(serviceId(node), instance, serviceDocument(node, instance, hostName(node)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, order));
  await until(async () => (await total(url)) === services, 600_000);
  const [reportsBefore, usedBefore, began] = [root.reports, cpuSeconds(pid), now()];
  const seen: Seen[] = [];
  while (now() - began < minutes * 60_000) {
    await pause(everyMs);
    seen.push(await look(fleet));
  }
  const cores = (cpuSeconds(pid) - usedBefore) / ((now() - began) / 1_000);
  const countOf = async (type: string): Promise<number> =>
    (await events(url, type)).filter(({ at }) => Date.parse(at) >= began).length;
  const [suspected, lost] = [await countOf('NodeSuspected'), await countOf('InstanceLost')];
  const runs = await total(url);
  const { problems, reports } = root;
  await fleet.stop();
  await root.stop();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    [`${workers} × ${instances}, ${minutes} min: false suspicions / losses (goal 0 / 0), instances that run`]: `${suspected} / ${lost}, ${runs}`,
    'oldest reading, p50 / p99 / most of all looks, s (period 2, goal < 3)': of(
      seen,
      'oldestMs',
      1_000,
    ),
    [`building a report, p50 / p99 / most ms (goal 50), of ${reports - reportsBefore} that the root took`]:
      of(seen, 'builtMs', 1),
    'loop lag of every two seconds (a timer of 10 ms included), its p99: p50 / p99 / most ms': of(
      seen,
      'lag',
      1,
    ),
    'its longest: p50 / p99 / most ms': of(seen, 'lagMost', 1),
    'RSS of the whole process (manager, scheduler, broker), p50 / p99 / most MB': of(
      seen,
      'rssMB',
      1,
    ),
    'its processor time, cores': cores.toFixed(2),
    'load of the machine, p50 / p99 / most': of(seen, 'load', 1),
  };
}

/** Also of a machine that takes its time to look: the oldest as it was once the answer is there. */
async function look({ up: { url, pid } }: Fleet): Promise<Seen> {
  const nodes = await everyNode(url);
  const oldest = Math.min(...nodes.map(({ lastSeen }) => Date.parse(lastSeen ?? '')));
  const oldestMs = Date.now() - oldest;
  const text = await (await fetch(`${url}/metrics`)).text();
  const figure = (name: string): number =>
    1_000 * Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  return {
    oldestMs,
    lag: figure('nodejs_eventloop_lag_p99_seconds'),
    lagMost: figure('nodejs_eventloop_lag_max_seconds'),
    builtMs: figure('oakring_root_report_build_seconds'),
    rssMB: residentMB(pid),
    load: loadavg()[0] ?? NaN,
  };
}

function of(seen: readonly Seen[], what: keyof Seen, unit: number): string {
  const sorted = sortedNumbers(seen.map((each) => each[what] / unit));
  return [0.5, 0.99, 1].map((share) => percentile(sorted, share).toFixed(1)).join(' / ');
}

/** `--<name>=<number>`. */
function asked(name: string, usual: number): number {
  const given = process.argv.find((each) => each.startsWith(`--${name}=`));
  return given === undefined ? usual : Number(given.slice(name.length + 3));
}
