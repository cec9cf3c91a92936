import { basename, dirname, join } from 'node:path';
import type { CgroupFiles } from './cgroup-files.js';

/** What a worker and the guards of its instances are in: where groups have limits, no process may be beside them. */
export const workersGroup = 'oakring-worker';
const controllers = ['cpu', 'memory', 'pids'] as const;
/** Generations back to whom a process is from; the first one is its own parent. */
const maxAncestors = 64;

/** Where groups with limits can be made, or why they cannot. */
export type LimitedPlace = { readonly folder: string } | { readonly whyNot: string };

/**
 * Finds where the kernel lets us limit groups, the first of:
 * 1. what `oakring-worker` lies in, where we are in a group of that name (`DelegateSubgroup=` of systemd 254);
 * 2. the highest group of the machine, which alone may have processes beside groups with limits;
 * 3. our own, if nobody else's is in it: we move to `oakring-worker` in it. Not the group of a service: systemd
 *    could not start that again while what it ran goes on, as processes cannot be put where limited groups are.
 *
 * With `change` it is made so; else it is only looked at. Never rejects.
 */
export async function limitedPlace(
  files: CgroupFiles,
  own: { readonly folder: string; readonly root: string },
  change: boolean,
): Promise<LimitedPlace> {
  if (basename(own.folder) === workersGroup) {
    const above = dirname(own.folder);
    // Guards that a worker began before its unit had such a group; what is at the top of a machine is nobody's to move.
    const moves = change && above !== own.root;
    const problem = moves ? await moveInto(files, above, own.folder) : null;
    return problem === null ? placeAt(files, above, change) : { whyNot: problem };
  }
  const isWhole = (await files.read(join(own.root, 'cgroup.type')).catch(() => null)) === null;
  const top = isWhole ? await placeAt(files, own.root, change) : null;
  if (top !== null && ('folder' in top || own.folder === own.root)) return top;
  const whyNot = await whyNotAlone(files, own.folder);
  if (whyNot !== null) return { whyNot: top === null ? whyNot : `${top.whyNot}; ${whyNot}` };
  if (change) {
    const problem = await moveInto(files, own.folder, join(own.folder, workersGroup));
    if (problem !== null) return { whyNot: problem };
  }
  return placeAt(files, own.folder, change);
}

async function placeAt(files: CgroupFiles, folder: string, change: boolean): Promise<LimitedPlace> {
  const has = (await files.read(join(folder, 'cgroup.controllers')).catch(() => '')).split(/\s+/);
  const missing = controllers.filter((name) => !has.includes(name));
  if (missing.length > 0) {
    const older = '(v1 may have them: boot with systemd.unified_cgroup_hierarchy=1)';
    return { whyNot: `the group ${folder} has no controller ${missing.join(', ')} ${older}` };
  }
  const control = join(folder, 'cgroup.subtree_control');
  if (!(await files.mayWrite(control))) return { whyNot: `${control} is not ours to write` };
  return change ? enable(files, folder) : { folder };
}

/** The limits of groups in it can be set from then on. */
async function enable(files: CgroupFiles, folder: string): Promise<LimitedPlace> {
  const problem = await enableIn(files, folder);
  return problem === null ? { folder } : { whyNot: problem };
}

/** Null, or why not. */
export async function enableIn(files: CgroupFiles, folder: string): Promise<string | null> {
  const control = join(folder, 'cgroup.subtree_control');
  try {
    await files.write(control, controllers.map((name) => `+${name}`).join(' '));
    return null;
  } catch (error) {
    return `${control}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function whyNotAlone(files: CgroupFiles, folder: string): Promise<string | null> {
  if (basename(folder).endsWith('.service')) {
    return (
      `the worker is in the group ${folder} itself, where systemd starts it: it takes systemd 254 or newer ` +
      `and DelegateSubgroup=${workersGroup} in its unit`
    );
  }
  const others: number[] = [];
  for (const pid of await processesIn(files, folder)) {
    if (!(await isKin(files, pid))) others.push(pid);
  }
  return others.length === 0 ? null : `others are in the group ${folder} (process ${others[0]})`;
}

async function processesIn(files: CgroupFiles, group: string): Promise<readonly number[]> {
  const text = await files.read(join(group, 'cgroup.procs')).catch(() => '');
  return text.split('\n').filter(Boolean).map(Number);
}

/** We ourselves, who began us, or whom we began. */
async function isKin(files: CgroupFiles, pid: number): Promise<boolean> {
  return (await descends(files, pid, process.pid)) || descends(files, process.pid, pid);
}

async function descends(files: CgroupFiles, pid: number, from: number): Promise<boolean> {
  let at: number | null = pid;
  for (let up = 0; up < maxAncestors && at !== null && at !== 0; up += 1) {
    if (at === from) return true;
    at = await files.parentOf(at);
  }
  return false;
}

/** Who comes in meanwhile is one of ours, begun by one who has not moved yet. Null, or why not. */
async function moveInto(files: CgroupFiles, from: string, to: string): Promise<string | null> {
  try {
    await files.make(to);
    for (let left = await processesIn(files, from), round = 0; left.length > 0; round += 1) {
      if (round === maxAncestors) return `the group ${from} does not become empty`;
      // One that has ended meanwhile cannot be moved.
      for (const pid of left)
        await files.write(join(to, 'cgroup.procs'), String(pid)).catch(() => {});
      left = await processesIn(files, from);
    }
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
