import { dirname, join } from 'node:path';
import { isObject, type Resources } from '@oakring/contracts';
import { sha256 } from '@oakring/crypto';
import type { Timers } from '@oakring/ports';
import { ifGone } from '../guard-record.js';
import { StartFailure } from '../runtime.port.js';
import { kernelFiles, type CgroupFiles } from './cgroup-files.js';
import { enableIn, limitedPlace } from './limited-place.js';
import { limitsFrom, settingsOf, type Limits } from './limits.js';
import { pidsOfMachine } from './pids-of-machine.js';

const lookEveryMs = 10;
/** What cannot be killed for so long (it waits for a disk that is gone) is told of. */
const killWithinMs = 30_000;
const bytesPerMiB = 1_048_576;

/** The machine was started with version 1, or none is mounted. */
const noCgroups = 'there is no cgroup v2 here';

/** What makes them be there, by why they are not: a sentence without its end. */
export function remedyOf(why: string | null): string {
  return why === noCgroups
    ? 'Start the machine with cgroup v2 (kernel parameter systemd.unified_cgroup_hierarchy=1; /sys/fs/cgroup is mounted)'
    : 'Run the worker as root, or by systemd 254 or newer with the unit of `oakring worker install`';
}

/**
 * Groups of the kernel (cgroup v2, also the one beside v1) that hold instances together: a process
 * leaves its session and its process group when it likes, and stays in its cgroup. `cgroup.kill`
 * (Linux 5.14) ends all that is in one at once. A program that runs as root, or is given rights over
 * cgroups, can move itself out on purpose: that is not held. Where the kernel lets us (`limited-place.ts`),
 * each has limits as well.
 */
export class Cgroups {
  private constructor(
    private readonly folder: string,
    private readonly timers: Timers,
    private readonly files: CgroupFiles,
    /** Why groups have no limits here; null: they have. */
    readonly whyUnlimited: string | null,
  ) {}

  /**
   * Groups of the owner's, in a folder that is there while one of them is. Resolves with why not, where groups
   * cannot be made, entered or killed here.
   */
  static async open(
    owner: string,
    timers: Timers,
    files: CgroupFiles = kernelFiles,
  ): Promise<Cgroups | string> {
    const own = await files.own();
    if (own === null) return noCgroups;
    const name = `oakring-${sha256(owner).slice(0, 16)}`;
    const place = await limitedPlace(files, own, true);
    if ('folder' in place) {
      const limited = await Cgroups.openIn(join(place.folder, name), timers, files, null);
      if (typeof limited !== 'string') return limited;
    }
    const whyNot = 'whyNot' in place ? place.whyNot : 'groups there cannot be limited';
    return Cgroups.openIn(join(own.folder, name), timers, files, whyNot);
  }

  /** What `open` would have here, without a change that lasts: null, or why not. In the name of nobody who runs. */
  static async examine(
    owner: string,
    timers: Timers,
    files: CgroupFiles = kernelFiles,
  ): Promise<{ readonly groups: string | null; readonly limits: string | null }> {
    const own = await files.own();
    if (own === null) {
      const why = noCgroups;
      return { groups: why, limits: why };
    }
    const place = await limitedPlace(files, own, false);
    const at = 'folder' in place ? place.folder : own.folder;
    const limits = 'folder' in place ? null : place.whyNot;
    const folder = join(at, `oakring-${sha256(owner).slice(0, 16)}`);
    const groups = await Cgroups.openIn(folder, timers, files, 'only looked at');
    return { groups: typeof groups === 'string' ? groups : null, limits };
  }

