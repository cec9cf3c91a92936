import { readFileSync } from 'node:fs';

/** Where nothing says how many there can be: the smallest usual `pid_max`. */
const usualPids = 32_768;

/** How many processes and threads there can be on this machine at once. */
export function pidsOfMachine(): number {
  const limits = ['pid_max', 'threads-max'].map((name) => {
    try {
      return Number(readFileSync(`/proc/sys/kernel/${name}`, 'utf8'));
    } catch {
      return usualPids;
    }
  });
  return Math.min(...limits);
}
