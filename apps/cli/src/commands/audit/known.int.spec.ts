import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signCheckpoint } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../run.js';
import { storedLedger } from '../../testing/stored-ledger.js';
import { testIo } from '../../testing/test-io.js';

const key = freshKey();

describe('the audit of a ledger whose checkpoints were kept', () => {
  let folder: string;
  let written = 0;
  let kept: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-known-'));
    kept = join(folder, 'oakring', 'checkpoints', 'c-1');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Founded, lived, sealed; and what the test adds. The same beginning has the same commits. */
  function ledgerOf(live: (ledger: SampleLedger) => void): SampleLedger {
    const ledger = new SampleLedger(key);
    ledger.work(3);
    ledger.seal(key);
    live(ledger);
    return ledger;
  }

  function store(ledger: SampleLedger): Promise<string> {
    written += 1;
    return storedLedger(join(folder, `ledger-${written}`), ledger);
  }

  async function audit(...args: string[]): Promise<[number, string, string]> {
    const io = testIo();
    const [first = '', ...rest] = args;
    const argv = first === '--json' ? [first, 'audit', ...rest] : ['audit', ...args];
    const code = await run(argv, io, { XDG_CONFIG_HOME: folder });
    return [code, io.written(), io.complained()];
  }

  const today = ledgerOf((ledger) => {
    ledger.work(4);
    ledger.seal(key);
    ledger.work(1);
  });
  const older = ledgerOf(() => {});
  const rewritten = ledgerOf((ledger) => {
    ledger.seal(key);
    ledger.work(9);
  });

  it('keeps the newest one for its owner alone, and goes on from it', async () => {
    const path = await store(older);
    expect((await audit('verify', '--store', path))[0]).toBe(0);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n4\n/);
    const [code, out] = await audit('verify', '--store', await store(today));
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('continues a checkpoint seen before of 4 commits'),
    ]);
    expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n9\n/);
  });

  it('refuses one that went back, and one that went on otherwise from there', async () => {
    await audit('verify', '--store', await store(today));
    const [back, out, words] = await audit('verify', '--store', await store(older));
    expect([back, out]).toEqual([1, '']);
    expect(words).toMatch(/^THE LEDGER WENT BACK: it has 5 commits/);
    const [forked, , otherwise] = await audit('verify', '--store', await store(rewritten));
    expect(forked).toBe(1);
    expect(otherwise).toMatch(/^THE LEDGER WAS REWRITTEN: .* at or before position 9:/);
    expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n9\n/);
  });

  it('takes an older copy that is said to be one, and no rewritten one', async () => {
    await audit('verify', '--store', await store(today));
    const copy = await store(older);
    expect((await audit('verify', '--older-copy', '--store', copy))[0]).toBe(0);
    const other = await store(rewritten);
    expect((await audit('verify', '--older-copy', '--store', other))[0]).toBe(1);
  });

  it('is held to the checkpoint of a file or a text as well', async () => {
    const note = signCheckpoint(older.stands, key);
    const file = join(folder, 'kept.txt');
    writeFileSync(file, note);
    const path = await store(today);
    for (const known of [file, note]) {
      const [code, out] = await audit('verify', '--known', known, '--store', path);
      expect([code, out]).toEqual([0, expect.stringContaining('continues the checkpoint of 5')]);
    }
    rmSync(kept);
    const other = await store(rewritten);
    writeFileSync(file, signCheckpoint(today.stands, key));
    expect(await audit('verify', '--known', file, '--store', other)).toEqual([
      1,
      '',
      expect.stringMatching(/^THE LEDGER WAS REWRITTEN/),
    ]);
    expect(existsSync(kept)).toBe(false);
    const [unusable] = await audit('verify', '--known', 'one line\n', '--store', path);
    const [nowhere] = await audit('verify', '--known', join(folder, 'no'), '--store', path);
    expect([unusable, nowhere]).toEqual([2, 3]);
  });

  it('holds a bundle to it as far as it shows, and says so beyond', async () => {
    const bundle = join(folder, 'range.bundle');
    const path = await store(today);
    await audit('export', '--from', '3', '--to', '7', '--out', bundle, '--store', path);
    const [code, out] = await audit('verify', bundle, '--known', signCheckpoint(older.stands, key));
    expect([code, out]).toEqual([0, expect.stringContaining('continues the checkpoint of 5')]);
    const other = await audit('verify', bundle, '--known', signCheckpoint(rewritten.stands, key));
    expect(other).toEqual([1, '', expect.stringMatching(/^NOT PROVED: .* shows 3–7/)]);
    const otherwise = signCheckpoint({ ...older.stands, hash: 'ab'.repeat(32) }, key);
    expect(await audit('verify', bundle, '--known', otherwise)).toEqual([
      1,
      '',
      expect.stringMatching(/^THE LEDGER WAS REWRITTEN/),
    ]);
  });

  describe('and a bundle of it', () => {
    const bundleOf = async (ledger: SampleLedger, from: number, to: number): Promise<string> => {
      const bundle = join(folder, `${from}-${to}.bundle`);
      const range = ['--from', String(from), '--to', String(to), '--out', bundle];
      await audit('export', ...range, '--store', await store(ledger));
      return bundle;
    };

    it('keeps what it is sealed with, and is held to what was seen', async () => {
      const first = await bundleOf(older, 2, 3);
      expect((await audit('verify', first))[0]).toBe(0);
      expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n4\n/);
      const [code, out] = await audit('verify', await bundleOf(today, 3, 7));
      expect([code, out]).toEqual([
        0,
        expect.stringContaining('continues a checkpoint seen before of 4 commits'),
      ]);
      expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n9\n/);
    });

    it('is refused when it is of another history than was seen', async () => {
      await audit('verify', '--store', await store(today));
      const forked = ledgerOf((ledger) => {
        ledger.seal(key);
        ledger.work(9);
        ledger.seal(key);
      });
      const [code, out, words] = await audit('verify', await bundleOf(forked, 8, 10));
      expect([code, out]).toEqual([1, '']);
      expect(words).toMatch(/^THE LEDGER WAS REWRITTEN: .* a checkpoint seen before of 9 commits/);
      expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n9\n/);
    });

    it('says so when it does not show what was seen, and keeps nothing of it', async () => {
      const seen = ledgerOf((ledger) => {
        ledger.work(1);
        ledger.seal(key);
      });
      await audit('verify', '--store', await store(seen));
      const [code, , words] = await audit('verify', await bundleOf(today, 8, 9));
      expect(code).toBe(0);
      expect(words).toContain('NOT held to a checkpoint seen before of 6 commits');
      expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n6\n/);
    });

    it('may be of an earlier day than what was seen', async () => {
      const early = await bundleOf(older, 2, 3);
      await audit('verify', '--store', await store(today));
      expect((await audit('verify', early))[0]).toBe(0);
      expect(readFileSync(kept, 'utf8')).toMatch(/^oakring\/c-1\n9\n/);
    });
  });

  it('holds a file of "audit export --all" to it as the ledger that it is', async () => {
    const file = join(folder, 'all');
    const path = await store(today);
    await audit('export', '--all', '--out', file, '--store', path);
    const of = ['--trust', key.fingerprint];
    expect((await audit('verify', file))[0]).toBe(0);
    const [code, out] = await audit('verify', file, ...of);
    expect([code, out]).toEqual((await audit('verify', '--store', path, ...of)).slice(0, 2));
    expect([code, out]).toEqual([5, expect.stringContaining('unsealed-tail: positions 1–11')]);
    expect((await audit('compare', file, path)).slice(0, 2)).toEqual([
      0,
      'the same history: positions 1–11 on both sides\n',
    ]);
    await audit('export', '--all', '--out', file, '--store', await store(rewritten));
    expect(await audit('verify', file)).toEqual([
      1,
      '',
      expect.stringMatching(/^THE LEDGER WAS REWRITTEN/),
    ]);
  });

  it('is compared with another one: the same, going on, or forking where', async () => {
    const [a, b, c] = [await store(older), await store(today), await store(rewritten)];
    const part = join(folder, 'part.bundle');
    await audit('export', '--from', '3', '--to', '7', '--out', part, '--store', c);
    expect((await audit('compare', a, a)).slice(0, 2)).toEqual([
      0,
      'the same history: positions 1–5 on both sides\n',
    ]);
    const [goesOn, said] = await audit('compare', a, b);
    expect([goesOn, said]).toEqual([
      0,
      `B (${b}) continues A (${a}): the same up to position 5, then 6 commits more\n`,
    ]);
    const [forked, lines] = await audit('compare', b, part);
    expect([forked, lines.split('\n')]).toEqual([
      1,
      [
        'FORK at position 6: the same before it, and from there two histories',
        expect.stringMatching(
          / {2}A .*: commit [0-9a-f]{64}, 2023-.*Z, epoch 1: NodeBecameReady of/,
        ),
        expect.stringMatching(/ {2}B .*: commit [0-9a-f]{64}, .*: CheckpointSigned of checkpoints/),
        '',
      ],
    ]);
    const elsewhere = await store(new SampleLedger(freshKey()));
    const [apart, nothing] = await audit('compare', a, elsewhere);
    expect([apart, nothing.split('\n')[0]]).toEqual([
      1,
      'FORK at position 1: they have nothing in common; ledgers of two clusters are like that',
    ]);
    const early = join(folder, 'early.bundle');
    await audit('export', '--from', '1', '--to', '1', '--out', early, '--store', c);
    expect((await audit('compare', early, part))[0]).toBe(2);
    writeFileSync(early, 'nothing');
    expect((await audit('compare', early, part))[0]).toBe(3);
    const [, json] = await audit('--json', 'compare', b, c);
    expect(JSON.parse(json)).toMatchObject({ status: 'fork', position: 6, isExact: true });
  });

  it('shows by which key it was founded, in a store and in a bundle', async () => {
    const path = await store(today);
    const bundle = join(folder, 'range.bundle');
    await audit('export', '--from', '3', '--to', '7', '--out', bundle, '--store', path);
    for (const source of [path, bundle]) {
      expect((await audit('fingerprint', source)).slice(0, 2)).toEqual([
        0,
        `${key.fingerprint}  c-1\n`,
      ]);
    }
  });
});
