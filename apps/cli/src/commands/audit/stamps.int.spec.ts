import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { questionBytes, readAnswer } from '@oakring/timestamps';
import { LocalAuthority } from '@oakring/timestamps/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run.js';
import { storedLedger } from '../../testing/stored-ledger.js';
import { testIo } from '../../testing/test-io.js';

const key = freshKey();

interface Stamp {
  readonly position: number;
  readonly time: string;
  readonly token: string;
}

let folder: string;
let authority: LocalAuthority;
let stranger: LocalAuthority;
let stores = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-stamps-'));
  [authority, stranger] = await Promise.all([LocalAuthority.make(), LocalAuthority.make()]);
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([authority.close(), stranger.close()]);
});

async function stampOf(content: string, position: number): Promise<Stamp> {
  const question = { content, nonce: 'ab'.repeat(16) };
  const answer = await readAnswer(await authority.answer(questionBytes(question)), question, null);
  if (answer.status === 'refused') throw new Error(answer.reason);
  return { position, time: answer.time, token: answer.token };
}

/** A ledger with a checkpoint of position 4, and with its honest stamp as the test alters it. */
async function stampedLedger(
  alter: (stamp: Stamp) => Stamp | Promise<Stamp> = (stamp) => stamp,
): Promise<SampleLedger> {
  const ledger = new SampleLedger(key);
  ledger.work(3);
  const note = signCheckpoint(ledger.stands, key);
  ledger.seal(key);
  const data = await alter(await stampOf(note, 4));
  ledger.append([{ stream: 'checkpoints', type: 'CheckpointStamped', data }]);
  ledger.seal(key);
  return ledger;
}

function storeOf(ledger: SampleLedger): Promise<string> {
  stores += 1;
  return storedLedger(join(folder, `ledger-${stores}`), ledger);
}

async function audit(...args: string[]): Promise<[code: number, out: string, words: string]> {
  const io = testIo();
  const code = await run(args, io, { XDG_CONFIG_HOME: join(folder, `home-${stores}`) });
  return [code, io.written(), io.complained()];
}

