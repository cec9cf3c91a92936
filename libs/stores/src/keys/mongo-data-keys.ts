import { isObject } from '@oakring/contracts';
import type { Collection } from 'mongodb';
import type { MongoStore } from '../mongodb/connect-mongodb.js';
import type { DataKeyStore } from './data-key-store.port.js';

const collectionName = 'secretKeys';
/** No key is called so. */
const markId = 'mark';
const duplicateKey = 11_000;

interface KeyDocument {
  readonly _id: string;
  readonly wrapped: string;
}

/** A document each, beside the ledger, in a collection of their own: several managers share them. */
export class MongoDataKeys implements DataKeyStore {
  private readonly keys: Collection<KeyDocument>;

  constructor({ db }: Pick<MongoStore, 'db'>) {
    this.keys = db.collection<KeyDocument>(collectionName);
  }

  async read(id: string): Promise<string | null> {
    return (await this.keys.findOne({ _id: id }))?.wrapped ?? null;
  }

  async keep(id: string, wrapped: string): Promise<void> {
    await this.keys.replaceOne({ _id: id }, { wrapped }, { upsert: true });
  }

  async remove(id: string): Promise<void> {
    await this.keys.deleteOne({ _id: id });
  }

  mark(): Promise<string | null> {
    return this.read(markId);
  }

  async keepMark(mark: string): Promise<string> {
    try {
      await this.keys.insertOne({ _id: markId, wrapped: mark });
      return mark;
    } catch (error) {
      if (!isObject(error) || error['code'] !== duplicateKey) throw error;
      return (await this.mark()) ?? mark;
    }
  }
}
