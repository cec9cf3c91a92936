import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** As the folder they are the worker's alone: the token proves who it is. */
const fileMode = 0o600;

/**
 * Written beside, synced, renamed, the folder synced: a crash leaves the old or the new content. What
 * lies beside already (a crash left it, or somebody planted a link) is removed, never written through.
 */
export async function replaceDurably(folder: string, name: string, content: string): Promise<void> {
  const path = join(folder, name);
  const beside = `${path}.new`;
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', fileMode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(folder);
}

/** What was made or removed in it stays so. */
export async function syncFolder(folder: string): Promise<void> {
  const parent = await open(folder, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}
