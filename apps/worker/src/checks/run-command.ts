import { spawn, type ChildProcess } from 'node:child_process';
import type { Timers } from '@oakring/ports';
import { problemOfCommand, tooLate } from './probes.js';

export interface CommandToRun {
  /** What is run, to be told of. */
  readonly command: readonly string[];
  /** How it is begun. */
  readonly program: string;
  readonly args: readonly string[];
  /** All that it is given. */
  readonly environment: Readonly<Record<string, string>>;
  /** Null: where the worker is. */
  readonly cwd: string | null;
}

/** Of what it prints the end is kept. */
const maxHeardBytes = 4_096;
/** After its exit, for its last words: a daemon that it left may hold the pipe for ever. */
const closeWithinMs = 500;

/**
 * Runs a command that looks: null where it ends with 0 in time, else why it is not well. One that takes
 * longer is killed, with what it started and did not leave its process group. Rejects where the machine cannot run it.
 */
export function runCommand(
  { command, program, args, environment, cwd }: CommandToRun,
  timeoutMs: number,
  timers: Timers,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      ...(cwd === null ? {} : { cwd }),
    });
    let words = '';
    const hear = (chunk: Buffer): void => {
      words = (words + chunk.toString('utf8')).slice(-maxHeardBytes);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    const limit = timers.after(timeoutMs, () => {
      resolve(`${command[0] ?? ''} ${tooLate(timeoutMs)}`);
      killGroup(child);
    });
    child.once('error', (error) => {
      limit.cancel();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      limit.cancel();
      // What it has left running is none of ours to wait for, nor to keep.
      killGroup(child);
      const end = (): void => resolve(problemOfCommand(command, code ?? `signal ${signal}`, words));
      child.once('close', end);
      timers.after(closeWithinMs, end);
    });
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}
