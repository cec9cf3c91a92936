import { statfsSync } from 'node:fs';
import type { DiskFull } from '@oakring/contracts';

const bytesPerMiB = 1_048_576;
/** It is full until there is so much more than what must be free: else it would come and go with each line of a log. */
const comfort = 1.1;

/** What a file system says of itself. */
interface Space {
  readonly bavail: number;
  readonly bsize: number;
}

/** What a worker asks of its disk. */
export type Room = Pick<DiskRoom, 'full' | 'problem' | 'figures'>;

/** Of a worker that has no folder. */
export const boundless: Room = {
  full: null,
  problem: null,
  figures: { freeMiB: null, leastMiB: 0 },
};

/** Whether the disk of the worker's folder has room for something new. What runs goes on without it. */
export class DiskRoom {
  private isFull = false;

  constructor(
    private readonly folder: string,
    private readonly leastMiB: number,
    private readonly look: (folder: string) => Space = statfsSync,
  ) {}

  /** Looks now. Null: there is room, or nobody can say. */
  get full(): DiskFull | null {
    const freeMiB = this.freeMiB();
    const { leastMiB } = this;
    this.isFull = freeMiB !== null && freeMiB < (this.isFull ? this.againMiB : leastMiB);
    return this.isFull && freeMiB !== null ? { freeMiB, leastMiB } : null;
  }

  /** What is free, null where nobody can say, and what must be. */
  get figures(): { readonly freeMiB: number | null; readonly leastMiB: number } {
    return { freeMiB: this.freeMiB(), leastMiB: this.leastMiB };
  }

  /** Why nothing new may be started, for a person; null: it may. */
  get problem(): string | null {
    const { full } = this;
    if (full === null) return null;
    const wanted =
      full.freeMiB < full.leastMiB
        ? `of ${full.leastMiB} that must be`
        : `and it takes something new again from ${this.againMiB} on`;
    return (
      `the disk of ${this.folder} is nearly full: ${full.freeMiB} MiB are free, ${wanted}; ` +
      'make room there, or lower OAKRING_WORKER_DISK_RESERVE'
    );
  }

  private get againMiB(): number {
    return Math.ceil(this.leastMiB * comfort);
  }

  private freeMiB(): number | null {
    try {
      const { bavail, bsize } = this.look(this.folder);
      return Math.floor((bavail * bsize) / bytesPerMiB);
    } catch {
      return null;
    }
  }
}
