import { idExpectation, isId } from '@oakring/contracts';
import { certificatesIn, type KnownCertificate } from '@oakring/host';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkedUrl,
  contextNamed,
  readContexts,
  writeContexts,
  type ClusterContext,
  type Contexts,
} from '../config/contexts.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderTable } from '../render/table.js';
import { pageOfOwn, show, type Surroundings } from './context.js';

interface AddOptions {
  readonly url?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly caFile?: string;
  readonly use?: boolean;
}

/** What is told of one: never its token. */
interface Told {
  readonly id: string;
  readonly current: boolean;
  readonly url: string;
  readonly token: string;
  /** Whose certificates are believed there. */
  readonly ca: string;
}

export function addContextCommands(program: Command, surroundings: Surroundings): void {
  const { env } = surroundings;
  const context = program
    .command('context')
    .description('name clusters, and choose the one that commands go to')
    .addHelpText(
      'after',
      `
They are kept in ~/.config/oakring/config.json, for you alone. A flag (--url, --context) counts before the
environment (OAKRING_URL, OAKRING_CONTEXT), and that before "context use".

Examples:
  oakring context add berlin --url https://berlin.example:10100 --token-file ~/.berlin-token --ca-file ca.crt
  oakring context use berlin
  oakring job ls --context oslo`,
    );
  context
    .command('ls')
    .description('list the clusters that have names')
    .action((_options: object, command: Command) => {
      const items = toldOf(readContexts(env));
      show(pageOfOwn(surroundings, command), { items }, (shown) => tableOf(shown.items));
    });
  addChanges(context, surroundings);
  context
    .command('show [context]')
    .description('show where commands go, or would go with this one')
    .action((name: string | undefined, _options: object, command: Command) => {
      const known = readContexts(env);
      const meant = name ?? known.current;
      if (meant === null) {
        const told = 'No context is in use: commands go to OAKRING_URL, or to this machine.';
        throw new CommandFailure(told, exitCodes.refused);
      }
      contextNamed(known, meant);
      const [told] = toldOf(known).filter(({ id }) => id === meant);
      show(pageOfOwn(surroundings, command), told, (shown) =>
        tableOf(shown === undefined ? [] : [shown]),
      );
    });
}

function addChanges(context: Command, surroundings: Surroundings): void {
  const { env, io } = surroundings;
  context
    .command('add <name>')
    .description(
      'give the cluster at --url a name; --token, and what is in --ca-file, is kept with it',
    )
    .option('--token-file <path>', 'where its token is kept instead')
    .option('--use', 'and use it from now on')
    .action(async (name: string, _options: object, command: Command) => {
      const { url, token, tokenFile, caFile, use } = command.optsWithGlobals<AddOptions>();
      if (!isId(name)) throw new CommandFailure(`"${name}" is ${idExpectation}.`, exitCodes.usage);
      if (url === undefined || (token !== undefined && tokenFile !== undefined)) {
        const told =
          'Say where it is with --url, and its token with --token-file or --token, not both.';
        throw new CommandFailure(told, exitCodes.usage);
      }
      const known = readContexts(env);
      const added: ClusterContext = {
        url: checkedUrl(url),
        ...(token === undefined ? {} : { token }),
        ...(tokenFile === undefined ? {} : { tokenFile: resolve(tokenFile) }),
        ...(caFile === undefined ? {} : { ca: certificatesOf(caFile) }),
      };
      const current = use === true ? name : (known.current ?? name);
      await writeContexts(env, { current, contexts: { ...known.contexts, [name]: added } });
      io.out(`Context ${name} is ${added.url}${current === name ? ', and in use' : ''}.`);
    });
  context
    .command('use <context>')
    .description('let commands go there from now on')
    .action(async (name: string) => {
      const known = readContexts(env);
      const { url } = contextNamed(known, name);
      await writeContexts(env, { ...known, current: name });
      io.out(`Commands go to ${name} (${url}) from now on.`);
    });
  context
    .command('rm <contexts...>')
    .description('forget names of clusters, and what is kept with them')
    .action(async (names: readonly string[]) => {
      const known = readContexts(env);
      for (const name of names) contextNamed(known, name);
      const left = Object.entries(known.contexts).filter(([name]) => !names.includes(name));
      const isLost = known.current !== null && names.includes(known.current);
      const current = isLost ? null : known.current;
      await writeContexts(env, { current, contexts: Object.fromEntries(left) });
      io.out(`Forgotten: ${names.join(', ')}.${isLost ? ' None is in use now.' : ''}`);
    });
}

function toldOf({ current, contexts }: Contexts): readonly Told[] {
  return Object.entries(contexts).map(([id, { url, token, tokenFile, ca }]) => ({
    id,
    current: id === current,
    url,
    token: tokenFile ?? (token === undefined ? 'none' : 'kept'),
    ca: ca === undefined ? 'of this machine' : certificatesIn(ca).map(subjectOf).join(', '),
  }));
}

function tableOf(items: readonly Told[]): string {
  if (items.length === 0) return 'No contexts. Make one: oakring context add <name> --url <url>';
  const rows = items.map(({ id, current, url, token, ca }) => [
    current ? '*' : '',
    id,
    url,
    token,
    ca,
  ]);
  return renderTable(['', 'CONTEXT', 'URL', 'TOKEN', 'CA'], rows);
}

function subjectOf({ subject }: KnownCertificate): string {
  return subject;
}

/** What is in the file, and nothing that is no certificate. */
function certificatesOf(file: string): string {
  let why = 'there is no certificate in it (PEM)';
  try {
    const text = readFileSync(file, 'utf8');
    if (certificatesIn(text).length > 0) return text;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new CommandFailure(`--ca-file ${file} cannot be used: ${why}.`, exitCodes.usage);
}
