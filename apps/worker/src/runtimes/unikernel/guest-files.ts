import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { addressKey, type InstanceAddress } from '../runtime.port.js';

/** What lies in the worker's folder for each guest. */

/** Of an address of a Unix socket (unix(7)), with the zero at its end. */
export const maxSocketPath = 107;

/** Names of such files. */
export const ofGuests = /^[0-9a-f]{24}\.(sock|environment)$/;

/** The socket of its monitor. */
export function monitorPath(folder: string, address: InstanceAddress): string {
  return `${nameOf(folder, address)}.sock`;
}

/** What the guest is told as its environment. */
export function environmentPath(folder: string, address: InstanceAddress): string {
  return `${nameOf(folder, address)}.environment`;
}

/** Short, whatever the job is called: a socket's path has few bytes. */
function nameOf(folder: string, address: InstanceAddress): string {
  return join(folder, createHash('sha256').update(addressKey(address)).digest('hex').slice(0, 24));
}
