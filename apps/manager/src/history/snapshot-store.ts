import type { Checkpoint } from '@oakring/stores';
import type { JsonObject, LogHead } from '@oakring/events';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';

const unzip = promisify(gunzip);
const suffix = '.ndjson.gz';
/** Beyond this every second one of the older half goes: the past gets coarser, never out of reach. */
const maxSnapshots = 256;

/**
 * Whole states of the past, one compressed file each, `<position>.ndjson.gz`. They only save time:
 * one that is missing or cannot be read is passed over for an older one.
 */
export class SnapshotStore {
  private constructor(
    private readonly folder: string,
    /** Ascending. */
    private positions: readonly number[],
  ) {}

  static async open(folder: string): Promise<SnapshotStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const positions: number[] = [];
    for (const name of await readdir(folder)) {
      const position = Number(name.slice(0, -suffix.length));
      if (name.endsWith(suffix) && Number.isSafeInteger(position)) positions.push(position);
      else await rm(join(folder, name), { force: true });
    }
    return new SnapshotStore(
      folder,
      positions.sort((a, b) => a - b),
    );
  }

  get newest(): number {
    return this.positions.at(-1) ?? 0;
  }

  list(): readonly number[] {
    return this.positions;
  }

  /** The newest readable one at or before `position`; null when there is none. */
  async nearest(position: number, foldVersion: number): Promise<Checkpoint | null> {
    for (const candidate of this.positions.toReversed()) {
      if (candidate > position) continue;
      const found = await this.read(candidate).catch(() => null);
      if (found?.foldVersion === foldVersion && found.head.position === candidate) return found;
      // It may be unreadable only now; an older one answers as well.
      this.positions = this.positions.filter((known) => known !== candidate);
    }
    return null;
  }

  /** `lines` may take their time. Whole or not at all. */
  async save(head: LogHead, foldVersion: number, lines: AsyncIterable<string>): Promise<void> {
    const path = this.pathOf(head.position);
    const draft = `${path}.new`;
    const first = `${JSON.stringify({ head, foldVersion })}\n`;
    try {
      await pipeline(
        Readable.from(withFirst(first, lines)),
        createGzip({ level: 3 }),
        createWriteStream(draft, { mode: 0o600 }),
      );
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await rename(draft, path);
    this.positions = [...this.positions.filter((known) => known < head.position), head.position];
    await this.thinOut();
  }

  private async read(position: number): Promise<Checkpoint> {
    const text = (await unzip(await readFile(this.pathOf(position)))).toString('utf8');
    const [first = '', ...rest] = text.trimEnd().split('\n');
    // Written by `save`; the checksum of the compressed file says that it is unchanged.
    const { head, foldVersion } = JSON.parse(first) as { head: LogHead; foldVersion: number };
    const records = rest.map((line) => {
      const [view, key, record] = JSON.parse(line) as [string, string, JsonObject];
      return { view, key, record };
    });
    return { head, foldVersion, records };
  }

  private async thinOut(): Promise<void> {
    if (this.positions.length <= maxSnapshots) return;
    const older = this.positions.slice(0, maxSnapshots / 2);
    for (const [index, position] of older.entries()) {
      if (index % 2 === 1) await this.forget(position);
    }
  }

  private async forget(position: number): Promise<void> {
    this.positions = this.positions.filter((known) => known !== position);
    await rm(this.pathOf(position), { force: true });
  }

  private pathOf(position: number): string {
    return join(this.folder, `${position}${suffix}`);
  }
}

async function* withFirst(first: string, lines: AsyncIterable<string>): AsyncGenerator<string> {
  yield first;
  yield* lines;
}
