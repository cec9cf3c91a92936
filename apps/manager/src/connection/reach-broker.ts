import type { Timers } from '@oakring/ports';
import { openClient, type BrokerAddress } from './mqtt-client.js';

const reachedWithinMs = 2_000;

/** Whether the broker takes a connection from here, which is closed again at once. */
export async function reachBroker(address: BrokerAddress, timers: Timers): Promise<boolean> {
  const client = openClient(address, timers);
  const patience = new AbortController();
  const answered = new Promise<boolean>((resolve) => {
    client.once('connect', () => resolve(true));
    client.once('close', () => resolve(false));
    client.on('error', () => resolve(false));
  });
  const waited = timers.sleep(reachedWithinMs, patience.signal).then(() => false);
  const reached = await Promise.race([answered, waited]);
  patience.abort();
  client.end(true);
  return reached;
}
