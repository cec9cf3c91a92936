import { statfsSync } from 'node:fs';

const bytesPerMiB = 1_048_576;

/** What a file system says of itself. */
interface Space {
  readonly bavail: number;
  readonly bsize: number;
}

/** Whether the disk of the worker's folder has room for something new. What runs goes on without it. */
export class DiskRoom {
  constructor(
    private readonly folder: string,
    private readonly leastMiB: number,
    private readonly look: (folder: string) => Space = statfsSync,
  ) {}

  /** Why nothing new may be started, for a person; null: there is room, or nobody can say. */
  get problem(): string | null {
    const freeMiB = this.freeMiB();
    if (freeMiB === null || freeMiB >= this.leastMiB) return null;
    return (
      `the disk of ${this.folder} is nearly full: ${freeMiB} MiB are free, of ${this.leastMiB} that must be; ` +
      'make room there, or lower OAKRING_WORKER_DISK_RESERVE'
    );
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
