import type { JsonObject } from '@oakring/contracts';
import type { ForeignCollection } from '../mongodb/foreign-mongo-documents.js';

/** All documents of each, in order. Throws `store-unreachable`. */
export async function readForeignDocuments(
  url: string,
  collections: readonly ForeignCollection[],
): Promise<readonly (readonly JsonObject[])[]> {
  // The driver is large: loaded only where it is used.
  const { readForeignMongoDocuments } = await import('../mongodb/foreign-mongo-documents.js');
  return readForeignMongoDocuments(url, collections);
}
