import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const fileName = 'found-sound.json';

/** What was found of a ledger's pages, beside the ledger. */
interface SoundMark {
  /** Pages that this transaction and earlier ones wrote were found sound. */
  readonly transaction: number;
  /**
   * `open`: a process has it that has not looked through all of it yet. If that process ended without
   * good order, damage in an old page may have ended it. `damaged`: damage was found, wherever.
   */
  readonly state: 'sound' | 'open' | 'damaged';
}

/** Null when there is none, or it is not what was written: nothing is known then. */
export function readMark(folder: string): SoundMark | null {
  try {
    const stored = readFileSync(join(folder, fileName), 'utf8');
    const [, sum, text = ''] = /^([0-9a-f]+) (.*)\n$/.exec(stored) ?? [];
    return sum === crc32(text).toString(16) ? (JSON.parse(text) as SoundMark) : null;
  } catch {
    return null;
  }
}

/**
 * Leaves the mark, whole or not at all. Never rejects: where it cannot be written (a full disk) none is
 * left, and the next start knows nothing and looks at everything.
 */
export async function leaveMark(folder: string, mark: SoundMark): Promise<void> {
  const path = join(folder, fileName);
  try {
    await write(`${path}.new`, JSON.stringify(mark));
    await rename(`${path}.new`, path);
  } catch {
    for (const left of [path, `${path}.new`]) {
      await rm(left, { force: true }).catch(() => {
        // Nor can it be taken away: such a folder is not opened.
      });
    }
  }
}

async function write(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${crc32(text).toString(16)} ${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
