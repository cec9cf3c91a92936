import { percentile, sortedNumbers, type Figures } from './figures.js';
import { now, pause } from './manager-http.js';
import { startRootAndFleet } from './oakestra-fleet.js';
import { serviceDocument, serviceId, serviceName } from './oakestra-http.js';

const workers = 60;
const times = 30;
/** No multiple of the pace at which a root is told. */
const betweenMs = 1_370;
const lookMs = 5;

/** A service that is refused, or has started → its root has been told so. */
export async function benchOakestraTold(): Promise<Figures> {
  const { root, fleet } = await startRootAndFleet(workers);
  const order = (number: number, machines?: string): Promise<number> =>
    root.order(serviceId(number), 0, serviceDocument(number, 0, machines));
  const told = async (number: number, status: string): Promise<number> => {
    const service = root.services.get(serviceId(number));
    while (service?.instances.get(0)?.['status'] !== status) await pause(lookMs);
    return now();
  };
  const [refused, started, ran]: [number[], number[], number[]] = [[], [], []];
  for (let number = 0; number < times; number += 1) {
    const asked = now();
    await order(2 * number, 'nobody');
    refused.push((await told(2 * number, 'NO_NODE_FOUND')) - asked);
    await pause(betweenMs);
    const showing = fleet.showingOf(serviceName(2 * number + 1));
    const ordered = now();
    await order(2 * number + 1);
    const knows = await told(2 * number + 1, 'RUNNING');
    started.push(knows - (await showing).at);
    ran.push(knows - ordered);
    await pause(betweenMs);
  }
  const { problems } = root;
  await fleet.stop();
  await root.stop();
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return {
    'ordered and refused → the root knows, p50 / last s (goal 2)': middleAndLast(refused),
    'its worker’s list shows it → the root knows that it runs, p50 / last s (goal 2)':
      middleAndLast(started),
    'ordered → the root knows that it runs, p50 / last s': middleAndLast(ran),
  };
}

function middleAndLast(times: readonly number[]): string {
  const sorted = sortedNumbers(times.map((ms) => ms / 1_000));
  return [0.5, 1].map((share) => percentile(sorted, share).toFixed(2)).join(' / ');
}
