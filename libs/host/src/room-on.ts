import { statfs } from 'node:fs/promises';

/** How much room whoever is not root has on the disk of a folder; null: it cannot be told. */
export async function roomOn(
  folder: string,
): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
