import { statfs } from 'node:fs/promises';

export interface Room {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const gibibyte = 1_073_741_824;
const nearlyFullShare = 0.05;

/** Somebody has to look before it is full: less than a twentieth is free, and less than 1 GiB. */
export function isNearlyFull({ freeBytes, totalBytes }: Room): boolean {
  return freeBytes < Math.min(gibibyte, totalBytes * nearlyFullShare);
}

/** How much room whoever is not root has on the disk of a folder; null: it cannot be told. */
export async function roomOn(folder: string): Promise<Room | null> {
  try {
    const { bavail, bsize, blocks } = await statfs(folder);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null;
  }
}
