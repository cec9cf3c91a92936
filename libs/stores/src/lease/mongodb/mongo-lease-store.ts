import { MongoServerError, type Collection } from 'mongodb';
import { writeLimit, type MongoStore } from '../../mongodb/connect-mongodb.js';
import { unstatedValidMs, type LeaseRecord, type LeaseStore } from '../lease-store.port.js';

const collectionName = 'lease';
const leaseId = 'leader';
const duplicateKey = 11_000;

interface LeaseDocument extends Omit<LeaseRecord, 'validForMs' | 'reachesBroker'> {
  readonly _id: string;
  readonly validForMs?: number;
  readonly reachesBroker?: boolean;
  readonly asked?: Pick<LeaseRecord, 'holder' | 'renewal'>;
}

/** The lease as one document of the store that holds the ledger. The store is closed by its owner. */
export function openMongoLeaseStore({ db }: MongoStore): LeaseStore {
  return new MongoLeaseStore(db.collection<LeaseDocument>(collectionName));
}

class MongoLeaseStore implements LeaseStore {
  constructor(private readonly leases: Collection<LeaseDocument>) {}

  async read(): Promise<LeaseRecord | null> {
    const found = await this.leases.findOne({ _id: leaseId });
    if (found === null) return null;
    const { epoch, holder, renewal, url } = found;
    const { validForMs = unstatedValidMs, reachesBroker = true } = found;
    return { epoch, holder, renewal, url, validForMs, reachesBroker };
  }

  async swap(from: LeaseRecord | null, to: LeaseRecord): Promise<boolean> {
    const { epoch, holder, renewal, url, validForMs, reachesBroker } = to;
    const record = { epoch, holder, renewal, url, validForMs, reachesBroker };
    if (from === null) return this.found(record);
    const unchanged = { _id: leaseId, epoch: from.epoch, holder: from.holder };
    const filter = { ...unchanged, renewal: from.renewal };
    const { matchedCount } = await this.leases.updateOne(filter, { $set: record }, writeLimit);
    return matchedCount === 1;
  }

  async ask({ holder, renewal }: LeaseRecord): Promise<void> {
    const asked = { holder, renewal };
    await this.leases.updateOne({ _id: leaseId, holder }, { $set: { asked } }, writeLimit);
  }

  async asked(): Promise<Pick<LeaseRecord, 'holder' | 'renewal'> | null> {
    const found = await this.leases.findOne({ _id: leaseId });
    return found?.asked ?? null;
  }

  async close(): Promise<void> {}

  private async found(record: LeaseRecord): Promise<boolean> {
    try {
      await this.leases.insertOne({ _id: leaseId, ...record }, writeLimit);
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === duplicateKey) return false;
      throw error;
    }
  }
}
