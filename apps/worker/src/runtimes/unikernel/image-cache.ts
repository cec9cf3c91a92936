import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Fetched images are kept up to so much; those used longest ago go first. */
export const maxCacheBytes = 8 * 1_073_741_824;

/** What a worker that was killed left half fetched. No other one fetches into its folder. */
export async function forgetHalfFetched(cache: string): Promise<void> {
  for (const name of await namesIn(cache)) {
    if (name.endsWith('.part')) await rm(join(cache, name), { force: true });
  }
}

/** Its place in the order of use. */
export async function noteUse(path: string, nowMs: number): Promise<void> {
  await utimes(path, nowMs / 1000, nowMs / 1000);
}

/** A guest that was booted from one has it open: to remove its name takes nothing from it. */
export async function makeRoom(cache: string, maxBytes: number): Promise<void> {
  const names = (await namesIn(cache)).filter((name) => !name.endsWith('.part'));
  const images = await Promise.all(
    names.map(async (name) => {
      const path = join(cache, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  images.sort((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  for (const { path, size } of images) {
    bytes += size;
    if (bytes > maxBytes) await rm(path, { force: true });
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
