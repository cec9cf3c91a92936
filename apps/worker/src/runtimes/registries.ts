import { readFile, stat } from 'node:fs/promises';
import { isObject, OakringError, type Program } from '@oakring/contracts';
import { secretIn } from './command-line.js';
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
  const whole = wholeCredentials(value);
  if (whole !== null && namePattern.test(name)) return whole;
  throw unusable(path, `"${name}" is not {"registry": …, "username": …, "password": …}`);
}

/** Null: it is something else. */
function wholeCredentials(value: unknown): RegistryCredentials | null {
  const { registry, username, password } = isObject(value) ? value : {};
  const isWhole = [registry, username, password].every((each) => typeof each === 'string');
  if (!isWhole) return null;
  return { registry: String(registry), username: String(username), password: String(password) };
}

function unusable(path: string, why: string): OakringError {
  const detail = `${setting}: ${path} cannot be used: ${why}`;
  return new OakringError({ code: 'settings-invalid', detail, field: setting });
}

interface KeptCredentials {
  /** Those of the worker's owner. */
  readonly registries: Registries;
  /** Those that came with the order. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** As the engine takes them. They go to no other registry than the one that they are for. */
export function credentialsFor(
  image: string,
  named: Program['registryCredentials'],
  { registries, secrets }: KeptCredentials,
): { username: string; password: string; serveraddress: string } | null {
  if (named === null) return null;
  const isSecret = typeof named !== 'string';
  const name = isSecret ? `of secret ${named.secret}` : named;
  const known = isSecret
    ? credentialsIn(secretIn(secrets, named.secret), named.secret)
    : registries.get(named);
  if (known === undefined) {
    throw new StartFailure(`cannot start: no credentials called ${name} are kept here`, 'node');
  }
  const { registry: serveraddress, username, password } = known;
  if (registryOf(image) === serveraddress) return { username, password, serveraddress };
  const detail = `credentials ${name} are for ${serveraddress}, and ${image} is of ${registryOf(image)}`;
  throw new StartFailure(`cannot start: ${detail}`, 'job');
}

/** What is wrong with them is said without them. */
function credentialsIn(value: string, name: string): RegistryCredentials {
  const known = wholeCredentials(parsedOrNull(value));
  if (known !== null) return known;
  const form = '{"registry": …, "username": …, "password": …}';
  throw new StartFailure(`cannot start: the value of secret ${name} is not ${form}`, 'job');
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** As engines tell it from a path: it has a dot or a port, or is this machine. */
function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : 'docker.io';
}
