import type { LogLine } from '@oakring/contracts';
import type { Command } from 'commander';
import { followedLogs, keptLogs } from '../client/follow-logs.js';
import { ManagerError } from '../client/manager-error.js';
import type { LogsQuery } from '../client/manager-client.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderLogLine } from '../render/log-lines.js';
import { printable } from '@oakring/narration';
import { contextOf, type Context, type Surroundings } from './context.js';
import { momentFor } from './moments.js';
import { namesHelp, wholeNumber } from './options.js';
import { onJob } from './selection.js';

interface LogsOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly tail?: number;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  readonly raw?: boolean;
}

/** A line, and which instance printed it. */
interface Printed {
  readonly number: number;
  readonly line: LogLine;
}

const examples = `
Examples:
  oakring job logs hello
  oakring job logs hello 0 --tail 20 --timestamps
  oakring job logs hello -f
  oakring job logs hello 2 --previous
  oakring job logs hello --since 5m -o json | jq -r .text

Control characters are shown as \\u001b and the like; --raw passes them on as they are.`;

export function addJobLogs(job: Command, surroundings: Surroundings): void {
  job
    .command('logs')
    .description('show what the instances of a job print')
    .argument('<job>', 'its name or id')
    .argument('[instance]', 'its number (default: all of them)', wholeNumber)
    .option('-f, --follow', 'go on as they print, over replacements and changes of the leader')
    .option('--since <moment>', 'what was printed since a time ago (5m), of day (19:30), or ISO')
    .option('--tail <lines>', 'so many of the newest lines of each', wholeNumber)
    .option('--previous', 'of the start before the present one')
    .option('--timestamps', 'when each line was printed, before it')
    .option('--raw', 'as it was printed, whatever it does to the terminal')
    .addHelpText('after', `${namesHelp}\n${examples}`)
    .action(
      async (text: string, number: number | undefined, options: LogsOptions, command: Command) => {
        if (options.follow === true && options.previous === true) {
          const detail = 'A start that is over prints nothing more: leave out -f or --previous.';
          throw new CommandFailure(detail, exitCodes.usage);
        }
        await showLogs(contextOf(surroundings, command), { text, number }, options);
      },
    );
}

async function showLogs(
  context: Context,
  { text, number }: { readonly text: string; readonly number: number | undefined },
  options: LogsOptions,
): Promise<void> {
  const { terminal, json, client } = context;
  const { id, answer: job } = await onJob(client, text, 'look', (each) => client.job(each));
  const numbers = number === undefined ? job.instances.map((each) => each.number) : [number];
  const look = {
    isNumbered: number === undefined,
    timestamps: options.timestamps === true,
    raw: options.raw === true,
  };
  const printed =
    options.follow === true
      ? asTheyCome(numbers.map((each) => followedOf(context, id, each, options)))
      : inTheirOrder(numbers.map((each) => keptOf(context, id, each, options)));
  for await (const { number: of, line } of printed) {
    if (json) terminal.out(JSON.stringify({ instance: of, ...line }));
    else {
      const text = renderLogLine(of, line, look, terminal.colors);
      if (look.raw) terminal.outAsItIs(text);
      else terminal.out(text);
    }
    await terminal.drained();
  }
}

function queryOf({ since, tail, previous }: LogsOptions, { ports }: Context): LogsQuery {
  return {
    ...(since === undefined ? {} : { since: momentFor(since, ports.clock) }),
    ...(tail === undefined ? {} : { tail }),
    ...(previous === true ? { previous } : {}),
  };
}

async function* followedOf(
  context: Context,
  id: string,
  number: number,
  options: LogsOptions,
): AsyncGenerator<Printed> {
  const { client, ports, terminal } = context;
  const onWait = (reason: string): void =>
    terminal.error(`Waiting for instance ${number}: ${printable(reason)}`);
  const following = { ports, signal: terminal.closed, onWait };
  for await (const line of followedLogs(
    client,
    { id, number },
    queryOf(options, context),
    following,
  )) {
    yield { number, line };
  }
}

async function* keptOf(
  context: Context,
  id: string,
  number: number,
  options: LogsOptions,
): AsyncGenerator<Printed> {
  const { client, terminal } = context;
  const lines = keptLogs(client, { id, number }, queryOf(options, context), terminal.closed);
  for await (const line of lines) yield { number, line };
}

/** Lines of several as they come, each asked for its next one once that was taken. */
async function* asTheyCome(sources: readonly AsyncGenerator<Printed>[]): AsyncGenerator<Printed> {
  const next = (source: AsyncGenerator<Printed>) =>
    source.next().then((result) => ({ source, result }));
  const waiting = new Map(sources.map((source) => [source, next(source)]));
  while (waiting.size > 0) {
    const { source, result } = await Promise.race(waiting.values());
    if (result.done === true) waiting.delete(source);
    else {
      waiting.set(source, next(source));
      yield result.value;
    }
  }
}

/** Lines of several that all have an end, the oldest first. Throws, at the end, what one of them could not say. */
async function* inTheirOrder(sources: readonly AsyncGenerator<Printed>[]): AsyncGenerator<Printed> {
  const failures: unknown[] = [];
  const next = async (source: AsyncGenerator<Printed>): Promise<Head | null> => {
    try {
      const { done, value } = await source.next();
      return done === true ? null : { source, value, atMs: Date.parse(value.line.at ?? '') };
    } catch (error) {
      failures.push(error);
      return null;
    }
  };
  const heads = (await Promise.all(sources.map(next))).filter((head) => head !== null);
  while (heads.length > 0) {
    // What has no time is shown at once.
    const oldest = heads.reduce((one, other) => (other.atMs < one.atMs ? other : one));
    yield oldest.value;
    const following = await next(oldest.source);
    const at = heads.indexOf(oldest);
    if (following === null) heads.splice(at, 1);
    else heads[at] = following;
  }
  const [first] = failures.filter((failure) => !isEmptiness(failure) || sources.length === 1);
  if (first !== undefined) throw first;
  if (failures.length === sources.length && sources.length > 0) throw failures[0];
}

interface Head {
  readonly source: AsyncGenerator<Printed>;
  readonly value: Printed;
  readonly atMs: number;
}

function isEmptiness(error: unknown): boolean {
  const code = error instanceof ManagerError ? error.problem?.code : null;
  return code === 'nothing-printed' || code === 'instance-nowhere';
}
