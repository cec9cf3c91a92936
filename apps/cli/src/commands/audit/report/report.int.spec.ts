import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeEvent, headOf, sealCommit, type DomainEvent } from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, shownBy } from '../../../../../../infra/browser/chromium.js';
import { run } from '../../../run.js';
import { storedLedger } from '../../../testing/stored-ledger.js';
import { testIo } from '../../../testing/test-io.js';

const hostile = '</style><img src=x onerror=alert(1)><b a="\' &amp;';

/** A founded ledger in which much is refused, sealed, and led once more by another process. */
function sampleLedger() {
  const key = freshKey();
  const ledger = new SampleLedger(key);
  const refuse = (request: string): DomainEvent => {
    return {
      ...{ stream: 'cluster', type: 'RequestRefused' },
      data: { request, code: 'invalid-field', detail: hostile },
    } as const;
  };
  ledger.append([refuse('POST /one'), refuse('POST /two')]);
  for (const _ of [1, 2, 3]) ledger.append([refuse('POST /again')]);
  ledger.seal(key);
  ledger.openEpoch(key);
  for (let count = 0; count < 20; count += 1) ledger.append([refuse(`POST /${count}`)]);
  const other = freshKey();
  ledger.present(other);
  ledger.seal(key);
  return { key, other, ledger };
}

