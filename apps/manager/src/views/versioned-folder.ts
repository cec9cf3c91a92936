import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { foldVersion } from '@oakring/model';

/**
 * Where views of today's fold are kept. Another fold has a folder of its own: a new release builds
 * its views beside the old ones, which stay until it has caught up, so that a roll-back within that
 * time finds them.
 */
export function versioned(dataFolder: string, name: string): string {
  return join(dataFolder, name, `v${foldVersion}`);
}

/** To be called once the views of today's fold have caught up. */
export async function removeOtherVersions(dataFolder: string, name: string): Promise<void> {
  const folder = join(dataFolder, name);
  const ours = `v${foldVersion}`;
  const others = (await readdir(folder)).filter((entry) => entry !== ours);
  for (const other of others) await rm(join(folder, other), { recursive: true, force: true });
}
