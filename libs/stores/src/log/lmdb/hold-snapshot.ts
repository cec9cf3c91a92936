import { join } from 'node:path';
import { inspectDataFile } from '../../lmdb/data-file.js';
import { dataFileName, openEnvironment } from '../../lmdb/environment.js';

/**
 * Keeps a writer from using pages again that somebody is reading past lmdb, for as long as it is
 * held: the file grows meanwhile, so keep it short. Holds nothing when lmdb cannot have the file
 * open (a folder that may only be read, damage): then nobody writes to it either.
 */
export async function holdSnapshot(folder: string): Promise<{ release(): Promise<void> }> {
  try {
    // Garbage that would end the process is found first.
    if (inspectDataFile(join(folder, dataFileName)).status === 'damaged') return nothingHeld;
    const environment = openEnvironment(folder);
    const transaction = environment.useReadTransaction();
    return {
      release: async () => {
        transaction.done();
        await environment.close();
      },
    };
  } catch {
    return nothingHeld;
  }
}

const nothingHeld = { release: async () => {} };
