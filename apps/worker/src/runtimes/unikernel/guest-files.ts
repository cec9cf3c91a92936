import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addressKey, StartFailure, type InstanceAddress } from '../runtime.port.js';

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

/** QEMU has read it, or never will: nothing of a secret stays there. */
export function forgetEnvironment(folder: string, address: InstanceAddress): Promise<void> {
  return rm(environmentPath(folder, address), { force: true });
}

/** The same as a guest reads it, a line each. Throws where a value would come to be another variable. */
export function environmentText(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (!value.includes('\n')) return `${name}=${value}\n`;
    const why = `the value of ${name} has a line feed, and a unikernel reads a variable a line`;
    throw new StartFailure(`cannot start: ${why}: give it as Base64`, 'job');
  });
  return lines.join('');
}

/** Short, whatever the job is called: a socket's path has few bytes. */
function nameOf(folder: string, address: InstanceAddress): string {
  return join(folder, createHash('sha256').update(addressKey(address)).digest('hex').slice(0, 24));
}
