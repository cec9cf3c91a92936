import { rulesOf, tokenRoles, usualTokenMs, type TokenRole } from '@oakring/contracts';
import { Option, type Command } from 'commander';
import { draftOf } from '../config/write-whole.js';
import { printable } from '@oakring/narration';
import { renderTokens, renderWhoAmI } from '../render/tokens.js';
import { contextOf, lookOf, show, type Surroundings } from './context.js';
import { duration, pair, separated, wholeNumber } from './options.js';
import { forEach } from './several.js';

interface CreateOptions {
  readonly role: TokenRole;
  readonly name: string;
  /** Milliseconds. */
  readonly expires?: number;
  readonly nodes?: Readonly<Record<string, string>>;
  readonly uses?: number;
  readonly ids?: readonly string[];
  readonly to?: string;
}

const hourMs = 3_600_000;

/** Who may speak to the managers. */
export function addTokenCommands(program: Command, surroundings: Surroundings): void {
  const token = program
    .command('token')
    .description('give people and programs tokens of their own, and take them back')
    .addHelpText('after', `\n${rolesHelp()}`);
  addCreate(token, surroundings);
  token
    .command('ls')
    .description('list the tokens, those that hold no more among them')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.tokens(), ({ items }) =>
        renderTokens(items, lookOf(context)),
      );
    });
  token
    .command('revoke <names...>')
    .description('end tokens at every manager, with what was opened with them')
    .addHelpText('after', '\nExample:\n  oakring token revoke ci')
    .action(async (names: readonly string[], _options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      await forEach(context, names, async (name) => {
        const answer = await context.client.revokeToken(name);
        return {
          answer,
          render: () => `Token ${name} is revoked (position ${answer.position}).`,
        };
      });
    });
  program
    .command('whoami')
    .description('tell who the manager takes you for, and what that allows')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(surroundings, command);
      show(context, await context.client.whoAmI(), renderWhoAmI);
    });
}

function addCreate(token: Command, surroundings: Surroundings): void {
  token
    .command('create')
    .description('create a token; it is printed this once, and nowhere kept')
    .addOption(
      new Option('--role <role>', 'what it allows').choices(tokenRoles).makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'whose it is: events say so')
    .option('--expires <duration>', 'how long it holds: 12h, 30d (default: by its role)', duration)
    .option(
      '--nodes <label=value>',
      'of an operator: orders about such nodes only; of a join token: what joins by it is such a node',
      pair,
    )
    .option('--uses <n>', 'of a join token: how many machines join by it (default: 1)', wholeNumber)
    .option('--ids <ids>', 'of a join token: nodes that may join by it, a,b,c', separated)
    .option('--to <file>', 'write it there, for you alone, and print nothing')
    .addHelpText(
      'after',
      `
${rolesHelp()}

Examples:
  oakring token create --role root --name berlin --expires 30d
  oakring token create --role operator --name anna --nodes zone=a --to ~/.anna-token
  oakring token create --role join --name shelf --uses 5 --nodes zone=a --expires 2h`,
    )
    .action(async (options: CreateOptions, command: Command) => {
      const { role, name, expires, nodes, uses, ids, to } = options;
      const context = contextOf(surroundings, command);
      const { client, terminal, forPrograms } = context;
      const body = {
        ...{ role, name },
        ...(expires === undefined ? {} : { expiresInMs: expires }),
        ...(nodes === undefined ? {} : { nodes }),
        ...(uses === undefined ? {} : { uses }),
        ...(ids === undefined ? {} : { ids: [...ids] }),
      };
      // Before the token is given: one that could not be written would hold, and nobody would have it.
      const draft = to === undefined ? null : await draftOf(to);
      let answer: Awaited<ReturnType<typeof client.createToken>>;
      try {
        answer = await client.createToken(body);
        await draft?.keep(`${answer.token}\n`);
      } finally {
        await draft?.discard();
      }
      const { token: secret, ...rest } = answer;
      const until = `holds until ${printable(answer.expires)}`;
      const where = to === undefined ? 'it is not shown again' : `it is in ${to}`;
      if (forPrograms) return show(context, to === undefined ? answer : rest, () => '');
      // What a script takes is on a line of its own.
      if (to === undefined) terminal.out(printable(secret));
      terminal.error(`Token ${name} of role ${role} ${until}; ${where}.`);
    });
}

/** The table of roles, as far as one who gives a token has to know it; docs/access.md has all of it. */
function rolesHelp(): string {
  const rows = tokenRoles.map((role) => {
    const hours = usualTokenMs(role) / hourMs;
    const lasts = hours < 24 ? `${hours} h` : `${hours / 24} d`;
    return `  ${role.padEnd(10)} ${rulesOf(role).says} (${lasts})`;
  });
  return ['Roles, and how long their tokens hold:', ...rows].join('\n');
}
