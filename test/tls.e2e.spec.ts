import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';

/** As built: what makes certificates, and what asks over TLS, are loaded when they are needed. */
describe('a cluster with certificates of its own', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  const env = { OAKRING_ALLOW_OPEN: 'false', OAKRING_DATA: data };
  let cluster: Cluster;
  beforeAll(async () => {
    expect((await ran('certs', 'init')).code).toBe(0);
    cluster = await up(data, { ...env, OAKRING_TLS: 'true' });
  });
  afterAll(async () => {
    await cluster.kill();
    folder.remove();
  });

  async function ran(...argv: readonly string[]) {
    const running = oakring(argv, env);
    return { code: await running.ended, out: running.output() };
  }

  it('encrypts, is believed by the commands of its machine, and its scheduler by it', async () => {
    expect(cluster.output()).toMatch(/ready: https:\/\/127\.0\.0\.1:\d+ · MQTT mqtts:\/\//);
    const at = ['--url', cluster.url];
    expect(await ran('cluster', ...at)).toMatchObject({ code: 0 });
    expect((await ran('doctor', ...at)).out).toMatch(/^health +ok +manager .*: scheduler: up/m);
    // Nobody else knows its CA.
    const stranger = oakring(['cluster', ...at], { ...env, OAKRING_DATA: folder.path });
    expect(await stranger.ended).toBe(3);
    expect(stranger.output()).toContain('is not believed');
  });
});
