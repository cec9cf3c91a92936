import type { Command } from 'commander';
import { bracketed, reachable, readSettings, settingsCatalogue } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { Warnings } from '../client/documents.js';
import { managerClient, type ManagerClient } from '../client/manager-client.js';
import type { Io } from '../io.js';
import { printable } from '../render/printable.js';
import { terminalOf, type Environment, type Terminal } from '../terminal.js';

/** What the program is given to run with. */
export interface Surroundings {
  readonly io: Io;
  readonly env: Environment;
  readonly ports: Ports;
  /** What follows `--`: the command of a job's instances. */
  readonly afterDashes: readonly string[];
  /** How a person calls this program, for commands to copy. */
  readonly program: string;
}

/** What every command that talks to a manager works with. */
export interface Context {
  readonly client: ManagerClient;
  readonly terminal: Terminal;
  readonly ports: Ports;
  readonly json: boolean;
}

interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/**
 * Throws `settings-invalid` when the address of the manager is unusable. `named`: the manager that an argument
 * names instead, where it is the address of one.
 */
export function contextOf(
  { io, env, ports }: Surroundings,
  command: Command,
  named?: string,
): Context {
  const given = command.optsWithGlobals<GlobalOptions>();
  const options = named?.startsWith('http') === true ? { ...given, url: named } : given;
  return {
    client: managerClient(addressOf(env, options), ports),
    terminal: terminalOf(io, env, options.color),
    ports,
    json: options.json === true,
  };
}

const { url, token, host, port } = settingsCatalogue;

function addressOf(
  env: Environment,
  options: GlobalOptions,
): { url: string; token: string | null } {
  const settings = readSettings(
    { url, token, host, port },
    {
      ...env,
      ...(options.url === undefined ? {} : { OAKRING_URL: options.url }),
      ...(options.token === undefined ? {} : { OAKRING_TOKEN: options.token }),
    },
  );
  const here = `http://${bracketed(reachable(settings.host))}:${settings.port}`;
  return { url: settings.url ?? here, token: settings.token };
}

/** Prints the manager's answer as it came, or as a person reads it. */
export function show<T>(context: Context, answer: T, render: (answer: T) => string): void {
  const { terminal, json } = context;
  terminal.out(json ? JSON.stringify(answer, null, 2) : render(printable(answer)));
}

/** As `show`, for a view that may be of the past (`--at`): a person is told so. */
export function showView<T>(
  context: Context,
  at: string | undefined,
  answer: T,
  render: (answer: T) => string,
): void {
  const { colors } = context.terminal;
  const moment = /^\d+$/.test(at ?? '') ? `position ${at}` : printable(at);
  const past = at === undefined ? '' : colors.yellow(`As it was at ${moment}, not as it is.\n`);
  show(context, answer, (shown) => past + render(shown));
}

/** Names what of a document is not used; a program finds it in the answer. */
export function warn(
  { terminal, json }: Context,
  { warnings = [] }: { readonly warnings?: Warnings },
): void {
  if (json) return;
  for (const { detail } of warnings) terminal.error(`Note: ${printable(detail)}`);
}
