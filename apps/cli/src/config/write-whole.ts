import { rename, rm, writeFile } from 'node:fs/promises';

/** Whole or not at all, for its owner alone, and on the disk when it resolves. */
export async function writeWhole(path: string, text: string | Buffer): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  try {
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}
