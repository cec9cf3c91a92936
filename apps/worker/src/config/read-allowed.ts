import { resolve } from 'node:path';
import {
  networkFeature,
  OakringError,
  shortened,
  userExpectation,
  userPattern,
  type allowanceCatalogue,
  type Settings,
} from '@oakring/contracts';
import type { AllowedToJobs } from '../allowed/allowances.js';

/** Of a feature, which a registration states. */
const maxFeatureCharacters = 64;

/** What the machine's owner lets jobs have. `isOwnBroker`: whoever reaches it is on this machine already. Throws `settings-invalid`. */
export function readAllowed(
  settings: Settings<typeof allowanceCatalogue>,
  isOwnBroker: boolean,
): AllowedToJobs {
  const { hostPaths, sharedNetworks, lowPorts, runAs, users, registries } = settings;
  return {
    ...(hostPaths.length === 0 ? {} : { hostPaths: hostPaths.map(absolute) }),
    ...(sharedNetworks.length === 0 ? {} : { sharedNetworks: sharedNetworks.map(network) }),
    ...(lowPorts ? { lowPorts } : {}),
    ...(runAs === '' ? {} : { runAs: userIn('OAKRING_WORKER_RUN_AS', runAs) }),
    ...(users.length === 0
      ? {}
      : { users: users.map((user) => userIn('OAKRING_WORKER_USERS', user)) }),
    ...(registries === '' ? {} : { registries: resolve(registries) }),
    ...((settings.exec ?? isOwnBroker) ? { exec: true } : {}),
    ...(settings.lastLines === false ? { lastLines: false } : {}),
  };
}

/** Whether it is known here, and whether this worker may become it, is looked at when it starts. */
function userIn(field: string, value: string): string {
  if (userPattern.test(value)) return value;
  throw unusable(field, `"${shortened(value)}" is not ${userExpectation}`, value);
}

function absolute(path: string): string {
  if (path.startsWith('/') && !path.split('/').includes('..')) return path;
  throw unusable('OAKRING_WORKER_HOST_PATHS', `"${path}" is no absolute path without ".."`, path);
}

function network(name: string): string {
  const room = maxFeatureCharacters - `docker:${networkFeature('')}`.length;
  if (name.length <= room) return name;
  const why = `"${shortened(name)}" is longer than ${room} characters: give that network another name`;
  throw unusable('OAKRING_WORKER_SHARED_NETWORKS', why, name);
}

function unusable(field: string, why: string, value: string): OakringError {
  return new OakringError({ code: 'settings-invalid', detail: `${field}: ${why}`, field, value });
}
