// A secret must never be repeatable, as what the injected randomness gives is.
// oxlint-disable-next-line no-restricted-imports
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { isObject, OakringError } from '@oakring/contracts';
import { isLoopbackAddress } from './open-listener.js';

/** Whom a token of the folder is for: people and programs of this user, or a scheduler of its own. */
export type LocalRole = 'admin' | 'scheduler';

export interface NamedToken {
  readonly name: string;
  /** Printable, without blanks. */
  readonly token: string;
}

/** Where `systemd` keeps the data of a service that is called oakring (infra/systemd). */
const usualFolders = ['oakring-data', '/var/lib/oakring'];
const secretBytes = 32;
const addressFile = 'manager.url';
/** Read by the programs of these names: by `-o`, or below XDG_CONFIG_HOME where they are too old for that. */
const brokerFiles = ['mosquitto_pub', 'mosquitto_sub'];
const ownerOnly = 0o600;
const everybodyElse = 0o077;

/**
 * The credentials of a machine: what the manager of a data folder made at its first start, in `credentials/`
 * (0700, files 0600). `admin.token`, `scheduler.token`: a token each. `admin.header`: the first as a header of HTTP, for
 * `curl -H @file`. `mosquitto_pub`, `mosquitto_sub`: the same for the broker in the manager's process. `manager.url`:
 * whose they are, so that they are shown to nobody else.
 */
export function credentialsFolder(dataFolder: string): string {
  return join(dataFolder, 'credentials');
}

/** As it was kept; null: it is not there, or somebody else may have read it. */
export function keptToken(dataFolder: string, role: LocalRole | 'page'): string | null {
  const path = tokenFile(dataFolder, role);
  const text = contentOf(path);
  return text === null || isOpenToOthers(path) ? null : tokenIn(text);
}

/** What a worker asks of whoever looks at its page: made where there is none that this user alone may have read. */
export function pageToken(dataFolder: string): string {
  const token = keptToken(dataFolder, 'page') ?? randomBytes(secretBytes).toString('base64url');
  keep(tokenFile(dataFolder, 'page'), `${token}\n`);
  keep(join(credentialsFolder(dataFolder), 'page.header'), headerOf(token));
  return token;
}

/** Writes what is not there yet; each file is there whole or not at all. `withBroker`: ours is the broker too. */
export function keepTokens(
  dataFolder: string,
  { admin, scheduler }: Readonly<Record<LocalRole, NamedToken>>,
  withBroker: boolean,
): void {
  keep(tokenFile(dataFolder, 'admin'), `${admin.token}\n`);
  keep(tokenFile(dataFolder, 'scheduler'), `${scheduler.token}\n`);
  const folder = credentialsFolder(dataFolder);
  keep(join(folder, 'admin.header'), headerOf(admin.token));
  for (const name of brokerFiles) {
    const path = join(folder, name);
    if (withBroker) keep(path, `-u ${admin.name}\n-P ${admin.token}\n`);
    else rmSync(path, { force: true });
  }
}

/** Whose they are: the address that this machine reaches the manager at. */
export function keepAddress(dataFolder: string, url: string): void {
  keep(join(credentialsFolder(dataFolder), addressFile), `${url}\n`);
}

/**
 * The token that a program of this machine shows at `url`: of the data folder that OAKRING_DATA names, else of the
 * usual ones. Null: there is none that this user may read, or it is another manager's. Throws `data-folder-open` where
 * others may read it.
 */
export function localToken(
  { OAKRING_DATA: data = '' }: Readonly<Record<string, string | undefined>>,
  url: string,
  role: LocalRole = 'admin',
): string | null {
  for (const folder of data === '' ? usualFolders : [data]) {
    const path = tokenFile(folder, role);
    const text = contentOf(path);
    const address = contentOf(join(credentialsFolder(folder), addressFile));
    if (text === null || address === null || !isSame(address.trim(), url)) continue;
    if (isOpenToOthers(path)) throw openToOthers(path);
    return tokenIn(text);
  }
  return null;
}

/**
 * How this machine's manager is spoken to that listens where `url` says, and what its data folder is: of the one that
 * OAKRING_DATA names, else of the usual ones. Null: none says so.
 */
export function localAddress(
  { OAKRING_DATA: data = '' }: Readonly<Record<string, string | undefined>>,
  url: string,
): { readonly url: string; readonly dataFolder: string } | null {
  for (const folder of data === '' ? usualFolders : [data]) {
    const address = contentOf(join(credentialsFolder(folder), addressFile))?.trim();
    if (address !== undefined && isSame(address, url)) return { url: address, dataFolder: folder };
  }
  return null;
}

function tokenFile(dataFolder: string, role: LocalRole | 'page'): string {
  return join(credentialsFolder(dataFolder), `${role}.token`);
}

function headerOf(token: string): string {
  return `Authorization: Bearer ${token}\n`;
}

function tokenIn(text: string): string | null {
  const token = text.trim();
  return /^[\x21-\x7e]+$/.test(token) ? token : null;
}

/** Null: it is not there, or not ours to read. */
function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = isObject(error) ? error['code'] : null;
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** Windows has no such modes. */
function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & everybodyElse) !== 0;
}

function openToOthers(path: string): OakringError {
  return new OakringError({
    code: 'data-folder-open',
    detail:
      `Other users of this machine may read ${path}. Start its manager again, which makes another one for its ` +
      `owner alone.`,
    value: path,
  });
}

/** The same place: this machine has many names for itself. */
function isSame(one: string, other: string): boolean {
  if (!URL.canParse(one) || !URL.canParse(other)) return false;
  const [a, b] = [new URL(one), new URL(other)];
  if (portOf(a) !== portOf(b)) return false;
  return a.hostname === b.hostname || (isHere(a) && isHere(b));
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? ({ 'http:': '80', 'https:': '443' }[protocol] ?? '') : port;
}

function isHere({ hostname }: URL): boolean {
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[(.*)\]$/, '$1'));
}

function keep(path: string, text: string): void {
  if (contentOf(path) === text && !isOpenToOthers(path)) return;
  const draft = `${path}.new`;
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', ownerOnly);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
