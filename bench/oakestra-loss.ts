import { percentile, sortedNumbers, type Figures } from './figures.js';
import { now, total, until } from './manager-http.js';
import { Fleet } from './oakestra-fleet.js';
import { orderInstance, serviceName } from './oakestra-http.js';
import { hostName } from './oakestra-machine.js';
import type { Happened } from './oakestra-workers-load.js';

/** Each service may run on two machines, of which it is on one. */
const pairs = 60;
/** Less than what is taken for a blindness of our own, also of those that are still remembered. */
const victimsOnce = 4;
const rounds = 3;

/** Workers that are killed, with an instance each → the order elsewhere. */
export async function benchOakestraLoss(): Promise<Figures> {
  const fleet = await Fleet.start({ workers: 2 * pairs });
  const placed = await placeOnPairs(fleet);
  const replaced: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // They speak one after the other: not those that have just spoken all at once.
    const lost = placed.filter((_, number) => number % (pairs / victimsOnce) === round);
    const again = lost.map(({ name }) => fleet.arrivalOf(name));
    const killedAt = now();
    fleet.kill(lost.map(({ worker }) => worker));
    for (const { at } of await Promise.all(again)) replaced.push((at - killedAt) / 1_000);
    await until(async () => (await total(fleet.up.url)) === pairs, 20_000);
  }
  await fleet.stop();
  const figures = [0, 0.5, 1].map((share) => percentile(sortedNumbers(replaced), share).toFixed(1));
  return {
    [`${replaced.length} of ${pairs} busy workers killed → ordered elsewhere, first / p50 / last s (goal p50 20)`]:
      figures.join(' / '),
  };
}

/** A service for each pair of machines; resolves once all run. */
async function placeOnPairs(fleet: Fleet): Promise<Happened[]> {
  const placed: Happened[] = [];
  for (let number = 0; number < pairs; number += 1) {
    const arrival = fleet.arrivalOf(serviceName(number));
    const machines = [2 * number, 2 * number + 1].map(hostName).join(';');
    await orderInstance(fleet.up.url, number, 0, machines);
    placed.push(await arrival);
  }
  await until(async () => (await total(fleet.up.url)) === pairs, 20_000);
  return placed;
}
