import type { Command } from 'commander';
import { ManagerClient } from '../client/manager-client.js';
import { processTerminal, type Terminal } from '../terminal.js';

interface GlobalOptions {
  readonly url: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly color: boolean;
}

/** What every command that talks to a manager works with. */
export interface Context {
  readonly client: ManagerClient;
  readonly terminal: Terminal;
  readonly json: boolean;
}

export type ContextOf = (command: Command) => Context;

export function contextFrom(env: Readonly<Record<string, string | undefined>>): ContextOf {
  return (command) => {
    const options = command.optsWithGlobals<GlobalOptions>();
    return {
      client: new ManagerClient(options.url.replace(/\/+$/, ''), options.token ?? null),
      terminal: processTerminal(env, options.color),
      json: options.json === true,
    };
  };
}

/** Prints the manager's answer as it is, or as a person reads it. */
export function show(context: Context, answer: unknown, render: () => string): void {
  context.terminal.out(context.json ? JSON.stringify(answer, null, 2) : render());
}
