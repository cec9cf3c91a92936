import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ledgerVerifier, type Damage } from '@oakring/events';
import { walkLedgerOnThreads } from '@oakring/stores';
import { open } from 'lmdb';
import { BSON, type Document, type MongoClient } from 'mongodb';
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../../infra/mongo/testing/mongod.js';
import { typescriptArguments } from '../../../../../infra/typescript/typescript-arguments.js';
import { run } from '../../run.js';
import { testIo } from '../../testing/test-io.js';

interface Forged {
  readonly file: string;
  readonly form: string;
  readonly trust: string | null;
  readonly tsaCa?: string;
  readonly verdict: string;
  readonly rule?: string;
}

const folder = new URL('../../../../../libs/events/forgeries/', import.meta.url);
const manifest = JSON.parse(
  readFileSync(new URL('manifest.json', folder), 'utf8'),
) as readonly Forged[];

function ofForm(...forms: readonly string[]): readonly Forged[] {
  return manifest.filter(({ form }) => forms.includes(form));
}

function pathOf({ file }: Forged): string {
  return fileURLToPath(new URL(file, folder));
}

function linesOf(forged: Forged): readonly string[] {
  return readFileSync(pathOf(forged), 'utf8').trimEnd().split('\n');
}

type Entry =
  | { readonly tree: string; readonly key: string; readonly value: string }
  | { readonly keptBytes: number };

/** Makes a ledger of lmdb with these entries and no others. */
async function fill(store: string, lines: readonly string[]): Promise<void> {
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  const root = open({ path: store, maxDbs: 4, overlappingSync: false });
  const encodings = { keyEncoding: 'binary', encoding: 'binary' } as const;
  const trees = new Map(
    ['commits', 'streams'].map((name) => [
      name,
      root.openDB<Buffer, Buffer>({ name, ...encodings }),
    ]),
  );
  await root.transaction(() => {
    for (const entry of entries) {
      if ('keptBytes' in entry) continue;
      const { tree, key, value } = entry;
      void trees.get(tree)?.put(Buffer.from(key, 'hex'), Buffer.from(value, 'hex'));
    }
  });
  await root.close();
  for (const entry of entries) {
    if ('keptBytes' in entry) truncateSync(join(store, 'data.mdb'), entry.keptBytes);
  }
}

/** What `oakring audit verify` says to a program, and ends with. */
async function audited(argv: readonly string[], { trust, tsaCa }: Forged) {
  const io = testIo();
  const more = trust === null ? [] : ['--trust', trust];
  if (tsaCa !== undefined) more.push('--tsa-ca', fileURLToPath(new URL(tsaCa, folder)));
  // No home: what is remembered of one file would refuse the next.
  const code = await run(['--json', 'audit', 'verify', ...argv, ...more], io, {});
  return { code, said: JSON.parse(io.written()) as object };
}

/** What a verifier finds that has the index read on another thread, however short the ledger. */
async function damageOnThreads(store: string, trust: string | null): Promise<Damage | null> {
  const execArgv = typescriptArguments('').slice(0, 2);
  const walk = walkLedgerOnThreads(store, { leastEntries: 0, execArgv });
  try {
    const verifier = ledgerVerifier({ trust });
    for (const walked of walk.commits) {
      const damage = walked.status === 'damaged' ? walked.damage : verifier.next(walked.commit);
      if (damage !== null) return damage;
    }
    return await walk.indexDamage();
  } finally {
    await walk.close();
  }
}

function expectedOf({ verdict, rule, trust }: Forged) {
  if (verdict === 'refused') return { code: 1, said: { status: 'damaged', rule } };
  const isUnstamped = verdict.startsWith('unstamped');
  const isOther = verdict === 'unknown-key' || isUnstamped;
  const standing = isOther ? {} : { standing: verdict };
  const codes: Record<string, number> = {
    ...{ sealed: 0, 'unsealed-tail': 5, unsealed: 1, 'unknown-key': 2 },
    ...{ unstamped: 1, 'unstamped-tail': 5 },
  };
  return {
    code: trust === null ? 0 : codes[verdict],
    said: isUnstamped ? { status: verdict } : standing,
  };
}

describe('audit verify, of a forged file', () => {
  it.each(ofForm('ledger', 'bundle'))('$file: $verdict $rule', async (entry) => {
    expect(await audited([pathOf(entry)], entry)).toMatchObject(expectedOf(entry));
  });
});

describe('audit verify, of a forged ledger in lmdb', () => {
  let store: string;
  beforeEach(() => {
    store = mkdtempSync(join(tmpdir(), 'oakring-forged-'));
  });
  afterEach(() => rmSync(store, { recursive: true }));

  it.each(ofForm('lmdb'))('$file: $verdict $rule', async (entry) => {
    await fill(store, linesOf(entry));
    const found = await audited(['--store', store], entry);
    expect(found).toMatchObject(expectedOf(entry));
    const damage = await damageOnThreads(store, entry.trust);
    const isDamaged = 'status' in found.said && found.said.status === 'damaged';
    expect(isDamaged ? found.said : null).toEqual(damage && { status: 'damaged', ...damage });
  });

  it('a thread that breaks is no verdict', async () => {
    const [honest] = ofForm('lmdb');
    await fill(store, honest === undefined ? [] : linesOf(honest));
    const execArgv = ['--import', 'data:text/javascript,throw new Error("no memory")'];
    const walk = walkLedgerOnThreads(store, { leastEntries: 0, execArgv });
    expect([...walk.commits].map(({ status }) => status)).not.toContain('damaged');
    await expect(walk.indexDamage()).rejects.toThrow('says nothing about the ledger');
    await walk.close();
  });
});

describeWithMongod('audit verify, of a forged ledger in MongoDB', () => {
  let mongod: AnyMongod;
  let client: MongoClient;
  beforeAll(async () => {
    mongod = await anyMongod();
    client = await mongod.client();
  });
  afterAll(async () => {
    await client.close();
    await mongod.remove();
  });

  it.each(ofForm('mongodb'))('$file: $verdict $rule', async (entry) => {
    const url = mongod.url('forged');
    const ledger = client.db(new URL(url).pathname.slice(1)).collection('ledger');
    await ledger.deleteMany({});
    const documents = linesOf(entry).map((line) => BSON.EJSON.parse(line, { relaxed: false }));
    await ledger.insertMany(documents as Document[]);
    const found = await audited(['--store', url], entry);
    expect(found).toMatchObject(expectedOf(entry));
  });
});
