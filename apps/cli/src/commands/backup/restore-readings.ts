import type { EventStore } from '@oakring/stores';
import {
  fileTelemetryReader,
  mongoTelemetryReader,
  restoreFileLines,
  restoreMongoLines,
} from '@oakring/telemetry';
import { createReadStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { readingsIn } from './place.js';

/** Whether a backup has readings. */
export function hasReadings(folder: string | null): folder is string {
  return folder !== null && existsSync(readingsIn(folder));
}

/** Where the readings of a backup go, and where the manager will look for them. */
interface ReadingsPlace {
  /** Throws where other readings lie: what the backup has cannot be put among them. */
  refuseOthers(): Promise<void>;
  /** Whole or not at all; done again it changes nothing. Resolves with the number of batches. */
  put(): Promise<number>;
}

/** The readings of a backup on their way into a data folder, or beside a ledger in MongoDB. */
export class RestoredReadings {
  private readonly path: string;
  private readonly place: ReadingsPlace;

  /** Throws a CommandFailure where there is no place for them. */
  constructor(from: string, data: string | null, { mongodb, place }: EventStore) {
    this.path = readingsIn(from);
    const lines = (): AsyncGenerator<string> => linesOf(this.path);
    if (mongodb !== null) {
      const there = mongoTelemetryReader(mongodb);
      this.place = {
        async refuseOthers() {
          if ((await compare(there.lines(0), lines())) === 'other') throw occupied(place);
        },
        put: () => restoreMongoLines(mongodb, lines()),
      };
    } else if (data !== null) this.place = placeInFolder(join(data, 'telemetry'), lines);
    else {
      const detail = 'Readings go into a data folder: name it with --data.';
      throw new CommandFailure(detail, exitCodes.usage);
    }
  }

  /** Asked before anything is written, and again by whoever goes on: a mark says nothing of whose readings lie there. */
  refuseOthers(): Promise<void> {
    return this.saying(() => this.place.refuseOthers());
  }

  put(): Promise<number> {
    return this.saying(() => this.place.put());
  }

  private async saying<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const detail = `The readings in ${this.path} cannot be restored: ${reason}.`;
      throw new CommandFailure(detail, exitCodes.refused);
    }
  }
}

/** It appears there whole: what lies there is all of the backup's, or somebody else's. */
function placeInFolder(folder: string, lines: () => AsyncGenerator<string>): ReadingsPlace {
  const isThere = async (): Promise<boolean> => {
    if (!existsSync(folder)) return false;
    if ((await compare(fileTelemetryReader(folder).lines(0), lines())) === 'all') return true;
    throw occupied(folder);
  };
  return {
    async refuseOthers() {
      await isThere();
    },
    async put() {
      if (await isThere()) return countOf(lines());
      const draft = `${folder}.restoring`;
      await rm(draft, { recursive: true, force: true });
      const count = await restoreFileLines(draft, lines());
      await rename(draft, folder);
      return count;
    },
  };
}

function occupied(place: string): Error {
  return new Error(
    `${place} has other readings already. Move them away, or restore without --telemetry`,
  );
}

/** What lies there of a backup: all of it, its beginning, or what is not of it. */
async function compare(
  there: AsyncIterable<string>,
  backup: AsyncGenerator<string>,
): Promise<'all' | 'beginning' | 'other'> {
  try {
    for await (const line of there) if ((await backup.next()).value !== line) return 'other';
    return (await backup.next()).done === true ? 'all' : 'beginning';
  } finally {
    await backup.return(null);
  }
}

async function countOf(lines: AsyncIterable<string>): Promise<number> {
  let count = 0;
  for await (const _ of lines) count += 1;
  return count;
}

/** Opened once it is read: what a reader of lines hears before is lost. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const input = createReadStream(path);
  try {
    yield* createInterface({ input, crlfDelay: Infinity });
  } finally {
    input.destroy();
  }
}
