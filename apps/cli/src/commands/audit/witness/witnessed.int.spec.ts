import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { writeVerifierKey } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../run.js';
import { storedLedger } from '../../../testing/stored-ledger.js';
import { testIo } from '../../../testing/test-io.js';

const key = freshKey();
const [a, b] = ['a', 'b'].map((name) => ({ name, ...freshKey() })) as [Cosigner, Cosigner];
type Cosigner = { name: string } & ReturnType<typeof freshKey>;

type Live = (ledger: SampleLedger) => void;
type Said = readonly [code: number, witnesses: readonly string[], said: RegExp];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oakring-witnessed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const named = (...witnesses: Cosigner[]): string[] =>
  witnesses.flatMap((each) => ['--witness', writeVerifierKey(each, 'cosignature')]);

function stored(live: Live): Promise<string> {
  const ledger = new SampleLedger(key);
  live(ledger);
  return storedLedger(join(folder, 'ledger'), ledger);
}

async function audit(...args: string[]): Promise<[number, string, string]> {
  const io = testIo();
  const code = await run(['audit', ...args], io, { XDG_CONFIG_HOME: folder });
  return [code, io.written(), io.complained()];
}

/** Position 3 is cosigned by both, 7 by one of them. */
const cosigned = (ledger: SampleLedger): void => {
  ledger.work(2);
  ledger.seal(key);
  ledger.cosign(a, 3);
  ledger.cosign(b, 3);
  ledger.work(1);
  ledger.seal(key);
  ledger.cosign(b, 7);
};
const withTail = (ledger: SampleLedger): void => {
  cosigned(ledger);
  ledger.work(2);
};

describe('audit verify --witness, of a ledger', () => {
  it.each<[string, Live, Said]>([
    ['a witness saw to its end', cosigned, [0, named(b), /^witnessed: positions 1–7, by b /m]],
    ['one of two saw', cosigned, [0, [...named(a, b), '--quorum', '1'], /1–7, by b /]],
    ['one of two saw in part', cosigned, [5, named(a, b), /^NOT WITNESSED: positions 4–9$/m]],
    ['goes on unseen', withTail, [5, named(b), /^NOT WITNESSED: positions 8–11$/m]],
    ['nobody saw', (ledger) => ledger.work(2), [1, named(a), /1–3 have been seen by nobody/]],
    ['another saw', cosigned, [1, named({ ...a, ...key }), /have been seen by nobody/]],
  ])('that %s, ends as that says', async (_, live, [code, witnesses, said]) => {
    const store = await stored(live);
    const [ended, out, error] = await audit('verify', '--store', store, ...witnesses);
    expect([ended, out]).toEqual([code, expect.stringMatching(said)]);
    expect(error === '').toBe(code === 0);
    const [, json] = await audit('verify', '--store', store, '--json', ...witnesses);
    expect((JSON.parse(json) as { status: string }).status === 'whole').toBe(code === 0);
  });

  it('demands the trust that is asked for as well', async () => {
    const store = await stored(cosigned);
    const trusting = ['verify', '--store', store, ...named(b), '--trust'];
    expect((await audit(...trusting, key.fingerprint))[0]).toBe(0);
    expect((await audit(...trusting, freshKey().fingerprint))[0]).toBe(2);
  });
});

describe('audit verify --witness, of a bundle', () => {
  it('goes by the checkpoint with most witnesses that covers the range', async () => {
    const store = await stored(withTail);
    const [early, late, tail] = ['early', 'late', 'tail'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const exported = (from: number, to: number, out: string) =>
      audit('export', '--store', store, '--from', `${from}`, '--to', `${to}`, '--out', out);
    await Promise.all([exported(1, 2, early), exported(5, 6, late), exported(9, 10, tail)]);
    const verify = (path: string, ...more: string[]) => audit('verify', path, ...more);
    expect(await verify(early, ...named(a, b))).toEqual([
      ...[0, expect.stringContaining('witnessed: positions 1–2, by a, b (2 demanded)'), ''],
    ]);
    expect((await verify(late, ...named(b)))[0]).toBe(0);
    expect(await verify(late, ...named(a, b))).toEqual([
      ...[1, expect.stringContaining('NOT WITNESSED: positions 5–6')],
      expect.stringContaining('1 of the 2 witnesses'),
    ]);
    expect((await verify(tail, ...named(b)))[0]).toBe(1);
    expect((await verify(late, ...named(b), '--quorum', '0'))[0]).toBe(2);
  });
});
