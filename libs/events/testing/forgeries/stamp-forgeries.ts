import { existsSync, readFileSync } from 'node:fs';
import type { EventData } from '../../src/catalogue/catalogue.js';
import { signCheckpoint } from '../../src/evidence/checkpoint.js';
import { bundleOf, notesIn } from '../sample-bundle.js';
import { SampleLedger } from '../sample-ledger.js';
import type { Expected, Forgery } from './forgery.js';
import { founder, ready, second } from './story.js';

type Stamp = EventData<'CheckpointStamped'>;

/** A checkpoint of 3 commits lies in the fourth. */
function story(): SampleLedger {
  const ledger = new SampleLedger(founder);
  ledger.work(2);
  ledger.seal(founder);
  return ledger;
}

/** Tokens of an authority of our own, made with openssl: no other program can make the same ones again. */
export interface Tokens {
  /** What is stamped. */
  readonly note: string;
  /** Certificates, PEM: of who made them, and of somebody else. */
  readonly authority: string;
  readonly stranger: string;
  /** Of the note. */
  readonly honest: Token;
  /** Of other words. */
  readonly another: Token;
  /** Of the note, with a certificate for something else, and without naming one. */
  readonly misused: Token;
  readonly unnamed: Token;
  /** Of the note, with a signature that states another type, other words, and another certificate. */
  readonly mistyped: Token;
  readonly misdigested: Token;
  readonly misnamed: Token;
}

export type Token = Omit<Stamp, 'position'>;

export const tokensFile = new URL('tokens.json', import.meta.url);

/** The tokens that are kept; null: there are none of the checkpoint as it is today. */
export function keptTokens(): Tokens | null {
  if (!existsSync(tokensFile)) return null;
  // Written by "npm run forgeries".
  const kept = JSON.parse(readFileSync(tokensFile, 'utf8')) as Tokens;
  return kept.note === stampedNote() ? kept : null;
}

/** What tokens are made of. */
export function stampedNote(): string {
  return notesIn(story().commits)[0] ?? '';
}

/** What belongs to them beside the files that are judged. */
export function certificateFiles(tokens: Tokens): readonly (readonly [string, string])[] {
  return [
    ['authority.pem', tokens.authority],
    ['another-authority.pem', tokens.stranger],
  ];
}

type Case = readonly [string, Expected['verdict'] | 'T1' | 'T2' | 'T3' | 'B1', Partial<Told>];

interface Told {
  readonly lines: readonly string[];
  readonly form: 'ledger' | 'bundle';
  readonly trust: string | null;
  readonly tsaCa: string | null;
}

/** Ledgers and bundles whose checkpoint has a time stamp, or says so. */
export function stampForgeries(tokens: Tokens): Forgery[] {
  return [...ledgers(tokens), ...tails(tokens), ...bundles(tokens)].map(([name, said, told]) => ({
    ...{ name, form: 'ledger', lines: [], trust: founder.fingerprint, tsaCa: null, ...told },
    expected: expectedOf(said),
  }));
}

function expectedOf(said: Case[1]): Expected {
  switch (said) {
    case 'T1':
    case 'T2':
    case 'T3':
    case 'B1':
      return { verdict: 'refused', rule: said };
    case 'refused':
      throw new TypeError('it is refused for a rule');
    default:
      return { verdict: said };
  }
}

const authority = 'authority.pem';

function told(...live: ((ledger: SampleLedger) => void)[]): readonly string[] {
  const ledger = story();
  for (const each of live) each(ledger);
  return ledger.lines;
}

const stamped = (stamp: Token, position = 3) => ({
  lines: told((ledger) => ledger.stamp({ ...stamp, position })),
});

