import type { MongoStore } from '../mongodb/connect-mongodb.js';
import type { RestoreMark, RestoreMarks } from './restore-mark.port.js';

const collectionName = 'restoring';
const markId = 'ledger';

interface MarkDocument extends RestoreMark {
  readonly _id: string;
}

/** A document in a collection of its own; written, as all is, to a majority and its journal. */
export function mongoRestoreMarks({ db }: Pick<MongoStore, 'db'>): RestoreMarks {
  const marks = db.collection<MarkDocument>(collectionName);
  return {
    async read() {
      const found = await marks.findOne({ _id: markId });
      return found === null ? null : { position: found.position, hash: found.hash };
    },
    async leave({ position, hash }) {
      await marks.replaceOne({ _id: markId }, { position, hash }, { upsert: true });
    },
    async remove() {
      await marks.deleteOne({ _id: markId });
    },
  };
}
