import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defaultPath } from '../process-guard.js';
import { qemuProgram } from './qemu-command.js';

/** Path of QEMU on this machine; null: it is not installed. */
export function qemuHere(): string | null {
  const candidates = defaultPath.split(delimiter).map((folder) => join(folder, qemuProgram()));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
