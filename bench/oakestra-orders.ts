import { middleAndTail, percentile, sortedNumbers, type Figures } from './figures.js';
import { now, pause, total, until } from './manager-http.js';
import { orderInstance, serviceName } from './oakestra-http.js';
import { hostName } from './oakestra-machine.js';
import type { Killing, OrderedThere } from './oakestra-workers-load.js';
import { forkModule, startUp, temporaryFolder, type Forked, type Up } from './processes.js';

const workers = 60;
const orders = 300;
/** Of a root that is one synchronous worker and has other things to do. */
const betweenMs = 20;
/** Each may run on two machines, of which it is on one. */
const pairs = workers / 2;
/** Less than what is taken for a blindness of our own. */
const victims = 5;

/** A root's POST → its answer, and → `control/deploy` at a worker, over HTTP and the embedded broker. */
export async function benchOakestraOrders(): Promise<Figures> {
  const fleet = await Fleet.start();
  // The first ones find nothing compiled.
  for (let number = 0; number < 30; number += 1) await orderInstance(fleet.up.url, number, 0);
  const [answered, arrived]: [number[], number[]] = [[], []];
  for (let number = 100; number < 100 + orders; number += 1) {
    const arrival = fleet.arrivalOf(serviceName(number));
    const sent = now();
    await orderInstance(fleet.up.url, number, 0);
    answered.push(now() - sent);
    arrived.push((await arrival).at - sent);
    await pause(betweenMs);
  }
  await fleet.stop();
  return {
    'POST → answer, p50 / p99 ms': middleAndTail(answered),
    'POST → control/deploy, p50 / p99 ms (goal 20 / 100)': middleAndTail(arrived),
  };
}

/** Workers that are killed, with an instance each → the order elsewhere. */
export async function benchOakestraLoss(): Promise<Figures> {
  const fleet = await Fleet.start();
  const placed: OrderedThere[] = [];
  for (let number = 0; number < pairs; number += 1) {
    const arrival = fleet.arrivalOf(serviceName(number));
    const machines = [2 * number, 2 * number + 1].map(hostName).join(';');
    await orderInstance(fleet.up.url, number, 0, machines);
    placed.push(await arrival);
  }
  await until(async () => (await total(fleet.up.url)) === pairs, 20_000);
  const lost = placed.slice(0, victims);
  const again = lost.map(({ name }) => fleet.arrivalOf(name));
  const killedAt = now();
  fleet.kill(lost.map(({ worker }) => worker));
  const replaced = (await Promise.all(again)).map(({ at }) => (at - killedAt) / 1_000);
  await fleet.stop();
  return {
    [`${victims} of ${pairs} busy workers killed → ordered elsewhere, p50 / last s (goal 20)`]: [
      0.5, 1,
    ]
      .map((share) => percentile(sortedNumbers(replaced), share).toFixed(1))
      .join(' / '),
  };
}

/** A cluster with workers of Oakestra, and who waits for an order to one of them. */
class Fleet {
  private readonly waiting = new Map<string, (ordered: OrderedThere) => void>();

  private constructor(
    readonly up: Up,
    private readonly child: Forked,
    private readonly remove: () => void,
  ) {
    void this.listen();
  }

  static async start(): Promise<Fleet> {
    const { folder, remove } = temporaryFolder();
    const up = await startUp(folder, { OAKRING_OAKESTRA: 'true' });
    const child = forkModule('oakestra-workers-load.ts', [up.url, workers]);
    await child.wait();
    return new Fleet(up, child, remove);
  }

  arrivalOf(name: string): Promise<OrderedThere> {
    return new Promise((resolve) => this.waiting.set(name, resolve));
  }

  kill(numbers: readonly number[]): void {
    const killing: Killing = { workers: numbers };
    this.child.send(killing);
  }

  async stop(): Promise<void> {
    this.child.stop();
    await this.up.stop();
    this.remove();
  }

  private async listen(): Promise<void> {
    for (;;) {
      const ordered = await this.child.wait<OrderedThere>().catch(() => null);
      if (ordered === null) return;
      this.waiting.get(ordered.name)?.(ordered);
      this.waiting.delete(ordered.name);
    }
  }
}
