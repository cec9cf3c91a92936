import { describe, it } from '@jest/globals';
import { scenesOfGroups } from './cgroup-files.scenes.js';
import { FakeCgroups } from './testing/fake-cgroups.js';

describe('The groups of tests are like the kernel’s:', () => {
  it.each(scenesOfGroups)('%s', async (_sentence, play) => {
    const files = new FakeCgroups();
    const group = '/cgroup/scene';
    await files.write('/cgroup/cgroup.subtree_control', '+cpu +memory +pids');
    await files.make(group);
    let pid = 100;
    const dwell = async (into: string) => files.enter(into, (pid += 1));
    await play({ files, group, dwell, pause: async () => {} });
  });
});
