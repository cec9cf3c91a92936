import { join } from 'node:path';
import { afterAll, beforeAll, expect, describe, it } from '@jest/globals';
import { LocalAuthority } from '@oakring/timestamps/testing';
import { call, eventually } from './kit/http.js';
import { oakring, temporaryFolder, up } from './kit/processes.js';

describe('A manager that is told of an authority for time stamps', () => {
  const folder = temporaryFolder();
  const data = join(folder.path, 'data');
  let authority: LocalAuthority;
  beforeAll(async () => {
    authority = await LocalAuthority.make();
  });
  afterAll(async () => {
    await authority.close();
    folder.remove();
  });

  it('has what was sealed stamped, for everybody who trusts the authority', async () => {
    // The stop leaves a checkpoint behind.
    const before = await up(data);
    await before.stop();
    const cluster = await up(data, {
      OAKRING_TSA_URL: await authority.listen(),
      OAKRING_TSA_CA: authority.caFile,
    });
    try {
      await eventually(
        () => call('GET', `${cluster.url}/api/v1/events?type=CheckpointStamped`),
        ({ body }) => JSON.stringify(body).includes('CheckpointStamped'),
      );
    } finally {
      await cluster.kill();
    }
    const verify = ['audit', 'verify', '--store', join(data, 'ledger'), '--tsa-ca'];
    const audit = oakring([...verify, authority.caFile], {});
    // What its own start has said since is younger than the stamp.
    expect(await audit.ended).toBe(5);
    expect(audit.output()).toMatch(/existed before \d{4}-\S+Z, by the word of A test TSA/);
    expect(authority.asked).toBe(1);
  });
});
