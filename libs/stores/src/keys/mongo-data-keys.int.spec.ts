import { afterAll, beforeAll, describe } from '@jest/globals';
import {
  anyMongod,
  describeWithMongod,
  type AnyMongod,
} from '../../../../infra/mongo/testing/mongod.js';
import { connectMongodb, type MongoStore } from '../mongodb/connect-mongodb.js';
import { dataKeyStoreContract } from './data-key-store.contract.js';
import { MongoDataKeys } from './mongo-data-keys.js';

let mongod: AnyMongod;
const stores: MongoStore[] = [];

describeWithMongod('With a mongod', () => {
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(async () => {
    for (const store of stores) await store.close();
    await mongod.remove();
  });

  describe('Keys in MongoDB', () => {
    dataKeyStoreContract(async () => {
      const url = mongod.url(`keys-${stores.length}`);
      const opened = async (): Promise<MongoDataKeys> => {
        const store = await connectMongodb(url);
        stores.push(store);
        return new MongoDataKeys(store);
      };
      const [open, again] = [await opened(), await opened()];
      return { open, again: () => again };
    });
  });
});
