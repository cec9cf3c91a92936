import { readFile, stat } from 'node:fs/promises';
import { isObject, OakringError } from '@oakring/contracts';
import { StartFailure } from './runtime.port.js';

export interface RegistryCredentials {
  /** Host, and port where there is one, of the registry that they are for. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

export type Registries = ReadonlyMap<string, RegistryCredentials>;

const setting = 'OAKRING_WORKER_REGISTRIES';
const othersMay = 0o077;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** The file of the worker's owner: `{"name": {"registry", "username", "password"}}`, for nobody else to read. */
export async function readRegistries(path: string): Promise<Registries> {
  let body: unknown;
  try {
    if (((await stat(path)).mode & othersMay) !== 0) {
      throw unusable(path, 'others may read it; chmod 600 it');
    }
    body = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof OakringError) throw error;
    // What the system says of a file; what a parser says of it may show a part of it.
    const isOfSystem = isObject(error) && typeof error['code'] === 'string';
    throw unusable(path, isOfSystem ? String(error['message']) : 'it is no JSON');
  }
  const entries = isObject(body) ? Object.entries(body) : [];
  const read = new Map(entries.map(([name, value]) => [name, credentialsOf(path, name, value)]));
  if (read.size === 0) throw unusable(path, 'it has no credentials');
  return read;
}

function credentialsOf(path: string, name: string, value: unknown): RegistryCredentials {
  const { registry, username, password } = isObject(value) ? value : {};
  const isWhole = [registry, username, password].every((each) => typeof each === 'string');
  if (isWhole && namePattern.test(name)) {
    return { registry: String(registry), username: String(username), password: String(password) };
  }
  throw unusable(path, `"${name}" is not {"registry": …, "username": …, "password": …}`);
}

function unusable(path: string, why: string): OakringError {
  const detail = `${setting}: ${path} cannot be used: ${why}`;
  return new OakringError({ code: 'settings-invalid', detail, field: setting });
}

/** As the engine takes them. They go to no other registry than the one that they are for. */
export function credentialsFor(
  image: string,
  name: string | null,
  registries: Registries,
): { username: string; password: string; serveraddress: string } | null {
  if (name === null) return null;
  const known = registries.get(name);
  if (known === undefined) {
    throw new StartFailure(`cannot start: no credentials called ${name} are kept here`, 'node');
  }
  const { registry: serveraddress, username, password } = known;
  if (registryOf(image) === serveraddress) return { username, password, serveraddress };
  const detail = `credentials ${name} are for ${serveraddress}, and ${image} is of ${registryOf(image)}`;
  throw new StartFailure(`cannot start: ${detail}`, 'job');
}

/** As engines tell it from a path: it has a dot or a port, or is this machine. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
