import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One thing that is done, in words for a person. */
export type Step =
  | { readonly does: 'run'; readonly argv: readonly string[]; readonly mayFail?: boolean }
  | {
      readonly does: 'write';
      readonly path: string;
      readonly content: string;
      readonly mode: number;
      readonly folderMode: number;
    }
  | { readonly does: 'remove'; readonly path: string }
  | { readonly does: 'leave'; readonly path: string };

export function describeStep(step: Step): string {
  switch (step.does) {
    case 'run':
      return `run    ${step.argv.join(' ')}`;
    case 'write':
      return `write  ${step.path} (mode ${step.mode.toString(8).padStart(4, '0')})`;
    case 'remove':
      return `remove ${step.path}`;
    case 'leave':
      return `leave  ${step.path} as it is`;
  }
}

/** Throws with what failed, in words for a person. */
export function carryOut(step: Step): void {
  switch (step.does) {
    case 'run':
      return runStep(step.argv, step.mayFail === true);
    case 'write': {
      const { path, content, mode, folderMode } = step;
      mkdirSync(dirname(path), { recursive: true, mode: folderMode });
      return writeFileSync(path, content, { mode });
    }
    case 'remove':
      return rmSync(step.path, { force: true });
    case 'leave':
  }
}

function runStep([program = '', ...args]: readonly string[], mayFail: boolean): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status === 0 || mayFail) return;
  const why = error?.message ?? (stderr.trim() || `exit code ${status}`);
  throw new Error(`${[program, ...args].join(' ')}: ${why}`);
}

/** Whether systemd runs this machine: its own sign of that (sd_booted(3)). */
export function isRunBySystemd(): boolean {
  return existsSync('/run/systemd/system');
}
