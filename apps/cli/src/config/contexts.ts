import { isId, isObject, readSettings, settingsCatalogue } from '@oakring/contracts';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { writeWhole } from './write-whole.js';
import type { Environment } from '../terminal.js';

/** One cluster that a person works with. */
export interface ClusterContext {
  readonly url: string;
  /** Kept here, for its owner alone. */
  readonly token?: string;
  /** Where it is kept instead. */
  readonly tokenFile?: string;
  /** Certificates by which it is believed, PEM; absent: those of this machine's Node. */
  readonly ca?: string;
}

export interface Contexts {
  /** The one that is meant where none is named; null: none. */
  readonly current: string | null;
  readonly contexts: Readonly<Record<string, ClusterContext>>;
}

const none: Contexts = { current: null, contexts: {} };

/** Null where there is no home to keep it in. */
function pathOf({ XDG_CONFIG_HOME: config = '', HOME: home = '' }: Environment): string | null {
  const file = join('oakring', 'config.json');
  // The XDG specification: a relative one is to be ignored.
  if (isAbsolute(config)) return join(config, file);
  return isAbsolute(home) ? join(home, '.config', file) : null;
}

export function readContexts(env: Environment): Contexts {
  const path = pathOf(env);
  if (path === null) return none;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw unusable(path, error instanceof Error ? error.message : String(error));
  }
  const read = contextsIn(text);
  if (read === null) throw unusable(path, 'it is not {"current", "contexts": {name: {"url"}}}');
  const hasToken = Object.values(read.contexts).some(({ token }) => token !== undefined);
  if (hasToken && (statSync(path).mode & 0o077) !== 0) {
    throw unusable(path, `others may read its tokens. Make it yours alone: chmod 600 ${path}`);
  }
  return read;
}

function unusable(path: string, why: string): CommandFailure {
  return new CommandFailure(`The contexts in ${path} cannot be used: ${why}.`, exitCodes.usage);
}

function contextsIn(text: string): Contexts | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(read) || !isObject(read['contexts'])) return null;
  const { current = null, contexts } = read;
  if (current !== null && typeof current !== 'string') return null;
  const known = new Map<string, ClusterContext>();
  for (const [name, each] of Object.entries(contexts)) {
    if (!isId(name) || !isObject(each) || typeof each['url'] !== 'string') return null;
    const { url, token, tokenFile, ca } = each;
    if (ca !== undefined && typeof ca !== 'string') return null;
    if (token !== undefined && typeof token !== 'string') return null;
    if (tokenFile !== undefined && typeof tokenFile !== 'string') return null;
    known.set(name, {
      url,
      ...(token === undefined ? {} : { token }),
      ...(tokenFile === undefined ? {} : { tokenFile }),
      ...(ca === undefined ? {} : { ca }),
    });
  }
  return { current, contexts: Object.fromEntries(known) };
}

/** Whole or not at all, and for its owner alone. */
export async function writeContexts(env: Environment, contexts: Contexts): Promise<void> {
  const path = pathOf(env);
  if (path === null) {
    const told = 'There is no home to keep contexts in: set HOME or XDG_CONFIG_HOME.';
    throw new CommandFailure(told, exitCodes.usage);
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  await writeWhole(path, `${JSON.stringify(contexts, null, 2)}\n`);
}

export function contextNamed({ contexts }: Contexts, name: string): ClusterContext {
  const known = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (known !== undefined) return known;
  const names = Object.keys(contexts).join(', ') || 'none';
  const told = `There is no context ${name}; there are: ${names}. Make one: oakring context add ${name} --url …`;
  throw new CommandFailure(told, exitCodes.usage);
}

function tokenOf({ token, tokenFile }: Pick<Named, 'token' | 'tokenFile'>): string | null {
  if (token !== undefined || tokenFile === undefined) return token ?? null;
  try {
    return readFileSync(tokenFile, 'utf8').trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The token cannot be read: ${why}`, exitCodes.usage);
  }
}

/** What was said about the manager on the command line. */
export interface Named {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly context?: string | undefined;
  /** File of the certificates by which it is believed. */
  readonly caFile?: string | undefined;
}

/**
 * The environment with what the flags and contexts say of the manager: a flag counts before the
 * environment, that before the context. A token goes only where it belongs: a context that a flag names
 * brings its own or none, and a context's is never sent to an address that came from elsewhere.
 */
export function withContext(env: Environment, named: Named): Environment {
  const token = tokenOf(named);
  const flags = token === null ? {} : { OAKRING_TOKEN: token };
  if (named.url !== undefined) return { ...env, OAKRING_URL: named.url, ...flags };
  const meant = contextMeant(env, named);
  if (meant === null) return { ...env, ...flags };
  const isByFlag = named.context !== undefined;
  const own = isSaid(env['OAKRING_TOKEN']) && !isByFlag ? env['OAKRING_TOKEN'] : tokenOf(meant);
  return { ...env, OAKRING_URL: meant.url, OAKRING_TOKEN: own ?? undefined, ...flags };
}

/** The context whose address is asked; null: the address comes from elsewhere. */
export function contextMeant(env: Environment, { url, context }: Named): ClusterContext | null {
  if (url !== undefined) return null;
  if (context !== undefined) return contextNamed(readContexts(env), context);
  const { OAKRING_URL, OAKRING_CONTEXT, OAKRING_HOST, OAKRING_PORT } = env;
  if (isSaid(OAKRING_URL)) return null;
  const isNamed = isSaid(OAKRING_CONTEXT);
  // Where a cluster is run by them, commands beside it go by them as well.
  if (!isNamed && (isSaid(OAKRING_HOST) || isSaid(OAKRING_PORT))) return null;
  const known = readContexts(env);
  const name = isNamed ? OAKRING_CONTEXT : known.current;
  return name === null || name === undefined ? null : contextNamed(known, name);
}

function isSaid(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

/** An address as commands take it; throws `settings-invalid` where it is none. */
export function checkedUrl(given: string): string {
  const { url } = settingsCatalogue;
  return readSettings({ url }, { OAKRING_URL: given }).url ?? given;
}