function ledgers({ honest, another, ...forged }: Tokens): readonly Case[] {
  const { time, token } = honest;
  const late = new Date(Date.parse(time) + 1_000).toISOString();
  const bytes = Buffer.from(token, 'base64');
  const altered = bytes.with(bytes.length - 1, (bytes.at(-1) ?? 0) ^ 1);
  const other = Buffer.from(altered).toString('base64');
  const sealed = (ledger: SampleLedger) => ledger.seal(founder);
  const of3 = (ledger: SampleLedger) => ledger.stamp({ ...honest, position: 3 });
  return [
    ['an-honest-stamp', 'sealed', { ...stamped(honest), tsaCa: authority }],
    ['an-honest-stamp-and-no-authority-named', 'sealed', stamped(honest)],
    ['no-stamp-where-one-is-demanded', 'unstamped', { lines: told(), tsaCa: authority }],
    [
      'a-stamp-by-an-authority-that-is-not-trusted',
      'T3',
      { ...stamped(honest), tsaCa: 'another-authority.pem' },
    ],
    ['a-stamp-of-no-checkpoint', 'T1', stamped(honest, 2)],
    ['a-stamp-of-a-checkpoint-to-come', 'T1', stamped(honest, 4)],
    ['a-stamp-of-long-ago', 'T1', { lines: told(...Array.from({ length: 8 }, () => sealed), of3) }],
    ['a-stamp-repeated', 'T1', { lines: told(of3, of3) }],
    ['a-stamp-of-another-content', 'T2', stamped(another)],
    [
      'a-stamp-of-another-checkpoint',
      'T2',
      { lines: told(sealed, (it) => it.stamp({ ...honest, position: 4 })) },
    ],
    ['a-stamp-of-another-time', 'T2', stamped({ token, time: late })],
    ['a-stamp-altered', 'T2', stamped({ time, token: other })],
    ['a-stamp-that-is-no-token', 'T2', stamped({ time, token: 'AA==' })],
    ['a-stamp-in-no-base64', 'T2', stamped({ time, token: `${token}\n` })],
    [
      'a-stamp-with-more-behind-it',
      'T2',
      stamped({ time, token: Buffer.concat([bytes, Buffer.of(0)]).toString('base64') }),
    ],
    ['a-stamp-by-a-certificate-for-something-else', 'T2', stamped(forged.misused)],
    ['a-stamp-that-names-no-certificate', 'T2', stamped(forged.unnamed)],
    ['a-stamp-that-names-another-certificate', 'T2', stamped(forged.misnamed)],
    ['a-stamp-whose-signature-is-of-another-type', 'T2', stamped(forged.mistyped)],
    ['a-stamp-whose-signature-is-of-other-words', 'T2', stamped(forged.misdigested)],
  ];
}

/** What comes after the last seal, and whether somebody would have to seal it. */
function tails({ honest }: Tokens): readonly Case[] {
  const stamp = {
    stream: 'checkpoints',
    type: 'CheckpointStamped',
    data: { ...honest, position: 3 },
  } as const;
  const command = '"commands":[{"id":"POST /x#1","outcome":{"a":1}}]';
  const answered = (ledger: SampleLedger) =>
    ledger.forge([stamp], ({ header }) => ({ header: header.replace('"commands":[]', command) }));
  const beside = (ledger: SampleLedger) => ledger.append([stamp, ready]);
  const doubtful = (ledger: SampleLedger) => {
    ledger.present(second);
    ledger.seal(founder);
    ledger.append([
      {
        stream: 'checkpoints',
        type: 'CheckpointSigned',
        data: { note: signCheckpoint(ledger.stands, second) },
      },
    ]);
  };
  const workedOn = (ledger: SampleLedger) => {
    ledger.append([stamp]);
    ledger.work(1);
    ledger.seal(founder);
  };
  return [
    ['commits-after-the-last-stamp', 'unstamped-tail', { lines: told(workedOn), tsaCa: authority }],
    ['a-tail-with-the-answer-to-a-request', 'unsealed-tail', { lines: told(answered) }],
    ['a-tail-with-something-beside-a-stamp', 'unsealed-tail', { lines: told(beside) }],
    ['a-tail-by-a-key-that-does-not-count', 'unsealed-tail', { lines: told(doubtful) }],
  ];
}

function bundles({ honest, another }: Tokens): readonly Case[] {
  const ledger = story();
  ledger.stamp({ ...honest, position: 3 });
  const lines = bundleOf(ledger.commits, 2, 3);
  const at = lines.findIndex((line) => line.startsWith('{"stamp"'));
  const own = lines[at] ?? '';
  const bare = lines.toSpliced(at, 1);
  const other = JSON.stringify({ stamp: another.token, time: another.time });
  const form = 'bundle' as const;
  ledger.work(1);
  ledger.seal(founder);
  const beyond = bundleOf(ledger.commits, 3, 6, notesIn(ledger.commits)[1]);
  return [
    ['an-honest-bundle-with-a-stamp', 'sealed', { form, lines, tsaCa: authority }],
    ['an-honest-bundle-with-a-stamp-and-no-authority-named', 'sealed', { form, lines }],
    [
      'a-bundle-with-a-stamp-of-its-beginning',
      'unstamped-tail',
      { form, lines: beyond, tsaCa: authority },
    ],
    [
      'a-bundle-without-a-stamp-where-one-is-demanded',
      'unstamped',
      { form, lines: bare, tsaCa: authority },
    ],
    [
      'a-bundle-with-a-stamp-by-another-authority',
      'T3',
      { form, lines, tsaCa: 'another-authority.pem' },
    ],
    ['a-bundle-with-a-stamp-of-another-content', 'T2', { form, lines: lines.with(at, other) }],
    [
      'a-bundle-with-a-stamp-before-its-checkpoint',
      'B1',
      { form, lines: bare.toSpliced(at - 1, 0, own) },
    ],
    ['a-bundle-with-two-stamps', 'B1', { form, lines: lines.toSpliced(at, 0, own) }],
  ];
}
