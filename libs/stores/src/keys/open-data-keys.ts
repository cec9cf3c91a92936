import type { MongoStore } from '../mongodb/connect-mongodb.js';
import type { DataKeyStore } from './data-key-store.port.js';
import { FolderDataKeys } from './folder-data-keys.js';

/** Beside the ledger: in a folder, or in its database. */
export async function openDataKeys(
  folder: string,
  mongodb: MongoStore | null,
): Promise<DataKeyStore> {
  if (mongodb === null) return new FolderDataKeys(folder);
  const { MongoDataKeys } = await import('./mongo-data-keys.js');
  return new MongoDataKeys(mongodb);
}
