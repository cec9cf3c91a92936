import { execFile } from 'node:child_process';
import { access, constants, mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const enterWithinMs = 5_000;

/**
 * The file system that the kernel shows its groups in (cgroup v2, Documentation/admin-guide/cgroup-v2.rst). What
 * every implementation keeps is in `cgroup-files.scenes.ts`.
 */
export interface CgroupFiles {
  /** Folder of the group that we are in, and of the highest one that can be seen; null: there is no cgroup v2. */
  own(): Promise<{ readonly folder: string; readonly root: string } | null>;
  /** Rejects with ENOENT where there is no such file or group. */
  read(path: string): Promise<string>;
  /** Rejects where the kernel refuses it, with ENOENT where there is no such file. */
  write(path: string, text: string): Promise<void>;
  /** Whether we may write there: not yet that the kernel takes it. */
  mayWrite(path: string): Promise<boolean>;
  /** Names of the groups in a group. Rejects with ENOENT where there is none. */
  children(group: string): Promise<readonly string[]>;
  /** With those above it; one that is there already is left as it is. */
  make(group: string): Promise<void>;
  /** Rejects where something is in it, with ENOENT where there is none. */
  remove(group: string): Promise<void>;
  /** A process of ours enters a group, and ends there. Rejects where it cannot. */
  visit(group: string): Promise<void>;
  /** The process that began one; null: not known. */
  parentOf(pid: number): Promise<number | null>;
}

export const kernelFiles: CgroupFiles = {
  own: async () => {
    const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
    const mount = mounts.split('\n').find((line) => / - cgroup2 /.test(line));
    const [, , , top, root] = mount?.split(' ') ?? [];
    const groups = await readFile('/proc/self/cgroup', 'utf8').catch(() => '');
    const path = /^0::(.*)$/m.exec(groups)?.[1];
    if (top === undefined || root === undefined || path === undefined) return null;
    return { root, folder: join(root, relative(top, path)) };
  },
  read: (path) => readFile(path, 'utf8'),
  // Without O_CREAT: of a file that is not there the kernel would say that we may not make it.
  write: (path, text) => writeFile(path, text, { flag: constants.O_WRONLY }),
  mayWrite: (path) =>
    access(path, constants.W_OK).then(
      () => true,
      () => false,
    ),
  children: async (group) => {
    const entries = await readdir(group, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  },
  make: async (group) => void (await mkdir(group, { recursive: true })),
  remove: (group) => rmdir(group),
  visit: async (group) => {
    const enter = ['-c', 'echo $$ > "$1/cgroup.procs"', 'oakring-probe', group];
    await promisify(execFile)('/bin/sh', enter, { env: {}, timeout: enterWithinMs });
  },
  parentOf: async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
    return parent === undefined ? null : Number(parent);
  },
};