describe('A ledger with a time stamp', () => {
  it('is from before that time, by the word of an authority that is trusted', async () => {
    const path = await storeOf(await stampedLedger());
    const [code, out] = await audit(
      'audit',
      'verify',
      '--store',
      path,
      '--tsa-ca',
      authority.caFile,
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /1 time stamp: the checkpoint of position 4 existed before \d{4}-.*Z, by the word of A test TSA/,
    );
  });

  it('says without --tsa-ca that nobody verified whose word it is', async () => {
    const path = await storeOf(await stampedLedger());
    const [code, out] = await audit('audit', 'verify', '--store', path);
    expect([code, out]).toEqual([0, expect.stringContaining('NOT VERIFIED whose: A test TSA')]);
    const [, json] = await audit('--json', 'audit', 'verify', '--store', path);
    expect(JSON.parse(json)).toMatchObject({
      stamps: { count: 1, newest: { position: 4, authority: 'A test TSA', isTrusted: false } },
    });
  });

  it('shows it in a bundle that holds both or is sealed by it, and says of the stamp alone that it does not', async () => {
    const path = await storeOf(await stampedLedger());
    const bundle = join(folder, `bundle-${stores}`);
    const range = (from: string) =>
      audit('audit', 'export', '--store', path, '--from', from, '--to', '6', '--out', bundle);
    expect((await range('2'))[0]).toBe(0);
    const [code, out] = await audit('audit', 'verify', bundle, '--tsa-ca', authority.caFile);
    expect([code, out]).toEqual([0, expect.stringContaining('by the word of A test TSA')]);
    await audit('audit', 'export', '--store', path, '--from', '2', '--to', '3', '--out', bundle);
    const [beyond, said] = await audit('audit', 'verify', bundle, '--tsa-ca', authority.caFile);
    expect([beyond, said]).toEqual([0, expect.stringContaining('by the word of A test TSA')]);
    await range('6');
    const [alone, , words] = await audit('audit', 'verify', bundle, '--tsa-ca', authority.caFile);
    expect([alone, words]).toEqual([1, expect.stringContaining('not proven')]);
  });

  it.each<[string, (stamp: Stamp) => Stamp | Promise<Stamp>, RegExp]>([
    [
      'is about another note',
      async ({ position }) => stampOf('oakring/c-1\n4\n', position),
      /it is about another content/,
    ],
    [
      'is altered',
      (stamp) => ({ ...stamp, token: `${stamp.token.slice(0, -8)}AAAAAAA=` }),
      /the stamp of position 4: /,
    ],
    ['is no token', (stamp) => ({ ...stamp, token: 'AA==' }), /the stamp of position 4: /],
    ['is no base64', (stamp) => ({ ...stamp, token: 'A' }), /not base64 in its one form/],
    [
      'says another time than its token',
      (stamp) => ({ ...stamp, time: '2020-01-01T00:00:00.000Z' }),
      /it says 2020-01-01T00:00:00.000Z, and its token 2/,
    ],
    [
      'is of no checkpoint',
      (stamp) => ({ ...stamp, position: 3 }),
      /none of the 8 checkpoints before it seals that/,
    ],
  ])('is refused with or without --tsa-ca when it %s', async (_, alter, reason) => {
    const path = await storeOf(await stampedLedger(alter));
    for (const trust of [[], ['--tsa-ca', authority.caFile]]) {
      const [code, out, words] = await audit('audit', 'verify', '--store', path, ...trust);
      expect([code, out]).toEqual([1, '']);
      expect(words).toMatch(/^damaged: position 6, stamp: /);
      expect(words).toMatch(reason);
    }
  });

  it('is taken of a checkpoint that was stated again among the eight newest', async () => {
    const ledger = new SampleLedger(key);
    ledger.work(3);
    const note = signCheckpoint(ledger.stands, key);
    const sealed = (times: number): void => {
      for (let count = 0; count < times; count += 1) ledger.seal(key);
    };
    sealed(8);
    ledger.append([{ stream: 'checkpoints', type: 'CheckpointSigned', data: { note } }]);
    sealed(7);
    ledger.stamp(await stampOf(note, 4));
    const path = await storeOf(ledger);
    const [code, out] = await audit('audit', 'verify', '--store', path);
    expect([code, out]).toEqual([0, expect.stringContaining('1 time stamp: the checkpoint of')]);
  });

  it('is refused by whoever trusts another authority', async () => {
    const path = await storeOf(await stampedLedger());
    const [code, , words] = await audit(
      'audit',
      'verify',
      '--store',
      path,
      '--tsa-ca',
      stranger.caFile,
    );
    expect([code, words]).toEqual([1, expect.stringMatching(/leads to none that is trusted at 2/)]);
  });
});

describe('Whoever asks for an outside time', () => {
  it('is told up to where there is one, and where none is yet', async () => {
    const ledger = await stampedLedger();
    ledger.work(2);
    const path = await storeOf(ledger);
    const verify = ['audit', 'verify', '--store', path, '--tsa-ca', authority.caFile];
    const [code, out, words] = await audit(...verify);
    expect([code, out, words]).toEqual([
      5,
      expect.stringContaining('the checkpoint of position 4 existed before'),
      expect.stringContaining('stamped up to position 4 only: no time stamp covers positions 5–9'),
    ]);
    const [, json] = await audit('--json', ...verify);
    expect(JSON.parse(json)).toMatchObject({ status: 'unstamped-tail' });
  });

  it('is refused where nothing is stamped', async () => {
    const ledger = new SampleLedger(key);
    ledger.seal(key);
    const path = await storeOf(ledger);
    const [code, , words] = await audit(
      'audit',
      'verify',
      '--store',
      path,
      '--tsa-ca',
      authority.caFile,
    );
    expect([code, words]).toEqual([1, expect.stringContaining('no time stamp of a checkpoint')]);
  });

  it('names a file of certificates, and no manager', async () => {
    const path = await storeOf(await stampedLedger());
    const bad = await audit('audit', 'verify', '--store', path, '--tsa-ca', '/nowhere.pem');
    expect([bad[0], bad[2]]).toEqual([2, expect.stringContaining('/nowhere.pem cannot be used')]);
    const url = 'http://127.0.0.1:1';
    expect((await audit('audit', 'verify', url, '--tsa-ca', authority.caFile))[0]).toBe(2);
  });
});