describe('a report of a ledger', () => {
  const { key, other, ledger } = sampleLedger();
  const head = ledger.commits.length;
  let folder: string;
  let store: string;
  let page: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oakring-report-'));
    store = await written('ledger', ledger);
    page = join(folder, 'page.html');
  });
  afterAll(() => rm(folder, { recursive: true }));

  function written(name: string, sample: SampleLedger): Promise<string> {
    return storedLedger(join(folder, name), sample);
  }

  async function report(...args: readonly string[]) {
    const io = testIo();
    const code = await run(['audit', 'report', '--store', store, ...args], io, {});
    return { code, out: io.written(), complained: io.complained() };
  }

  async function reportJson(...args: readonly string[]) {
    const { code, out } = await report('--json', ...args);
    expect(code).toBe(0);
    return JSON.parse(out);
  }

  it('says first what the ledger was found to be, how far it is sealed, and on whose word', async () => {
    const { code, out } = await report();
    expect(code).toBe(0);
    const [whole, sealed, sum] = out.split('\n');
    expect(whole).toBe(`whole: positions 1–${head}, head ${ledger.commits.at(-1)?.hash}`);
    expect(sealed).toContain(
      `sealed: positions 1–${head - 1}, on the word of key ${key.fingerprint}`,
    );
    expect(sum).toContain(`positions 1–${head}, 2023-11-14T`);
  });

  it('tells each thing with its address, on whose word and after what; what is alike once', async () => {
    const { out } = await report();
    expect(out).toMatch(/ 2\/0 .* POST \/one refused: .*\(by .*, after .*\) ×2, until 2\/1 /);
    expect(out).toMatch(/ 3\/0 .* POST \/again refused: .* ×3, until 5\/0 /);
  });

  it('tells who led, and how each ended', async () => {
    const { epochs } = await reportJson();
    expect(epochs).toMatchObject([
      { epoch: 1, lastPosition: 6, endsWithCheckpoint: true, next: 2 },
      { epoch: 2, lastPosition: head, next: null },
    ]);
  });

  it('begins and ends where it is told to, and knows who led there', async () => {
    const { from, to, epochs, byType } = await reportJson('--from', '4', '--to', '5');
    expect({ from, to, byType }).toEqual({ from: 4, to: 5, byType: { RequestRefused: 2 } });
    expect(epochs).toMatchObject([{ epoch: 1, address: '1/1' }]);
  });

  it('takes times as positions: what happened after one, up to another', async () => {
    const at = (position: number) => new Date(ledger.commits[position - 1]?.at ?? 0).toISOString();
    const { from, to } = await reportJson('--from', at(3), '--to', at(5));
    expect({ from, to }).toEqual({ from: 4, to: 5 });
    expect((await report('--from', 'yesterday')).complained).toContain('"yesterday" is not');
    expect(await report('--from', '-1s')).toMatchObject({ code: 2 });
  });

  it('is bounded, and says how many more there are and where', async () => {
    const { chapters } = await reportJson('--lines', '5');
    const refusals = chapters.find(({ name }: { name: string }) => name === 'refusals');
    expect(refusals).toMatchObject({ events: 25, rest: { events: 17, from: '11/0', to: '27/0' } });
    expect(refusals.lines).toHaveLength(5);
    expect((await report('--lines', '5')).out).toContain('… and 17 more, 11/0 to 27/0');
  });

  it('of a damaged ledger tells what comes before the damage, and fails', async () => {
    const [first, second] = ledger.commits;
    if (first === undefined || second === undefined) throw new Error('the ledger was founded');
    const event = { stream: 'nodes/a', type: 'NodeBecameReady', data: { reason: 'r' } } as const;
    const wrong = encodeEvent(event, 7, { by: 'nodes/a', cause: 'message:x' });
    const more = { epoch: 1, commitId: 'c', at: second.at, streams: ['nodes/a'], commands: [] };
    const forged = Object.assign(new SampleLedger(freshKey()), {
      commits: [first, second, sealCommit(headOf(second), { ...more, events: [wrong] })],
    });
    const damaged = await written('damaged', forged);
    const { code, out, complained } = await report('--store', damaged, '--html', page);
    expect({ code, complained }).toMatchObject({
      code: 1,
      complained: expect.stringContaining('damaged: position 3, events'),
    });
    expect(out).toContain('told of positions 1–2');
    expect(existsSync(`${page}.bundle`)).toBe(false);
    expect(await readFile(page, 'utf8')).toContain('class="verdict damaged"');
  });

  it('fails where the one key that is trusted seals nothing of it', async () => {
    expect(await report('--trust', key.fingerprint)).toMatchObject({ code: 0 });
    const silent = await report('--trust', other.fingerprint);
    expect(silent.code).toBe(1);
    expect(silent.complained).toContain('not proven: no seal by a key that counts');
    expect(await report('--trust', 'ab'.repeat(32))).toMatchObject({ code: 2 });
  });

  describe('as a page', () => {
    beforeAll(async () => {
      expect(await report('--html', page)).toMatchObject({ code: 0, complained: '' });
    });

    it('has beside it the bundle that proves it', async () => {
      const io = testIo();
      expect(await run(['audit', 'verify', `${page}.bundle`], io, {})).toBe(0);
      expect(io.written()).toContain(`whole: positions 1–${head}`);
      expect(await readFile(page, 'utf8')).toContain('href="page.html.bundle"');
    });

    it('loads nothing, and what comes from outside is text', async () => {
      const text = await readFile(page, 'utf8');
      expect(
        text.match(
          /<(?!\/?(html|head|meta|title|style|body|h1|h2|p|div|svg|g|rect|text|line|section|small|ol|li|span|a|time|b|code)\b)[^>]*>/g,
        ),
      ).toEqual(['<!doctype html>']);
      expect(text).toContain(
        '&lt;/style&gt;&lt;img src=x onerror=alert(1)&gt;&lt;b a=&quot;&#39; &amp;amp;',
      );
    });

    (chromium === undefined ? it.skip : it)(
      'is shown by a browser without a complaint, and with its style',
      async () => {
        const shown = await shownBy(chromium ?? '', pathToFileURL(page).href);
        expect(shown.dom).toContain('<li id="2-0">');
        expect(shown.console).toEqual([]);
        // What its policy does not name the browser refuses, and says so.
        const text = await readFile(page, 'utf8');
        await writeFile(page, text.replace('</style>', 'b{color:red}</style>'));
        expect((await shownBy(chromium ?? '', pathToFileURL(page).href)).console).toEqual([
          expect.stringContaining('Content Security Policy'),
        ]);
      },
      120_000,
    );
  });
});
