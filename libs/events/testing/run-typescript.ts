import { join } from 'node:path';

/**
 * Arguments for `node` that run a program of `testing/programs` from source: tests that must kill a
 * process need one, and what is tested is the source, not the last build.
 */
export function typescriptArguments(program: string): string[] {
  const folder = join(process.cwd(), 'libs/events/testing');
  return [
    '--disable-warning=ExperimentalWarning',
    '--import',
    join(folder, 'register-typescript.mjs'),
    join(folder, 'programs', program),
  ];
}
