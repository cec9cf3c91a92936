// A secret must never be repeatable, as what the injected randomness gives is.
// oxlint-disable-next-line no-restricted-imports
import { randomBytes } from 'node:crypto';
import { Binary, MongoServerError } from 'mongodb';
import type { MongoStore } from './connect-mongodb.js';

const collectionName = 'secrets';
const secretId = 'cluster';
const secretBytes = 32;
const duplicateKey = 11_000;

interface SecretDocument {
  readonly _id: string;
  readonly value: Binary;
}

/**
 * The secret of a cluster with several managers, made by whoever is first. It lies beside the
 * ledger, not in it: the ledger is for everybody to read.
 */
export async function sharedSecret({ db }: Pick<MongoStore, 'db'>): Promise<Buffer> {
  const secrets = db.collection<SecretDocument>(collectionName);
  const known = await secrets.findOne({ _id: secretId });
  if (known !== null) return Buffer.from(known.value.buffer);
  const made = randomBytes(secretBytes);
  try {
    await secrets.insertOne({ _id: secretId, value: new Binary(made) });
    return made;
  } catch (error) {
    if (!(error instanceof MongoServerError) || error.code !== duplicateKey) throw error;
    return sharedSecret({ db });
  }
}

/** Of a store that is being restored: nobody has had the one that was made meanwhile. */
export async function replaceSecret({ db }: Pick<MongoStore, 'db'>, secret: Buffer): Promise<void> {
  const secrets = db.collection<SecretDocument>(collectionName);
  await secrets.replaceOne({ _id: secretId }, { value: new Binary(secret) }, { upsert: true });
}
