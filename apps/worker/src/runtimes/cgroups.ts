import { execFile } from 'node:child_process';
import { sha256 } from '@oakring/crypto';
import { access, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { isObject } from '@oakring/contracts';
import type { Timers } from '@oakring/ports';
import { ifGone } from './guard-record.js';
import { StartFailure } from './runtime.port.js';

const lookEveryMs = 10;
/** What cannot be killed for so long (it waits for a disk that is gone) is told of. */
const killWithinMs = 30_000;
const probeWithinMs = 5_000;

/**
 * Groups of the kernel (cgroup v2, also the one beside v1) that hold instances together: a process
 * leaves its session and its process group when it likes, and stays in its cgroup. `cgroup.kill`
 * (Linux 5.14) ends all that is in one at once. A program that runs as root, or is given rights over
 * cgroups, can move itself out on purpose: that is not held.
 */
export class Cgroups {
  private constructor(
    private readonly folder: string,
    private readonly timers: Timers,
  ) {}

  /**
   * Groups of the owner's beside our own process, in a folder that is there while one of them is.
   * Resolves with why not, where groups cannot be made, entered or killed here.
   */
  static async open(owner: string, timers: Timers): Promise<Cgroups | string> {
    const own = await ownFolder();
    if (own === null) return 'there is no cgroup v2 here';
    const name = sha256(owner).slice(0, 16);
    const folder = join(own, `oakring-${name}`);
    try {
      const groups = new Cgroups(folder, timers);
      await groups.probe();
      return groups;
    } catch (error) {
      await isRemoved(folder);
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** Makes a group that is empty. That there is none to be had is its machine's failure, not the job's. */
  async make(name: string): Promise<string> {
    const group = join(this.folder, name);
    await mkdir(group, { recursive: true }).catch((error: unknown) => {
      throw new StartFailure(`cannot start: no cgroup: ${String(error)}`, 'node');
    });
    return group;
  }

  /** Ends what an earlier start left in groups of which nothing is known. */
  async endAllBut(known: ReadonlySet<string>): Promise<void> {
    const groups = (await childrenOf(this.folder, ifGone([]))).map((name) =>
      join(this.folder, name),
    );
    for (const group of groups) if (!known.has(group)) await this.end(group);
  }

  /** Of this start or an earlier one. Resolves once nothing of it is there. Rejects when something in it cannot be killed. */
  async end(group: string): Promise<void> {
    for (let waitedMs = 0; waitedMs <= killWithinMs; waitedMs += lookEveryMs) {
      // One that is gone has nothing in it. The last one takes the folder with it.
      if (!(await isPopulated(group)) && (await isRemoved(group))) {
        await rmdir(dirname(group)).catch(() => {});
        return;
      }
      await writeFile(join(group, 'cgroup.kill'), '1').catch(() => {});
      await this.timers.sleep(lookEveryMs);
    }
    throw new Error(`processes in ${group} cannot be killed`);
  }

  private async probe(): Promise<void> {
    const group = await this.make('probe');
    await access(join(group, 'cgroup.kill'));
    const enter = ['-c', 'echo $$ > "$1/cgroup.procs"', 'oakring-probe', group];
    await promisify(execFile)('/bin/sh', enter, { env: {}, timeout: probeWithinMs });
    await this.end(group);
  }
}

/** Where the kernel shows the group that we are in; null: it shows none. */
async function ownFolder(): Promise<string | null> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const mount = mounts.split('\n').find((line) => / - cgroup2 /.test(line));
  const [, , , root, point] = mount?.split(' ') ?? [];
  const groups = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
  const path = /^0::(.*)$/m.exec(groups)?.[1];
  if (root === undefined || point === undefined || path === undefined) return null;
  return join(point, relative(root, path));
}

async function isPopulated(group: string): Promise<boolean> {
  const events = await readFile(join(group, 'cgroup.events'), 'utf8').catch(() => '');
  return /^populated 1$/m.test(events);
}

async function childrenOf(
  group: string,
  unread: (error: unknown) => never[] = () => [],
): Promise<readonly string[]> {
  const entries = await readdir(group, { withFileTypes: true }).catch(unread);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Removes it with those that a job has made in it. False: something is in it (again). */
async function isRemoved(group: string): Promise<boolean> {
  for (const child of await childrenOf(group)) await isRemoved(join(group, child));
  return rmdir(group).then(
    () => true,
    (error: unknown) => isObject(error) && error['code'] === 'ENOENT',
  );
}
