import { middleAndTail, type Figures } from './figures.js';
import { now, pause } from './manager-http.js';
import { Fleet } from './oakestra-fleet.js';
import { orderInstance, serviceName } from './oakestra-http.js';

const workers = 60;
const orders = 300;
/** Of a root that is one synchronous worker and has other things to do. */
const betweenMs = 20;
/** The first ones find nothing compiled, and workers that have yet to show a list. */
const notCounted = 100;

/** A root's POST → its answer, and → `control/deploy` at a worker, over HTTP and the embedded broker. */
export async function benchOakestraOrders(): Promise<Figures> {
  const fleet = await Fleet.start({ workers });
  const [answered, arrived]: [number[], number[]] = [[], []];
  for (let number = -notCounted; number < orders; number += 1) {
    const arrival = fleet.arrivalOf(serviceName(notCounted + number));
    const sent = now();
    await orderInstance(fleet.up.url, notCounted + number, 0);
    const answeredAt = now();
    const { at: arrivedAt } = await arrival;
    await pause(betweenMs);
    if (number < 0) continue;
    answered.push(answeredAt - sent);
    arrived.push(arrivedAt - sent);
  }
  await fleet.stop();
  return {
    'POST → answer, p50 / p99 ms': middleAndTail(answered),
    'POST → control/deploy, p50 / p99 ms (goal 20 / 100)': middleAndTail(arrived),
  };
}
