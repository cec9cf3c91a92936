import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { call } from './kit/http.js';
import { oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';

describe('a ledger that is taken back to an earlier day and goes on', () => {
  const folder = temporaryFolder();
  const [data, restored] = [join(folder.path, 'data'), join(folder.path, 'restored')];
  let cluster: Cluster | undefined;
  afterAll(async () => {
    await cluster?.kill();
    folder.remove();
  });

  async function asked(url: string, ...args: readonly string[]): Promise<[number | null, string]> {
    const known = { XDG_CONFIG_HOME: folder.path };
    const run = oakring(args, url === '' ? known : { ...known, OAKRING_URL: url });
    return [await run.ended, run.output()];
  }

  async function started(path: string, job: string): Promise<Cluster> {
    cluster = await up(path);
    const body = { id: job, name: job, image: 'j:1', technology: 'simulated' };
    expect((await call('POST', `${cluster.url}/api/v1/jobs`, body)).status).toBe(201);
    return cluster;
  }

  it('is noticed by who saw it before, forks from what it was, and has a witness of its own', async () => {
    // Whoever stops signs where it stands.
    await (await started(data, 'first')).stop();
    cpSync(data, restored, { recursive: true, filter: (path) => !path.endsWith('.sock') });
    await (await started(data, 'second')).stop();
    const ledger = join(data, 'ledger');
    expect((await asked('', 'audit', 'verify', '--store', ledger))[0]).toBe(0);
    const { url } = await started(restored, 'another');
    const witness = ['witness', '--once', '--folder', join(folder.path, 'w'), '--follow', url];
    const told = /^(THE LEDGER (WENT BACK|WAS REWRITTEN))/m;
    expect(
      await Promise.all([
        asked(url, 'cluster'),
        asked(url, 'audit', 'verify', url),
        asked(url, 'audit', 'compare', ledger, url),
        asked(url, 'audit', ...witness),
      ]),
    ).toEqual([
      [0, expect.stringMatching(told)],
      [1, expect.stringMatching(told)],
      [1, expect.stringMatching(/^FORK at position \d+: the same before it/)],
      [0, expect.stringContaining('cosigned: ')],
    ]);
  });
});
