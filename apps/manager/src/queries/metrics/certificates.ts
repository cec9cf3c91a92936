import { certificatesIn } from '@oakring/host';
import { readFile } from 'node:fs/promises';
import type { CertificateFiles } from '../../injection/query-tokens.js';

/**
 * When the first certificate of each setting ends, seconds since 1970. They are read each time: who puts a
 * new one there sees it. What cannot be read is left out: the start, or the link, says what is wrong with it.
 */
export async function certificateEnds(
  all: readonly CertificateFiles[],
): Promise<readonly (readonly [seconds: number, setting: string])[]> {
  const found = await Promise.all(
    all.map(async ({ setting, paths }) => {
      const ends = (await Promise.all(paths.map(endsIn))).flat();
      return ends.length === 0 ? [] : [[Math.min(...ends), setting] as const];
    }),
  );
  return found.flat();
}

async function endsIn(path: string): Promise<readonly number[]> {
  try {
    const text = await readFile(path, 'utf8');
    return certificatesIn(text).map(({ to }) => Math.floor(Date.parse(to) / 1_000));
  } catch {
    return [];
  }
}
