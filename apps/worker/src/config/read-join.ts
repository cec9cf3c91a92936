import { resolve } from 'node:path';
import { OakringError, type joinCatalogue, type Settings } from '@oakring/contracts';
import type { JoinOptions } from './join-options.js';

/**
 * Where this worker may be let in. `isOwnBroker`: the broker is on this machine, and so is its manager, unless it is
 * said to be elsewhere. Throws `settings-invalid`.
 */
export function joinOf(
  {
    joinToken: token,
    joinTokenFile,
    managerUrl,
    managerPort,
    managerData,
  }: Settings<typeof joinCatalogue>,
  { isOwnBroker, username }: { readonly isOwnBroker: boolean; readonly username: string | null },
): { readonly join?: JoinOptions } {
  const tokenFile = joinTokenFile === '' ? null : resolve(joinTokenFile);
  const isGiven = token !== null || tokenFile !== null;
  if (username !== null) {
    if (!isGiven) return {};
    throw unusable(
      'OAKRING_MQTT_USERNAME is set as well. A worker shows one of both: what it joins with, or that.',
    );
  }
  const here = isOwnBroker ? `http://127.0.0.1:${managerPort}` : null;
  const url = managerUrl ?? here;
  if (url !== null) return { join: { managerUrl: url, token, tokenFile, managerData } };
  if (!isGiven) return {};
  throw unusable('OAKRING_MANAGER_URL is not set: where the manager is that lets it in.');
}

function unusable(why: string): OakringError {
  const field = 'OAKRING_WORKER_JOIN_TOKEN';
  return new OakringError({ code: 'settings-invalid', detail: `${field}: ${why}`, field });
}
