import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmodSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, eventually, untilAll } from './kit/http.js';
import { oakring, temporaryFolder, up, type Cluster } from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

interface Audited {
  readonly code: number | null;
  readonly out: string;
}

describe('an auditor', () => {
  const folder = temporaryFolder();
  const ledger = join(folder.path, 'data', 'ledger');
  const bundle = join(folder.path, 'range.bundle');
  let cluster: Cluster;
  let worker: TestWorker;
  /** A store where nobody answers: it is tried for 10 s, while the rest is tested. */
  let unanswered: Promise<Audited>;

  beforeAll(async () => {
    cluster = await up(join(folder.path, 'data'));
    worker = await TestWorker.start(cluster.mqttUrl, 'w');
    const body = { id: 'j', name: 'j', image: 'j:1', technology: 'simulated', count: 3 };
    await call('POST', `${cluster.url}/api/v1/jobs`, body);
    await untilAll(cluster.url, 'j', 'running', 3);
    unanswered = audit('verify', '--store', 'mongodb://127.0.0.1:1/x');
  });
  afterAll(async () => {
    await worker.stop();
    await cluster.kill();
    folder.remove();
  });

  async function audit(...args: readonly string[]): Promise<Audited> {
    const run = oakring(['audit', ...args], { OAKRING_URL: cluster.url });
    return { code: await run.ended, out: run.output() };
  }

  it('finds a ledger whole beside the manager that writes it, and its views as it makes them', async () => {
    const { body: head } = await call('GET', `${cluster.url}/api/v1/ledger/head`);
    const { code, out } = await audit('verify', '--store', ledger);
    expect(code).toBe(0);
    expect(out).toMatch(/^whole: positions 1–\d+, head [0-9a-f]{64}/);
    if (out.includes(`positions 1–${head.position},`)) expect(out).toContain(head.hash);
    expect(await audit('fsck', '--store', ledger)).toMatchObject({
      code: 0,
      out: expect.stringContaining('whole:'),
    });
  });

  it('hears from the manager itself that all of it is whole', async () => {
    const { body } = await eventually(
      () => call('GET', `${cluster.url}/api/v1/ledger/verify`),
      (answer) => answer.body.status === 'whole',
    );
    expect(body).toMatchObject({ verifiedTo: body.head, damage: null, warnings: [] });
  });

  it('is told by the same ledger who did what', async () => {
    const { code, out } = await audit('report', '--store', ledger);
    expect(code).toBe(0);
    expect(out).toMatch(
      / j +submitted: 3 × j:1 .*\(by api\/open, after request:POST \/api\/v1\/jobs#/,
    );
    const { code: asked, out: told } = await audit('report', '--manager', '--from', '1');
    expect([asked, told.split('\n')[0]]).toEqual([
      0,
      expect.stringContaining('told by the manager'),
    ]);
    expect(told).toContain('submitted: 3 × j:1');
  });

  it('sees the cluster as it was, and what changed since', async () => {
    const before = await call('GET', `${cluster.url}/api/v1/jobs?at=1`);
    expect(before.body).toEqual({ items: [], position: 1 });
    expect(before.headers.get('oakring-position')).toBe('1');
    const { body } = await call('GET', `${cluster.url}/api/v1/diff?from=1&to=-0s`);
    expect(body.items).toContainEqual(
      expect.objectContaining({ view: 'jobs', key: 'j', change: 'added' }),
    );
    const beyond = await call('GET', `${cluster.url}/api/v1/jobs?at=999999`);
    expect([beyond.status, beyond.body.code]).toEqual([400, 'moment-invalid']);
    const shown = oakring(['diff', '1', '5'], { OAKRING_URL: cluster.url });
    expect(await shown.ended).toBe(0);
    expect(shown.output()).toContain('+ node w');
  });

  it('revokes keys for good, and is refused where the signer does not count', async () => {
    const { body } = await call('GET', `${cluster.url}/api/v1/ledger/keys`);
    expect(body.items).toMatchObject([{ status: 'counts' }]);
    const other = 'ab'.repeat(32);
    const own = join(folder.path, 'data', 'seal-key.pem');
    const unknown = await audit('endorse', other);
    expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining('key-unknown') });
    expect(await audit('revoke', other, '--key', own)).toMatchObject({ code: 0 });
    const again = await audit('endorse', other);
    expect(again).toMatchObject({ code: 1, out: expect.stringContaining('key-judged') });
    expect((await audit('keys')).out).toMatch(/abab\S+ +revoked/);
    expect((await audit('endorse', 'short')).code).toBe(1);
    const forged = { by: other, signature: 'AAAA', position: 1, merkleRoot: other };
    const refused = await call(
      'POST',
      `${cluster.url}/api/v1/ledger/keys/${'cd'.repeat(32)}/endorse`,
      forged,
    );
    expect([refused.status, refused.body.code]).toEqual([409, 'key-untrusted']);
  });

  it('verifies a bundle without a server, sealed by a clean stop, and finds it tampered with', async () => {
    await cluster.stop();
    expect(
      await audit('export', '--from', '2', '--to', '6', '--out', bundle, '--store', ledger),
    ).toMatchObject({
      code: 0,
      out: expect.stringContaining('sealed at position'),
    });
    const whole = await audit('verify', bundle);
    expect(whole.code).toBe(0);
    expect(whole.out).toMatch(/^whole: positions 2–6, head/);
    expect(whole.out).not.toContain('warning');
    const text = readFileSync(bundle, 'utf8');
    writeFileSync(bundle, text.replace('j:1', 'j:2'));
    const damaged = await audit('verify', bundle);
    expect(damaged.code).toBe(1);
    expect(damaged.out).toMatch(/^damaged: position \d+, hash/);
    expect(damaged.out.match(/damaged:/g)).toHaveLength(1);
    const asked = await audit(
      'export',
      '--from',
      '2',
      '--to',
      '99999',
      '--out',
      bundle,
      '--store',
      ledger,
    );
    expect(asked.code).toBe(2);
  });

  it('copies a ledger, goes on where it stopped, and refuses another history', async () => {
    const copy = join(folder.path, 'copy');
    const first = await audit('copy', '--from', ledger, '--to', copy);
    expect(first).toMatchObject({ code: 0, out: expect.stringContaining('whole: positions 1–') });
    expect((await audit('copy', '--from', ledger, '--to', copy)).out).toContain('0 commits copied');
    const verified = await audit('verify', '--store', copy);
    expect(verified.out.split('\n')[0]).toBe(
      (await audit('verify', '--store', ledger)).out.split('\n')[0],
    );
    const other = await up(join(folder.path, 'other'));
    await other.stop();
    const otherLedger = join(folder.path, 'other', 'ledger');
    expect((await audit('copy', '--from', ledger, '--to', otherLedger)).code).toBe(1);
  });

  it('ends with 3 when there is nothing to read, and 2 when it was asked wrongly', async () => {
    const ended = await Promise.all([
      audit('verify', '--store', join(folder.path, 'nowhere')),
      audit('verify', join(folder.path, 'nowhere.bundle')),
      unanswered,
      audit('export', '--from', '0', '--to', '1', '--out', bundle),
      audit('verify', '--store', 'ftp://x'),
    ]);
    expect(ended.map(({ code }) => code)).toEqual([3, 3, 3, 2, 2]);
  });

  it('is not let near a key that others can read: the start is refused', async () => {
    const copied = join(folder.path, 'open-key');
    cpSync(join(folder.path, 'data'), copied, {
      recursive: true,
      filter: (path) => !path.endsWith('.sock'),
    });
    const key = join(copied, 'seal-key.pem');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    chmodSync(key, 0o644);
    const refused = oakring(['up'], {
      OAKRING_DATA: copied,
      OAKRING_PORT: '0',
      OAKRING_MQTT_PORT: '0',
    });
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toContain('key-unusable');
  });
});
