import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  consistencyProof,
  merkleRoot,
  originOf,
  signCheckpoint,
  writeVerifierKey,
} from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../run.js';
import { fakeManager, type FakeManager } from '../../../testing/fake-manager.js';
import { testIo, type TestIo } from '../../../testing/test-io.js';

const key = freshKey();

function ledgerOf(live: (ledger: SampleLedger) => void): SampleLedger {
  const ledger = new SampleLedger(key);
  ledger.work(3);
  live(ledger);
  return ledger;
}

describe('oakring audit witness', () => {
  let folder: string;
  let ledger: SampleLedger;
  let manager: FakeManager;
  let cosigned: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-witness-'));
    cosigned = join(folder, 'w', 'cosigned', 'c-1');
    ledger = ledgerOf(() => {});
    manager = await fakeManager({
      'GET /api/v1/ledger/keys': (_, answer) => answer.json(keys()),
      'GET /api/v1/ledger/head': (_, answer) =>
        answer.json({ position: ledger.commits.length, hash: '', epoch: 1 }),
      'GET /api/v1/ledger/consistency': ({ url }, answer) => {
        const { searchParams } = new URL(url, 'http://x');
        const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))];
        if (to > ledger.commits.length) return answer.problem('position-invalid', 'beyond');
        answer.json(consistency(from, to));
      },
    });
  });
  afterEach(async () => {
    await manager.close();
    rmSync(folder, { recursive: true });
  });

  function keys() {
    const { fingerprint, publicKey } = key;
    const items = [{ fingerprint, publicKey, status: 'counts', by: fingerprint, position: 1 }];
    return { clusterId: 'c-1', checkpoint: signCheckpoint(ledger.stands, key), items };
  }

  function consistency(from: number, to: number) {
    const hashes = ledger.commits.map(({ hash }) => hash);
    const tree = (size: number) => ({
      position: size,
      merkleRoot: merkleRoot(hashes.slice(0, size)),
    });
    const proof = consistencyProof(hashes, from, to);
    return { clusterId: 'c-1', from: tree(from), to: tree(to), proof, checkpoint: null };
  }

  async function oakring(...args: string[]): Promise<[number, string, string]> {
    const io = testIo();
    const code = await run(['audit', ...args], io, {});
    return [code, io.written(), io.complained()];
  }

  const witness = (): Promise<[number, string, string]> =>
    oakring(
      'witness',
      '--folder',
      join(folder, 'w'),
      '--name',
      'w',
      '--once',
      '--follow',
      manager.url,
    );

  it('cosigns what a manager shows and goes on from there, with a key of its own', async () => {
    const [code, out, said] = await witness();
    expect([code, out]).toEqual([0, 'cosigned: 4 commits of cluster c-1\n']);
    expect(statSync(join(folder, 'w', 'witness-key.pem')).mode & 0o777).toBe(0o600);
    ledger.work(5);
    expect((await witness())[1]).toBe('cosigned: 9 commits of cluster c-1\n');
    expect((await witness())[1]).toBe('nothing new after 9 commits\n');
    const vkey = said.trim().replace('witness ', '');
    const verify = (...more: string[]): Promise<[number, string, string]> =>
      oakring('verify', manager.url, '--known', cosigned, ...more);
    expect(await verify('--witness', vkey)).toMatchObject([
      0,
      expect.stringContaining('continues the checkpoint (cosigned by w) of 9 commits'),
      '',
    ]);
    const other = writeVerifierKey({ name: 'other', ...freshKey() }, 'cosignature');
    expect((await verify('--witness', vkey, '--witness', other, '--quorum', '1'))[0]).toBe(0);
    expect(await verify('--witness', vkey, '--witness', other)).toEqual([
      ...[1, ''],
      expect.stringMatching(/^NOT WITNESSED: .* has 1 of 2 cosignatures; missing: other/),
    ]);
    expect((await verify('--witness', vkey, '--quorum', '2'))[0]).toBe(2);
    expect((await verify('--witness', 'w'))[0]).toBe(2);
    expect((await oakring('verify', manager.url, '--witness', vkey))[0]).toBe(2);
  });

  it('signs nothing where the ledger went back, or went on otherwise', async () => {
    ledger.work(5);
    await witness();
    const before = readFileSync(cosigned, 'utf8');
    ledger = ledgerOf((restored) => restored.work(1));
    const went = 'Nothing was signed. THE LEDGER WENT BACK: it has 5 commits';
    expect(await witness()).toMatchObject([1, '', expect.stringContaining(went)]);
    ledger = ledgerOf((restored) => {
      restored.seal(key);
      restored.work(9);
    });
    const rewritten = 'Nothing was signed. THE LEDGER WAS REWRITTEN';
    expect(await witness()).toMatchObject([1, '', expect.stringContaining(rewritten)]);
    expect(readFileSync(cosigned, 'utf8')).toBe(before);
  });

  it('signs nothing any more where it cannot read what it signed', async () => {
    await witness();
    writeFileSync(cosigned, 'half');
    ledger.work(1);
    expect(await witness()).toMatchObject([1, '', expect.stringContaining('cannot be read')]);
  });

  it('answers POST /add-checkpoint as the page of C2SP has it', async () => {
    const vkey = writeVerifierKey({ name: originOf('c-1'), publicKey: key.publicKey }, 'ed25519');
    const io = testIo();
    const args = ['--folder', join(folder, 'w'), '--name', 'w', '--serve', '0', '--log', vkey];
    const ended = run(['audit', 'witness', ...args], io, {});
    const url = await listening(io, ended);
    const endless = await unendedPost(url);
    const post = async (
      oldSize: number,
      proof: readonly string[],
    ): Promise<[number, string, string]> => {
      const lines = proof
        .map((hash) => `${Buffer.from(hash, 'hex').toString('base64')}\n`)
        .join('');
      const body = `old ${oldSize}\n${lines}\n${signCheckpoint(ledger.stands, key)}`;
      const response = await fetch(url, { method: 'POST', body });
      return [response.status, response.headers.get('content-type') ?? '', await response.text()];
    };
    expect(await post(0, [])).toEqual([200, 'text/plain', expect.stringMatching(/^— w \S+\n$/)]);
    ledger.work(5);
    expect(await post(0, [])).toEqual([409, 'text/x.tlog.size', '4\n']);
    expect((await post(4, []))[0]).toBe(422);
    expect((await post(4, consistency(4, 9).proof))[0]).toBe(200);
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(400);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}s`)).status).toBe(404);
    for (const page of [{ origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
      expect((await fetch(url, { method: 'POST', body: 'x', headers: page })).status).toBe(403);
    }
    endless.destroy();
    io.signal();
    expect(await ended).toBe(0);
    expect(readdirSync(join(folder, 'w', 'cosigned'))).toEqual(['c-1']);
    expect(io.written()).toContain('refused (422): it is not proved to continue the 4 commits');
  });
});

async function listening(io: TestIo, ended: Promise<number>): Promise<string> {
  let code: number | null = null;
  void ended.then((ends) => (code = ends));
  while (code === null) {
    const [, url] = /answers POST (\S+)/.exec(io.complained()) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`it ended with ${code}: ${io.complained()}`);
}

/** A request that is taken, and whose body never comes: nobody else has to wait for it. */
async function unendedPost(url: string): Promise<ClientRequest> {
  const headers = { expect: '100-continue', 'content-length': '9' };
  const asked = request(url, { method: 'POST', headers });
  asked.on('error', () => {});
  asked.flushHeaders();
  await once(asked, 'continue');
  return asked;
}
