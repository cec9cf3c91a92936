import type { LinkFactory } from '../apps/worker/src/index.js';
import type { Connection } from './lines.js';
import type { Network } from './network.js';
import type { Life, World } from './world.js';

const keepaliveMs = 15_000;
const reconnectMs = { least: 100, most: 4_000 };

/** A native worker's way to the broker: connects by itself, again and again, until it is stopped. */
export function nativeLinkOf(
  network: Network,
  world: World,
  nodeId: string,
  life: Life,
): LinkFactory {
  return ({ will }, listener) => {
    let current: Connection | null = null;
    let stopped = false;
    const connect = (): void => {
      if (stopped) return;
      const line = { will, keepaliveMs, repeats: true };
      const opened = network.open(nodeId, life, line, {
        ...listener,
        down: (reason) => {
          listener.down(reason);
          later();
        },
      });
      if (opened === null) later();
      else current = opened;
    };
    const later = (): void => {
      world.schedule(life, world.between(reconnectMs.least, reconnectMs.most), connect);
    };
    return {
      start: () => void world.schedule(life, world.between(0, 50), connect),
      publish: (topic, payload, { qos, retain }) => {
        if (current?.isOpen === true) network.fromWorker(current, { topic, payload, qos, retain });
      },
      reconnect: () => {
        if (current !== null) network.close(current, true);
      },
      stop: async (farewell) => {
        stopped = true;
        if (current?.isOpen !== true) return;
        if (farewell !== null) {
          network.fromWorker(current, { ...farewell, qos: 1, retain: true });
        }
        network.leave(current);
      },
    };
  };
}
