import { middleAndTail, type Figures } from './figures.js';
import { now, pause } from './manager-http.js';
import { Fleet } from './oakestra-fleet.js';
import { orderInstance, serviceName } from './oakestra-http.js';

const workers = 60;
const orders = 300;
/** Of a root that is one synchronous worker and has other things to do. */
const betweenMs = 20;

/** A root's POST → its answer, and → `control/deploy` at a worker, over HTTP and the embedded broker. */
export async function benchOakestraOrders(): Promise<Figures> {
  const fleet = await Fleet.start({ workers });
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
