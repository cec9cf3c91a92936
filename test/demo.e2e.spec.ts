import { afterAll, describe, expect, it } from '@jest/globals';
import { anyPorts, oakring, temporaryFolder } from './kit/processes.js';

describe('npm run demo', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const env = { ...anyPorts, OAKRING_DATA: folder.path };

  it('tells the story of three workers and a job, and ends with three things to try', async () => {
    const demo = oakring(['demo', '--exit'], env);
    expect(await demo.ended).toBe(0);
    const story = demo.output();
    expect(story).toContain(folder.path);
    for (const node of ['edge-amsterdam', 'edge-berlin', 'edge-lisbon']) {
      expect(story).toContain(node);
    }
    expect(story).toMatch(/stay free/);
    expect(story).toMatch(/deploy/);
    expect(story.match(/oakring(\.js)? (job|events|node)/g)?.length).toBeGreaterThanOrEqual(3);
  });

  it('finds nodes, jobs and history again at the second start', async () => {
    const demo = oakring(['demo', '--exit'], env);
    expect(await demo.ended).toBe(0);
    expect(demo.output()).toMatch(/again/i);
    expect(demo.output()).not.toMatch(/submitted:/);
  });

  it('starts again whatever was done to it, and ends without a word of alarm', async () => {
    const first = oakring(['demo'], env);
    const [, url = ''] = await first.prints(/ready: (http\S+)/);
    await first.prints(/Ctrl-C ends/);
    const change = ['job', 'update', 'hello', '--image', 'demo/hello:2', '--url', url];
    expect(await oakring(change).ended).toBe(0);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(0);
    expect(first.output()).not.toContain('WARN');
    const second = oakring(['demo', '--exit'], env);
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain('It was changed since then');
    expect(second.output()).toMatch(/3 instances of hello run again/);
    expect(second.output()).not.toContain('WARN');
  });
});
