import type { Command } from 'commander';
import { bracketed, reachable, readSettings, settingsCatalogue } from '@oakring/contracts';
import { authorityFile, localAddress, localToken, Trust } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { contextMeant, withContext, type Named } from '../config/contexts.js';
import type { Warnings } from '../client/documents.js';
import type { Address } from '../client/http.js';
import { managerClient, type ManagerClient } from '../client/manager-client.js';
import type { Io } from '../io.js';
import { printable } from '@oakring/narration';
import { formatOf, type Documents, type OutputFormat, type OutputOptions } from '../output.js';
import { terminalOf, widthOf, type Environment, type Look, type Terminal } from '../terminal.js';

/** What the program is given to run with. */
export interface Surroundings {
  readonly io: Io;
  readonly env: Environment;
  readonly ports: Ports;
  /** What follows `--`: the command of a job's instances. */
  readonly afterDashes: readonly string[];
  /** How a person calls this program, for commands to copy. */
  readonly program: string;
  readonly documents: Documents;
}

/** What every command that talks to a manager works with. */
export interface Context {
  readonly client: ManagerClient;
  readonly terminal: Terminal;
  readonly ports: Ports;
  readonly output: OutputFormat;
  /** A document is asked for (`-o json` or `yaml`): what streams prints lines of JSON. */
  readonly json: boolean;
  /** No person reads: a document, or names. */
  readonly forPrograms: boolean;
  readonly documents: Documents;
  readonly env: Environment;
}

/** How a page is drawn now; `at`: of the past. */
export function lookOf({ terminal, env, output, ports }: Context, at?: string): Look {
  const wide = output === 'wide';
  return {
    colors: terminal.colors,
    width: wide ? null : widthOf(terminal, env),
    wide,
    nowMs: at === undefined ? ports.clock.wallMs() : null,
  };
}

interface GlobalOptions extends OutputOptions, Named {
  readonly color: boolean;
}

/**
 * Throws `settings-invalid` when the address of the manager is unusable. `named`: the manager that an argument
 * names instead, where it is the address of one.
 */
export function contextOf(
  { io, env, ports, documents }: Surroundings,
  command: Command,
  named?: string,
): Context {
  const given = command.optsWithGlobals<GlobalOptions>();
  const options = named?.startsWith('http') === true ? { ...given, url: named } : given;
  const client = managerClient(managerAddress(env, options), ports);
  return { client, ...pageOfOwn({ io, env, ports, documents }, command) };
}

/** Of commands that ask no manager. */
export function pageOfOwn(
  { io, env, ports, documents }: Pick<Surroundings, 'io' | 'env' | 'ports' | 'documents'>,
  command: Command,
): Omit<Context, 'client'> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const output = formatOf(options);
  return {
    terminal: terminalOf(io, env, options.color),
    ports,
    output,
    json: output === 'json' || output === 'yaml',
    forPrograms: output !== 'people' && output !== 'wide',
    documents,
    env,
  };
}

const { url, token, host, port } = settingsCatalogue;

/**
 * Where the manager is, what is shown to it (without a token of one's own that of this machine, if it is its manager),
 * and by whom it is believed.
 */
export function managerAddress(env: Environment, options: Named): Address {
  const settings = readSettings({ url, token, host, port }, withContext(env, options));
  const here = `http://${bracketed(reachable(settings.host))}:${settings.port}`;
  const address = settings.url ?? localAddress(env, here)?.url ?? here;
  return {
    url: address,
    token: settings.token ?? localToken(env, address),
    ...(address.startsWith('https:') ? { trust: trustIn(env, options, address) } : {}),
  };
}

/** What is said here counts before the context, that before the environment, and that before what is on this machine. */
function trustIn(env: Environment, options: Named, address: string): Trust {
  if (options.caFile !== undefined) return Trust.in(options.caFile);
  const ca = contextMeant(env, options)?.ca;
  if (ca !== undefined) return Trust.of(ca);
  const { OAKRING_TLS_CA: file = '' } = env;
  if (file !== '') return Trust.in(file);
  const local = localAddress(env, address);
  return Trust.in(local === null ? null : authorityFile({ tlsCa: '', data: local.dataFolder }));
}

/** Prints the manager's answer as it came, its names, or as a person reads it. */
export function show<T>(
  context: Omit<Context, 'client'>,
  answer: T,
  render: (answer: T) => string,
): void {
  const { terminal, output, forPrograms, documents } = context;
  terminal.out(forPrograms ? documents.write(answer, output) : render(printable(answer)));
}

/** As `show`, for a view that may be of the past (`--at`): a person is told so. */
export function showView<T>(
  context: Context,
  at: string | undefined,
  answer: T,
  render: (answer: T) => string,
): void {
  const past = pastNote(context, at);
  show(context, answer, (shown) => past + render(shown));
}

/** What a person is told of a view of the past; empty of the present. */
export function pastNote({ terminal }: Context, at: string | undefined): string {
  if (at === undefined) return '';
  const moment = /^\d+$/.test(at) ? `position ${at}` : printable(at);
  return terminal.colors.yellow(`As it was at ${moment}, not as it is.\n`);
}

/** Names what of a document is not used; a program finds it in the answer. */
export function warn(
  { terminal, forPrograms }: Context,
  { warnings = [] }: { readonly warnings?: Warnings },
): void {
  if (forPrograms) return;
  for (const { detail } of warnings) terminal.error(`Note: ${printable(detail)}`);
}
