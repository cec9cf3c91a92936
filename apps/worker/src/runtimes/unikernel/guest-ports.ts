import { isIP } from 'node:net';
import type { HealthProbe, PublishedPort } from '@oakring/contracts';
import { isReached } from '../process-surroundings.js';
import { StartFailure } from '../runtime.port.js';
import type { Forward } from './qemu-command.js';

/** QEMU's own network knows addresses of version 4 only. */
export function forwardOf({ protocol, address, published, port }: PublishedPort): Forward {
  if (isIP(address ?? '0.0.0.0') === 4) {
    return { protocol, address: address ?? '0.0.0.0', published, port };
  }
  const why = `a unikernel's ports listen on IPv4 addresses of the node`;
  throw new StartFailure(`ports: the address is ${address}; ${why}`, 'job');
}

/** QEMU takes a connection to a published port whether or not its guest does, and runs no command in it. */
export const httpAlone = 'health: of a unikernel only http can be asked';

/** Throws `StartFailure` where nobody could look so. */
export function refuseOtherProbes(
  probe: HealthProbe | null,
  ports: readonly PublishedPort[],
): void {
  if (probe === null) return;
  if (probe.by !== 'http') throw new StartFailure(`${httpAlone}, not ${probe.by}`, 'job');
  if (ports.some((port) => isReached(port, probe.port))) return;
  const remedy = `add "${probe.port}" to ports`;
  throw new StartFailure(`${httpAlone}, through a published port: ${remedy}`, 'job');
}
