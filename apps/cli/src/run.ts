import { CommanderError } from 'commander';
import { CommandFailure, exitCodes, type ExitCode } from './exit-codes.js';
import { createProgram } from './program.js';
import { processTerminal } from './terminal.js';

/** Runs one command line; resolves with the exit code. `argv` without node and program. */
export async function run(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ExitCode> {
  const terminal = processTerminal(env, true);
  try {
    const program = createProgram(env);
    for (const command of [
      program,
      ...program.commands,
      ...program.commands.flatMap((c) => c.commands),
    ]) {
      command.exitOverride();
    }
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    }
    if (error instanceof CommandFailure) {
      terminal.error(terminal.colors.red(error.message));
      return error.exitCode;
    }
    terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return exitCodes.refused;
  }
}
