import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CgroupFiles } from './cgroup-files.js';

/** What a scene is played in. */
export interface SceneOfGroups {
  readonly files: CgroupFiles;
  /** A group of the scene's own, with cpu, memory and pids to give, in which nothing is. */
  readonly group: string;
  /** Something enters a group and stays there. Rejects where it cannot. */
  dwell(group: string): Promise<void>;
  /** What has to happen meanwhile does. */
  pause(): Promise<void>;
}

const all = '+cpu +memory +pids';

/**
 * What we rely on of the kernel's groups, by sentence. They are functions and no tests, because the real ones are
 * looked at where there is no test runner: in a small machine of its own (`infra/kernel`).
 */
export const scenesOfGroups: readonly (readonly [
  sentence: string,
  play: (scene: SceneOfGroups) => Promise<void>,
])[] = [
  [
    'a group has the limits that the one above gives it, from when it is given them',
    async ({ files, group }) => {
      const child = join(group, 'child');
      await files.make(child);
      await assert.rejects(files.write(join(child, 'memory.max'), '4096'), { code: 'ENOENT' });
      await files.write(join(group, 'cgroup.subtree_control'), all);
      await files.write(join(child, 'memory.max'), '4194304');
      assert.match(await files.read(join(child, 'memory.max')), /^4194304$/m);
      await files.make(join(group, 'later'));
      await files.write(join(group, 'later', 'pids.max'), '100');
    },
  ],
  [
    'a group in which something is has no limits to give',
    async ({ files, group, dwell }) => {
      const inner = join(group, 'inner');
      await files.write(join(group, 'cgroup.subtree_control'), all);
      await files.make(inner);
      await dwell(inner);
      const giving = files.write(join(inner, 'cgroup.subtree_control'), all);
      await assert.rejects(giving, { code: 'EBUSY' });
    },
  ],
  [
    'nothing enters a group that gives limits, and all may enter the one below',
    async ({ files, group, dwell }) => {
      await files.write(join(group, 'cgroup.subtree_control'), all);
      await files.make(join(group, 'leaf'));
      await assert.rejects(dwell(group));
      await dwell(join(group, 'leaf'));
    },
  ],
  [
    'a group is populated while something is in it or below, and not removed then; kill empties it',
    async ({ files, group, dwell, pause }) => {
      const [above, below] = [join(group, 'above'), join(group, 'above', 'below')];
      await files.make(below);
      assert.match(await files.read(join(above, 'cgroup.events')), /^populated 0$/m);
      await dwell(below);
      assert.match(await files.read(join(above, 'cgroup.events')), /^populated 1$/m);
      await assert.rejects(files.remove(below), { code: 'EBUSY' });
      await files.write(join(above, 'cgroup.kill'), '1');
      await until(
        async () => /^populated 0$/m.test(await files.read(join(above, 'cgroup.events'))),
        pause,
      );
      await assert.rejects(files.remove(above), { code: 'EBUSY' });
      await files.remove(below);
      await files.remove(above);
      await assert.rejects(files.read(join(above, 'cgroup.events')), { code: 'ENOENT' });
      await assert.rejects(files.children(above), { code: 'ENOENT' });
    },
  ],
  [
    'whoever visits a group is not in it afterwards',
    async ({ files, group }) => {
      await files.visit(group);
      assert.equal(await files.read(join(group, 'cgroup.procs')), '');
    },
  ],
  [
    'a group that is there already is made again without harm, and told among the children',
    async ({ files, group }) => {
      await files.make(join(group, 'one'));
      await files.make(join(group, 'one'));
      assert.deepEqual(await files.children(group), ['one']);
    },
  ],
];

/** What is killed is gone a moment later. */
async function until(isSo: () => Promise<boolean>, pause: () => Promise<void>): Promise<void> {
  for (let looks = 0; looks < 10_000; looks += 1) {
    if (await isSo()) return;
    await pause();
  }
  assert.fail('it does not come to be so');
}
