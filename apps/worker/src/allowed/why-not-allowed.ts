import { isInFolder, machineAsksOf, shortened, type JsonObject } from '@oakring/contracts';
import type { RuntimeName } from '../runtimes/runtime.port.js';
import type { AllowedToJobs } from './allowances.js';
import { notAllowedReason } from '../runtimes/not-allowed.js';

/**
 * Why a job may not have of this machine what its document asks for, by its owner's word alone; null: it may. The
 * manager that ordered it may be mistaken, of another time, or not ours. What only a runtime can know (where links lead,
 * who has a name) it looks at itself.
 */
export function whyNotAllowed(
  technology: RuntimeName,
  description: JsonObject,
  allowed: AllowedToJobs,
): string | null {
  const { hostPaths = [], sharedNetworks = [], lowPorts = false } = allowed;
  const asks = machineAsksOf({ ...description, technology });
  const path = asks.hostPaths.find((each) => !hostPaths.some((prefix) => isInFolder(each, prefix)));
  if (path !== undefined) {
    return notAllowedReason(`the host path ${shown(path)}`, 'OAKRING_WORKER_HOST_PATHS');
  }
  const { network } = asks;
  if (network !== null && !sharedNetworks.includes(network)) {
    return notAllowedReason(`the network ${shown(network)}`, 'OAKRING_WORKER_SHARED_NETWORKS');
  }
  const [port] = asks.lowPorts;
  if (port !== undefined && !lowPorts) {
    return notAllowedReason(`port ${port}, which is below 1024,`, 'OAKRING_WORKER_LOW_PORTS');
  }
  const { user = null } = description;
  if (user === null || usersOf(technology, allowed)?.includes(String(user)) !== false) return null;
  return notAllowedReason(`the user ${shown(String(user))}`, 'OAKRING_WORKER_USERS');
}

/** Whom of this machine a job may be; null: it names one of its image, or nobody. */
function usersOf(
  technology: RuntimeName,
  { runAs, users = [] }: AllowedToJobs,
): readonly (string | undefined)[] | null {
  switch (technology) {
    case 'process':
      return [runAs, ...users];
    case 'unikernel':
      return [];
    case 'docker':
    case 'simulated':
      return null;
  }
}

function shown(text: string): string {
  return String(shortened(text));
}
