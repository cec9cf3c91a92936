import { programAt } from '../program-at.js';
import { qemuProgram } from './qemu-command.js';

/** Path of QEMU on this machine; null: it is not installed. */
export function qemuHere(): string | null {
  return programAt(qemuProgram());
}
