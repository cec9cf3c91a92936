import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Finding } from '@oakring/host';
import { allowancesOf, type AllowedToJobs } from './allowances.js';
import { readRegistries } from '../runtimes/registries.js';
import { whyNotCalled } from '../runtimes/users/allowed-users.js';
import { identityOf, whyNotAs } from '../runtimes/users/user-identity.js';
import { whyNotPlace } from '../runtimes/users/volume-places.js';

const part = 'runtimes';
const othersWrite = 0o002;

/** All of it in one line: what is not said is off. */
export function allowancesFinding(allowed: AllowedToJobs): Finding {
  const seen = allowancesOf(allowed)
    .map((each) => `${each.what}: ${each.allowed}`)
    .join('; ');
  return { part, level: 'ok', looked: 'what jobs may ask of this machine', seen };
}

/** Whether what its owner lets jobs have of this machine is as it should be. Nothing is changed. */
export async function examineAllowed(
  options: AllowedToJobs & { readonly dataFolder: string },
): Promise<readonly Finding[]> {
  const { hostPaths = [], registries, runAs, users = [], dataFolder } = options;
  const hasUsers = runAs !== undefined || users.length > 0;
  return Promise.all([
    ...(hasUsers ? [placeFinding(`${dataFolder}-volumes`)] : []),
    ...(runAs === undefined ? [] : [userFinding(runAs, 'OAKRING_WORKER_RUN_AS', dataFolder)]),
    ...users
      .filter((name) => name !== runAs)
      .map((name) => userFinding(name, 'OAKRING_WORKER_USERS', dataFolder)),
    ...hostPaths.map(pathFinding),
    ...(registries === undefined ? [] : [registriesFinding(registries)]),
  ]);
}

/** Also that it gets to where its volumes would lie. */
async function userFinding(name: string, setting: string, dataFolder: string): Promise<Finding> {
  const looked = `user ${name} of processes (${setting})`;
  const why = await whyNotCalled(name);
  if (why !== null) {
    const isNeeded = setting === 'OAKRING_WORKER_RUN_AS';
    const then = isNeeded ? 'a worker does not start' : 'jobs that name it are not taken';
    const remedy = `Make that user, and run the worker as root (docs/install.md); until then ${then}.`;
    return { part, level: isNeeded ? 'bad' : 'warning', looked, seen: why, remedy };
  }
  const above = dirname(dataFolder);
  const closed = await whyNotAs(await identityOf(name), above);
  if (closed === null) return { part, level: 'ok', looked, seen: 'it can be had' };
  const remedy = `Put the data folder where others may pass, or let them pass ${above} (chmod o+x).`;
  const seen = `it cannot get to its volumes, ${dataFolder}-volumes: ${closed}`;
  return { part, level: 'warning', looked, seen, remedy };
}

async function placeFinding(place: string): Promise<Finding> {
  const looked = `volumes of processes in ${place}`;
  const why = await whyNotPlace(place);
  if (why === null)
    return { part, level: 'ok', looked, seen: 'nobody else can put anything there' };
  const remedy =
    'Do that, or set OAKRING_WORKER_DATA to another folder; until then a worker does not start.';
  return { part, level: 'bad', looked, seen: why, remedy };
}

async function pathFinding(path: string): Promise<Finding> {
  const looked = `host path ${path} (OAKRING_WORKER_HOST_PATHS)`;
  const found = await stat(path).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  const warning = (seen: string, remedy: string): Finding => ({
    ...{ part, level: 'warning', looked, seen, remedy },
  });
  if (typeof found === 'string') return warning(found, 'Make it, or leave it out.');
  if (!found.isDirectory()) return warning('it is no folder', 'Allow the folder that it is in.');
  if (path === '/') {
    return warning(
      'it is all of this machine',
      'Allow what jobs need: this makes each of them root.',
    );
  }
  if ((found.mode & othersWrite) !== 0) {
    const seen = `everybody may write there (mode ${(found.mode & 0o7777).toString(8)})`;
    return warning(seen, `A link there leads jobs elsewhere: chmod o-w ${path}, or leave it out.`);
  }
  return { part, level: 'ok', looked, seen: 'it is a folder that not everybody writes to' };
}

async function registriesFinding(path: string): Promise<Finding> {
  const looked = `credentials of registries in ${path} (OAKRING_WORKER_REGISTRIES)`;
  try {
    const names = [...(await readRegistries(path)).keys()].sort();
    return { part, level: 'ok', looked, seen: `those called ${names.join(', ')}` };
  } catch (error) {
    const seen = error instanceof Error ? error.message : String(error);
    const form = '{"name": {"registry": …, "username": …, "password": …}}';
    const remedy = `A worker with the runtime docker does not start: JSON of its owner's alone (0600), ${form}.`;
    return { part, level: 'bad', looked, seen, remedy };
  }
}
