import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  consistencyProof,
  cosignatureProblem,
  readAddCheckpoint,
  readCheckpoint,
  signCheckpoint,
  witness,
  writeVerifierKey,
  type Checkpoint,
} from '@oakring/events';
import { freshKey, SampleLedger } from '@oakring/events/testing';
import { HttpWitness } from './http-witness.js';

const [logKey, witnessKey] = [freshKey(), freshKey()];
const cosigner = { name: 'w.example', ...witnessKey };
const verifierKey = writeVerifierKey(cosigner, 'cosignature');
const noEnd = new AbortController().signal;

let server: Server;
let url: string;
/** What it cosigned last. */
let newest: Checkpoint | null;
/** What it answers instead; null: as a witness does. */
let instead: { status: number; text: string } | null;
/** Sizes that it was asked to go on from. */
let asked: number[];

beforeEach(async () => {
  [newest, instead, asked] = [null, null, []];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, text } = instead ?? answered(Buffer.concat(chunks).toString('utf8'));
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/add-checkpoint`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => void server.close(resolve));
});

function answered(body: string): { status: number; text: string } {
  const question = readAddCheckpoint(body);
  if (question === null) return { status: 400, text: '' };
  asked.push(question.oldSize);
  const known = { keysOf: () => [logKey.publicKey], newest: () => newest };
  const answer = witness(question, known, cosigner, 1_700_000_000);
  if (answer.status === 'refused') return { status: answer.http, text: `${answer.size}\n` };
  const read = readCheckpoint(question.note);
  newest = read.status === 'checkpoint' ? read.checkpoint : null;
  return { status: 200, text: answer.line };
}

function ledgerOf(commits: number, reason = false): SampleLedger {
  const ledger = new SampleLedger(logKey);
  ledger.work(2);
  if (reason) ledger.seal(logKey);
  ledger.work(commits - ledger.commits.length);
  return ledger;
}

/** Asks the witness, as a manager does that just started with this ledger. */
function cosigned(ledger: SampleLedger, seen = 0, by = asker(ledger)) {
  const { position } = ledger.stands;
  return by.cosign({ position, note: signCheckpoint(ledger.stands, logKey), seen }, noEnd);
}

function asker(ledger: SampleLedger): HttpWitness {
  return new HttpWitness(cosigner, verifierKey, url, {
    growth: async (from, to) => ({
      proof: consistencyProof(
        ledger.commits.map(({ hash }) => hash),
        from,
        to,
      ),
    }),
  });
}

describe('A witness over HTTP', () => {
  it('gives its word on a ledger that goes on, from what it saw', async () => {
    const ledger = ledgerOf(5);
    const by = asker(ledger);
    await cosigned(ledger, 0, by);
    ledger.work(8);
    const stated = await cosigned(ledger, 0, by);
    const read = readCheckpoint(signCheckpoint(ledger.stands, logKey));
    const text = read.status === 'checkpoint' ? read.note.text : '';
    expect(cosignatureProblem(text, stated)).toBeNull();
    expect([asked, stated.witness]).toEqual([[0, 5], verifierKey]);
  });

  it('says what it saw to a manager that does not know it', async () => {
    await cosigned(ledgerOf(5));
    await cosigned(ledgerOf(9));
    await cosigned(ledgerOf(9), 3);
    expect(asked).toEqual([0, 0, 5, 3, 9]);
  });

  it.each<[string, () => SampleLedger, RegExp]>([
    [
      'went back',
      () => ledgerOf(7),
      /cosigned 12 commits of this ledger, which has 7 now: IT WENT/,
    ],
    ['went back and on', () => ledgerOf(20, true), /that 20 commits continue the 12 .* REWRITTEN/],
    ['forked', () => ledgerOf(12, true), /cosigned another tree of 12 commits: A FORK/],
  ])('notices that a ledger %s', async (_, now, words) => {
    await cosigned(ledgerOf(12));
    const by = asker(now());
    const refusal = expect.objectContaining({
      code: 'witness-refused',
      message: expect.stringMatching(words),
    });
    await expect(cosigned(now(), 0, by)).rejects.toEqual(refusal);
    expect(by.objects).toBe(true);
    expect(newest?.position).toBe(12);
    await cosigned(ledgerOf(13), 12, by).catch(() => {});
    const honest = asker(ledgerOf(13));
    await cosigned(ledgerOf(13), 12, honest);
    expect(honest.objects).toBe(false);
  });

  it.each<[string, number, string, RegExp]>([
    ['is not found', 404, '', /does not witness this cluster: give it "audit keys --vkeys"/],
    ['knows no key of ours', 403, '', /does not know the key that signed/],
    ['is broken', 500, '', /answers with status 500/],
    ['sends us elsewhere', 302, '', /did not answer|status 302/],
    ['says a size that is none', 409, 'x', /409 without the size/],
    ['says nothing', 200, '', /something else than its cosignature/],
    ['says what is no line', 200, 'yes\n', /something else than its cosignature/],
    ['has no end', 200, 'x'.repeat(17 * 1024), /more than 16384 bytes/],
  ])('that %s is unavailable', async (_, status, text, words) => {
    instead = { status, text };
    await expect(cosigned(ledgerOf(5))).rejects.toMatchObject({
      code: 'witness-unavailable',
      message: expect.stringMatching(words),
    });
  });

  it('that gives the word of another time is not believed', async () => {
    const before = ledgerOf(4);
    const { text } = answered(`old 0\n\n${signCheckpoint(before.stands, logKey)}`);
    instead = { status: 200, text };
    await expect(cosigned(ledgerOf(5))).rejects.toThrow(/gave no cosignature that holds/);
  });
});
