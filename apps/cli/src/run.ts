import { CommanderError, type Command } from 'commander';
import { systemPorts, type Ports } from '@oakring/ports';
import { CommandExit, CommandLeft, exitCodes } from './exit-codes.js';
import { failureOf } from './failure.js';
import type { Io } from './io.js';
import { ManagerError } from './client/manager-error.js';
import { formatOf, type OutputOptions } from './output.js';
import { createProgram } from './program.js';
import { terminalOf, type Environment } from './terminal.js';

export interface RunOptions {
  readonly ports?: Ports;
  /** How a person calls this program. */
  readonly program?: string;
}

/** Runs one command line; resolves with the exit code. `argv` without node and program. */
export async function run(
  argv: readonly string[],
  io: Io,
  env: Environment,
  { ports = systemPorts(), program: name = 'oakring' }: RunOptions = {},
): Promise<number> {
  const [own, afterDashes] = splitAtDashes(argv);
  const surroundings = { io, env, ports, afterDashes, program: name };
  const program = createProgram(surroundings);
  if (own[0] === '__complete') {
    const { complete } = await import('./completion/complete.js');
    await complete(program, own.slice(1), surroundings);
    await io.flushed();
    return exitCodes.done;
  }
  let code: number;
  try {
    code = await parse(program, own, io, env);
  } catch (error) {
    if (error instanceof CommandLeft) return error.exitCode;
    throw error;
  }
  // Only now is it known whether all of it could be written.
  await io.flushed();
  return outputFailed(io) ? exitCodes.refused : code;
}

const withCommand = ['run', 'exec'];

/** What follows `job run … --` and `job exec … --` is a command of its own: none of its options are ours. */
function splitAtDashes(argv: readonly string[]): [own: string[], after: string[]] {
  const dashes = argv.indexOf('--');
  const runsJob = argv
    .slice(0, dashes)
    .some((word, at) => word === 'job' && withCommand.includes(argv[at + 1] ?? ''));
  return dashes === -1 || !runsJob
    ? [[...argv], []]
    : [argv.slice(0, dashes), argv.slice(dashes + 1)];
}

async function parse(
  program: Command,
  argv: readonly string[],
  io: Io,
  env: Environment,
): Promise<number> {
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommandLeft) throw error;
    // Commander has told its own errors already.
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    const failure = error instanceof CommandExit ? error.because : error;
    if (error instanceof CommandExit && failure === null) return error.exitCode;
    // What was still asked for was let go with the output: that is told once, as what it is.
    if (failure instanceof ManagerError && isOfClosed(failure, io)) {
      return exitCodes.done;
    }
    const { color, ...output } = program.opts<{ color: boolean } & OutputOptions>();
    // Errors go to standard error: whether that is a terminal decides about their colour.
    const { colors } = terminalOf({ ...io, outIsTerminal: io.errorIsTerminal }, env, color);
    const { message, exitCode } = failureOf(failure, colors, formatOf(output) === 'json');
    io.error(message);
    return error instanceof CommandExit ? error.exitCode : exitCode;
  }
}

function isOfClosed({ cause }: ManagerError, { closed }: Io): boolean {
  return closed.aborted && cause === closed.reason;
}

/** A full disk is a failure; a reader that has seen enough (`| head`) is none. */
function outputFailed(io: Io): boolean {
  if (!io.closed.aborted) return false;
  // What streamIo aborts it with.
  const error = io.closed.reason as NodeJS.ErrnoException;
  if (error.code === 'EPIPE') return false;
  io.error(`Standard output cannot be written: ${error.message}`);
  return true;
}
