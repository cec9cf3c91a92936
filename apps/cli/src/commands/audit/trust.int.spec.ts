import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run.js';
import { storedLedger } from '../../testing/stored-ledger.js';
import { testIo } from '../../testing/test-io.js';

const key = freshKey();
const stranger = freshKey();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-trust-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function verify(live: (ledger: SampleLedger) => void, ...more: string[]) {
  const ledger = new SampleLedger(key);
  live(ledger);
  const path = await storedLedger(join(folder, 'ledger'), ledger);
  const io = testIo();
  const argv = ['audit', 'verify', '--store', path, ...more];
  const code = await run(argv, io, { XDG_CONFIG_HOME: folder });
  return { code, out: io.written(), error: io.complained() };
}

const sealed = (ledger: SampleLedger): void => {
  ledger.work(2);
  ledger.seal(key);
};
const withTail = (ledger: SampleLedger): void => {
  sealed(ledger);
  ledger.work(2);
};
const unsealed = (ledger: SampleLedger): void => ledger.work(2);

describe('audit verify --trust, of a ledger', () => {
  it.each([
    ['that is sealed', sealed, { trust: key, code: 0, said: 'sealed: positions 1–3' }],
    ['with commits after its last seal', withTail, { trust: key, code: 5, said: 'unsealed-tail' }],
    ['without any seal', unsealed, { trust: key, code: 1, said: 'unproven' }],
    ['where nobody presented that key', sealed, { trust: stranger, code: 2, said: '' }],
  ])('%s, ends as that says', async (_, live, { trust, code, said }) => {
    const verified = await verify(live, '--trust', trust.fingerprint);
    expect(verified).toMatchObject({ code, out: expect.stringContaining(said) });
    expect(verified.error === '').toBe(code === 0);
  });

  it('says of a key that does not count that nobody vouched for it', async () => {
    const { out } = await verify(sealed, '--trust', stranger.fingerprint);
    expect(out).toContain(
      `key ${key.fingerprint}: presented; no key that counts has endorsed it, and its seals prove nothing`,
    );
  });

  it.each(['', 'ab', 'F'.repeat(64)])('does not take %j for a fingerprint', async (trust) => {
    const { code, out } = await verify(sealed, '--trust', trust);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('audit keys --store', () => {
  async function keys(...more: string[]) {
    const ledger = new SampleLedger(key);
    ledger.present(stranger);
    ledger.seal(key);
    const path = await storedLedger(join(folder, 'ledger'), ledger);
    const io = testIo();
    const code = await run(['audit', 'keys', '--store', path, ...more], io, {});
    return { code, out: io.written() };
  }

  it('lists the keys of a ledger that no manager serves', async () => {
    const { code, out } = await keys();
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`${key.fingerprint} +counts +founding`));
    expect(out).toMatch(new RegExp(`${stranger.fingerprint} +presented`));
  });

  it('lists them as witnesses take them, and for programs', async () => {
    const { out } = await keys('--vkeys');
    expect(out.trim().split('\n')).toHaveLength(2);
    const { items } = JSON.parse((await keys('--json')).out) as { items: object[] };
    expect(items).toMatchObject([
      { fingerprint: key.fingerprint, status: 'counts' },
      { fingerprint: stranger.fingerprint, status: 'presented' },
    ]);
  });
});

describe('audit verify without --trust', () => {
  it('says whose word it rests on, and what nobody has signed', async () => {
    const { code, out } = await verify(withTail);
    expect(code).toBe(0);
    expect(out).toContain(`on the word of key ${key.fingerprint}, the founding key`);
    expect(out).toContain('NOT SEALED: positions 4–6');
    expect(out).toContain('A manager seals what is new once a minute, and when it stops');
    expect(out).toContain(`key ${key.fingerprint}: counts from position 1 on`);
  });

  it('does not let pass for signed what no key has', async () => {
    const { code, out } = await verify(unsealed);
    expect(code).toBe(0);
    expect(out).toContain('NOT SEALED: positions 1–3');
    expect(out).not.toContain('sealed: positions');
  });
});

describe('audit, asked for what it would pass over,', () => {
  const manager = 'http://127.0.0.1:1';
  it.each([
    ['--trust judges what lies', ['verify', manager, '--trust', key.fingerprint]],
    ['--tsa-ca judges what lies', ['verify', manager, '--tsa-ca', 'ca.pem']],
    ['are two ledgers', ['verify', 'a.bundle', '--store', 'ledger']],
    ['name one of them', ['export', '--all', '--from', '1', '--out', 'a.bundle']],
  ])('is not: %s', async (said, argv) => {
    const io = testIo();
    expect(await run(['audit', ...argv], io, {})).toBe(2);
    expect(io.complained()).toContain(said);
  });
});
