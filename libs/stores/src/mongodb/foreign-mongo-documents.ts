import {
  isObject,
  OakringError,
  shownUrl,
  withoutCredentials,
  type JsonObject,
} from '@oakring/contracts';
import { MongoClient } from 'mongodb';

/** What is read of another program's data base. */
export interface ForeignCollection {
  readonly database: string;
  readonly collection: string;
  /** Fields that are not asked for: `list.field` as well. */
  readonly without: readonly string[];
}

const withinMs = 10_000;

/** Reads what another program keeps in a MongoDB, whatever kind of server it is. Nothing is written. */
export async function readForeignMongoDocuments(
  url: string,
  collections: readonly ForeignCollection[],
): Promise<readonly (readonly JsonObject[])[]> {
  let client: MongoClient | undefined;
  try {
    client = new MongoClient(url, {
      ...{ appName: 'oakring import', readPreference: 'primaryPreferred' },
      ...{ serverSelectionTimeoutMS: withinMs, connectTimeoutMS: withinMs },
    });
    const found: JsonObject[][] = [];
    for (const { database, collection, without } of collections) {
      const projection = Object.fromEntries(without.map((field) => [field, 0]));
      const documents = await client
        .db(database)
        .collection(collection)
        .find({}, { projection })
        .toArray();
      found.push(documents.map((document) => plainOf(document) as JsonObject));
    }
    return found;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `MongoDB at ${shownUrl(url)} cannot be read: ${withoutCredentials(reason)}.`;
    throw new OakringError({ code: 'store-unreachable', detail }, { cause: error });
  } finally {
    await client?.close();
  }
}

/** As JSON has it: ids in hexadecimal digits, times as ISO 8601; what has no such form is left out. */
function plainOf(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainOf);
  if (!isObject(value)) return value;
  const { _bsontype: type } = value;
  if (type === 'ObjectId') return String(value);
  if (type !== undefined) return type === 'Long' ? Number(value) : null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainOf(member)]));
}
