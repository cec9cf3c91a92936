import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defaultPath } from './process-guard.js';

/** Where a program is, by its path or by its name in the folders of `path`; null: it is not here. */
export function programAt(program: string, path: string = defaultPath): string | null {
  const candidates = program.includes('/')
    ? [program]
    : path.split(delimiter).map((folder) => join(folder, program));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
