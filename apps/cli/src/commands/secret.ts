import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderSecrets } from '../render/secrets.js';
import { contextOf, lookOf, show, type Surroundings } from './context.js';
import { forEach } from './several.js';

interface ValueOptions {
  readonly from?: string;
  readonly keepNewline?: boolean;
}

/** What jobs are given and nobody else reads. A value never comes by the command line, which everybody can read. */
export function addSecretCommands(program: Command, surroundings: Surroundings): void {
  const secret = program
    .command('secret')
    .description('keep passwords and keys that jobs are given, and nobody else reads')
    .addHelpText(
      'after',
      `
A job names one in the place of a value: "environment": {"PASSWORD": {"secret": "db"}}.
What runs keeps the version that it was started with until its next start: oakring job restart.`,
    );
  secret
    .command('ls')
    .description('list the secrets, and what uses which version; never a value')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.secrets(), ({ items }) =>
        renderSecrets(items, lookOf(context)),
      );
    });
  valueCommand(secret, 'set <name>', 'set a secret that is not there yet').action(
    async (name: string, options: ValueOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const value = await valueOf(surroundings, options);
      const answer = await context.client.setSecret({ name, value });
      show(context, answer, () => `Secret ${name} is set (position ${answer.position}).`);
    },
  );
  valueCommand(secret, 'rotate <name>', 'give a secret a new value').action(
    async (name: string, options: ValueOptions, command: Command) => {
      const context = contextOf(surroundings, command);
      const value = await valueOf(surroundings, options);
      const answer = await context.client.rotateSecret(name, { value });
      show(context, answer, () => {
        const { version, position } = answer;
        return `Secret ${name} has version ${version} now (position ${position}); what runs has it after its next start (oakring job restart).`;
      });
    },
  );
  secret
    .command('rm <names...>')
    .description('remove secrets for ever: their keys are forgotten; what runs keeps what it has')
    .addHelpText('after', '\nExample:\n  oakring secret rm db')
    .action(async (names: readonly string[], _options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      await forEach(context, names, async (name) => {
        const answer = await context.client.removeSecret(name);
        return { answer, render: () => `Secret ${name} is removed (position ${answer.position}).` };
      });
    });
}

function valueCommand(secret: Command, usage: string, description: string): Command {
  const [verb = ''] = usage.split(' ');
  return secret
    .command(usage)
    .description(`${description}; its value comes from standard input, or a file`)
    .option('--from <file>', 'file with the value; - or left out: standard input')
    .option('--keep-newline', 'the line feed at its end is part of it')
    .addHelpText(
      'after',
      `
Examples:
  oakring secret ${verb} db --from ./password
  openssl rand -base64 24 | oakring secret ${verb} db`,
    );
}

async function valueOf(
  { io }: Surroundings,
  { from = '-', keepNewline = false }: ValueOptions,
): Promise<string> {
  const text = from === '-' ? await io.input() : await textIn(from);
  const where = from === '-' ? 'Standard input' : from;
  // What stands for bytes that are no text: kept like this, it would be another value than the one in the file.
  if (text.includes('\uFFFD')) {
    const detail = `${where} is not UTF-8, and variables of an environment are texts: keep it as Base64, and let the program read that.`;
    throw new CommandFailure(detail, exitCodes.usage);
  }
  // What an editor or `echo` adds.
  const value = keepNewline ? text : text.replace(/\r?\n$/, '');
  if (value !== '') return value;
  throw new CommandFailure(`${where} is empty: there is no value to keep.`, exitCodes.usage);
}

async function textIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: Error) => {
    const detail = `The value cannot be read from ${file}: ${error.message}. --from names a file that holds it.`;
    throw new CommandFailure(detail, exitCodes.usage);
  });
}
