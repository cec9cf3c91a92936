import { explain, OakringError, type ErrorCode } from '@oakring/contracts';
import { ManagerError } from './client/manager-error.js';
import { CommandFailure, exitCodes, type ExitCode } from './exit-codes.js';
import { printable } from '@oakring/narration';
import { renderProblem } from './render/problem.js';
import type { Colors } from './terminal.js';

export interface Failure {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** What is said about an error, and what the program ends with. Programs get the problem as JSON. */
export function failureOf(error: unknown, colors: Colors, json: boolean): Failure {
  if (error instanceof ManagerError) return failureOfManager(error, colors, json);
  if (error instanceof CommandFailure) {
    return { message: colors.red(printable(error.message)), exitCode: error.exitCode };
  }
  if (error instanceof OakringError) {
    return { message: colors.red(explain(error)), exitCode: exitCodeOf(error.code) };
  }
  return { message: unexpected(error), exitCode: exitCodes.refused };
}

function exitCodeOf(code: ErrorCode): ExitCode {
  switch (code) {
    case 'settings-invalid':
      return exitCodes.usage;
    case 'store-away':
    case 'store-unreachable':
    case 'store-unsuitable':
      return exitCodes.unreachable;
    default:
      return exitCodes.refused;
  }
}

function failureOfManager(error: ManagerError, colors: Colors, json: boolean): Failure {
  const exitCode = error.kind === 'unreachable' ? exitCodes.unreachable : exitCodes.refused;
  const { problem } = error;
  if (problem === null) return { message: colors.red(printable(error.message)), exitCode };
  return { message: json ? JSON.stringify(problem) : renderProblem(problem, colors), exitCode };
}

/** An error of the operating system says enough by itself; any other is a bug, with its stack. */
function unexpected(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}