  private static async openIn(
    folder: string,
    timers: Timers,
    files: CgroupFiles,
    whyUnlimited: string | null,
  ): Promise<Cgroups | string> {
    const groups = new Cgroups(folder, timers, files, whyUnlimited);
    try {
      await groups.probe();
      return groups;
    } catch (error) {
      await groups.isRemoved(folder);
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** What an instance for which so much is reserved is limited to; null: to nothing. */
  limitsFor(resources: Resources): Limits | null {
    return this.whyUnlimited === null ? limitsFrom(resources, pidsOfMachine()) : null;
  }

  /** Makes a group that is empty. That there is none to be had is its machine's failure, not the job's. */
  async make(name: string, limits: Limits | null = null): Promise<string> {
    const group = join(this.folder, name);
    try {
      await this.files.make(group);
      if (limits !== null) await this.limit(group, limits);
      return group;
    } catch (error) {
      await this.isRemoved(group);
      const why = error instanceof Error ? error.message : String(error);
      throw new StartFailure(`cannot start: no cgroup: ${why}`, 'node');
    }
  }

  private async limit(group: string, limits: Limits): Promise<void> {
    // The folder is gone with the last group in it, and is as new then.
    const problem = await enableIn(this.files, this.folder);
    if (problem !== null) throw new Error(problem);
    for (const { file, text, mayLack = false } of settingsOf(limits)) {
      const writing = this.files.write(join(group, file), text);
      await (mayLack ? writing.catch(ifGone(undefined)) : writing);
    }
  }

  /** Ends what an earlier start left in groups of which nothing is known. */
  async endAllBut(known: ReadonlySet<string>): Promise<void> {
    const names = await this.files.children(this.folder).catch(ifGone([]));
    const groups = names.map((name) => join(this.folder, name));
    for (const group of groups) if (!known.has(group)) await this.end(group);
  }

  /** Of this start or an earlier one. Resolves once nothing of it is there. Rejects when something in it cannot be killed. */
  async end(group: string): Promise<void> {
    for (let waitedMs = 0; waitedMs <= killWithinMs; waitedMs += lookEveryMs) {
      // One that is gone has nothing in it. The last one takes the folder with it.
      if (!(await this.isPopulated(group)) && (await this.isRemoved(group))) {
        await this.files.remove(dirname(group)).catch(() => {});
        return;
      }
      await this.files.write(join(group, 'cgroup.kill'), '1').catch(() => {});
      await this.timers.sleep(lookEveryMs);
    }
    throw new Error(`processes in ${group} cannot be killed`);
  }

  private async probe(): Promise<void> {
    const isLimited = this.whyUnlimited === null;
    const limits = isLimited ? limitsFrom({ cpuMillis: 0, memoryMiB: 0 }, pidsOfMachine()) : null;
    const group = await this.make('probe', limits);
    await this.files.read(join(group, 'cgroup.events'));
    if (!(await this.files.mayWrite(join(group, 'cgroup.kill')))) {
      throw new Error('its groups have no cgroup.kill (Linux 5.14)');
    }
    await this.files.visit(group);
    await this.end(group);
  }

  private async isPopulated(group: string): Promise<boolean> {
    const events = await this.files.read(join(group, 'cgroup.events')).catch(() => '');
    return /^populated 1$/m.test(events);
  }

  /** Removes it with those that a job has made in it. False: something is in it (again). */
  private async isRemoved(group: string): Promise<boolean> {
    const children = await this.files.children(group).catch(() => []);
    for (const child of children) await this.isRemoved(join(group, child));
    return this.files.remove(group).then(
      () => true,
      (error: unknown) => isObject(error) && error['code'] === 'ENOENT',
    );
  }

  /** What is used in a group: `null` where the kernel does not count it there. */
  async usageOf(group: string): Promise<{ cpuMs: number; memoryMiB: number } | null> {
    const read = (file: string): Promise<string> =>
      this.files.read(join(group, file)).catch(() => '');
    const [times, bytes, memory] = await Promise.all(
      ['cpu.stat', 'memory.current', 'memory.stat'].map(read),
    );
    const micros = /^usage_usec (\d+)$/m.exec(times ?? '')?.[1];
    const current = /^(\d+)$/m.exec(bytes ?? '')?.[1];
    if (micros === undefined || current === undefined) return null;
    // What the kernel would give back first is not what it needs: as engines of containers count it.
    const inactive = Number(/^inactive_file (\d+)$/m.exec(memory ?? '')?.[1] ?? 0);
    const used = Math.max(0, Number(current) - inactive);
    return { cpuMs: Number(micros) / 1_000, memoryMiB: used / bytesPerMiB };
  }
}
