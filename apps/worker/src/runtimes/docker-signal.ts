import { readFile } from 'node:fs/promises';

/**
 * Signals a process of a container from outside, for which the engine has no way; false: it was not. Where the engine
 * runs on this machine the kernel shows which container a process is of.
 */
export async function signalled(
  containerId: string,
  pid: number,
  signal: 'SIGHUP' | 'SIGKILL',
): Promise<boolean> {
  if (!(pid > 1)) return false;
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
  if (!groups.includes(containerId)) return false;
  // It leads a group with what it started, where its engine made it one.
  return sent(-pid, signal) || sent(pid, signal);
}

function sent(pid: number, signal: 'SIGHUP' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
