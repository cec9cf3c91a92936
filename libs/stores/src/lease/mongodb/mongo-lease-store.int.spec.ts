import { afterAll, beforeAll } from '@jest/globals';
import {
  describeWithMongod,
  anyMongod,
  type AnyMongod,
} from '../../../../../infra/mongo/testing/mongod.js';
import { connectMongodb } from '../../mongodb/connect-mongodb.js';
import { describeLeaseStore } from '../lease-store.contract.js';
import type { LeaseStore } from '../lease-store.port.js';
import { openMongoLeaseStore } from './mongo-lease-store.js';

let mongod: AnyMongod;
let databases = 0;

describeWithMongod('With a mongod', () => {
  beforeAll(async () => {
    mongod = await anyMongod();
  });
  afterAll(() => mongod.remove());

  describeLeaseStore('The lease in MongoDB', async (count) => {
    databases += 1;
    const stores: LeaseStore[] = [];
    for (let opened = 0; opened < count; opened += 1) {
      const store = await connectMongodb(mongod.url(`lease-${databases}`));
      stores.push({ ...bound(openMongoLeaseStore(store)), close: () => store.close() });
    }
    return stores;
  });
});

function bound(store: LeaseStore): LeaseStore {
  return {
    read: () => store.read(),
    swap: (from, to) => store.swap(from, to),
    ask: (of) => store.ask(of),
    asked: () => store.asked(),
    close: () => store.close(),
  };
}
