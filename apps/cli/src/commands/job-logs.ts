import type { LogLine } from '@oakring/contracts';
import type { Command } from 'commander';
import { followedLogs, keptLogs } from '../client/follow-logs.js';
import { ManagerError } from '../client/manager-error.js';
import type { LogsQuery } from '../client/manager-client.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';
import { renderLogLine } from '../render/log-lines.js';
import { printable } from '../render/printable.js';
import { contextOf, type Context, type Surroundings } from './context.js';
import { wholeNumber } from './options.js';

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
  oakring job logs hello --since 5m --json | jq -r .text

Control characters are shown as \\u001b and the like; --raw passes them on as they are.`;

export function addJobLogs(job: Command, surroundings: Surroundings): void {
  job
    .command('logs')
    .description('show what the instances of a job print')
    .argument('<id>', 'of the job')
    .argument('[instance]', 'its number (default: all of them)', wholeNumber)
    .option('-f, --follow', 'go on as they print, over replacements and changes of the leader')
    .option('--since <moment>', 'what was printed since a time, or a time ago such as 5m')
    .option('--tail <lines>', 'so many of the newest lines of each', wholeNumber)
    .option('--previous', 'of the start before the present one')
    .option('--timestamps', 'when each line was printed, before it')
    .option('--raw', 'as it was printed, whatever it does to the terminal')
    .addHelpText('after', examples)
    .action(
      async (id: string, number: number | undefined, options: LogsOptions, command: Command) => {
        if (options.follow === true && options.previous === true) {
          const detail = 'A start that is over prints nothing more: leave out -f or --previous.';
          throw new CommandFailure(detail, exitCodes.usage);
        }
        await showLogs(contextOf(surroundings, command), { id, number }, options);
      },
    );
}

async function showLogs(
  context: Context,
  { id, number }: { readonly id: string; readonly number: number | undefined },
  options: LogsOptions,
): Promise<void> {
  const { terminal, json } = context;
  const numbers = number === undefined ? await numbersOf(context, id) : [number];
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
    else terminal.out(renderLogLine(of, line, look, terminal.colors));
    await terminal.drained();
  }
}

async function numbersOf({ client }: Context, id: string): Promise<number[]> {
  const { instances } = await client.job(id);
  return instances.map((each) => each.number);
}

function queryOf({ since, tail, previous }: LogsOptions): LogsQuery {
  return {
    ...(since === undefined ? {} : { since: /^\d+[smhd]$/.test(since) ? `-${since}` : since }),
    ...(tail === undefined ? {} : { tail }),
    ...(previous === true ? { previous } : {}),
  };
}

async function* followedOf(
  { client, ports, terminal }: Context,
  id: string,
  number: number,
  options: LogsOptions,
): AsyncGenerator<Printed> {
  const onWait = (reason: string): void =>
    terminal.error(`Waiting for instance ${number}: ${printable(reason)}`);
  const following = { ports, signal: terminal.closed, onWait };
  for await (const line of followedLogs(client, { id, number }, queryOf(options), following)) {
    yield { number, line };
  }
}

/** Of several one that has printed nothing, or cannot be asked, does not keep the others from being shown. */
async function* keptOf(
  { client, terminal }: Context,
  id: string,
  number: number,
  options: LogsOptions,
): AsyncGenerator<Printed> {
  const lines = keptLogs(client, { id, number }, queryOf(options), terminal.closed);
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
