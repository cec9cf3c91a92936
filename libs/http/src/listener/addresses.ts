import { OakringError, systemCodeOf } from '@oakring/contracts';
import { refuseOpenListener, type Listener } from '@oakring/host';
import { lookup } from 'node:dns/promises';

/**
 * The address to bind: what OAKRING_HOST leads to now. It is this address that is judged, and bound:
 * a name says nothing (`127.some.name` may lead anywhere), and may lead elsewhere when asked again.
 * Throws `settings-invalid` when the name leads nowhere, or lets others in without credentials.
 */
export async function listenAddress(listener: Listener): Promise<string> {
  const address = await addressOf(listener.host);
  refuseOpenListener(address, listener);
  return address;
}

async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    throw new OakringError(
      {
        code: 'settings-invalid',
        detail: `OAKRING_HOST=${host} leads to no address of this machine: ${systemCodeOf(error)}.`,
        field: 'OAKRING_HOST',
        value: host,
      },
      { cause: error },
    );
  }
}
