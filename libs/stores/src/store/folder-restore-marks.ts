import { isObject } from '@oakring/contracts';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RestoreMark, RestoreMarks } from './restore-mark.port.js';

const fileName = 'restoring.json';
const ownerOnly = 0o600;

/** A file beside the data file. */
export function restoreMarksIn(folder: string): RestoreMarks {
  const path = join(folder, fileName);
  return {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      });
      return text === null ? null : markIn(text);
    },
    async leave({ position, hash }) {
      const draft = `${path}.new`;
      const file = await open(draft, 'w', ownerOnly);
      try {
        await file.writeFile(JSON.stringify({ position, hash }));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
      await syncFolder(folder);
    },
    async remove() {
      await rm(path, { force: true });
      await syncFolder(folder);
    },
  };
}

/** What cannot be read still says that something is being restored: something that nobody can go on with. */
function markIn(text: string): RestoreMark {
  const unknown = { position: 0, hash: '' };
  try {
    const mark: unknown = JSON.parse(text);
    if (!isObject(mark)) return unknown;
    return { position: Number(mark['position']), hash: String(mark['hash']) };
  } catch {
    return unknown;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
