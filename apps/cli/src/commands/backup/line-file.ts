import { existsSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { partialOf } from './place.js';

const lineFeed = 0x0a;
const ownerOnly = 0o600;
/** Read from the end in such pieces, until the last line is whole. */
const pieceBytes = 65_536;
/** Lines that wait to be written. */
const pendingBytes = 1_048_576;

/** Where the last line of a file ends, and what it says. */
export interface Tail {
  /** Bytes up to and with the last line feed: what follows it was not written to its end. */
  readonly bytes: number;
  /** Bytes behind it. */
  readonly torn: number;
  /** Null: it has no line. */
  readonly line: string | null;
}

/**
 * The file that a backup writes: lines are added at its end, and nothing in it is ever changed. It has its name
 * once it was whole for the first time; from then on it is whole whatever happens, for it only grows.
 */
export class LineFile {
  private pending: Buffer[] = [];
  private pendingLength = 0;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly isPartial: boolean,
    readonly before: Tail,
    private end: number,
  ) {}

  /** What is there is gone on with. */
  static async open(path: string): Promise<LineFile> {
    const isPartial = !existsSync(path);
    const name = isPartial ? partialOf(path) : path;
    const file = await open(name, existsSync(name) ? 'r+' : 'wx+', ownerOnly);
    try {
      const tail = await tailOf(file);
      return new LineFile(path, file, isPartial, tail, tail.bytes);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async add(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    this.pending.push(bytes);
    this.pendingLength += bytes.length;
    if (this.pendingLength >= pendingBytes) await this.write();
  }

  /** All that was added is on the disk, under the name of what is whole. */
  async finish(): Promise<void> {
    await this.write();
    // What was torn was the beginning of a line that is whole now, or is nowhere in the ledger.
    await this.file.truncate(this.end);
    await this.file.sync();
    if (!this.isPartial) return;
    await rename(partialOf(this.path), this.path);
    const folder = await open(dirname(this.path), 'r');
    await folder.sync().finally(() => folder.close());
  }

  /** What was added is written, as far as it came: the next one goes on from there. */
  async close(): Promise<void> {
    await this.write().finally(() => this.file.close());
  }

  private async write(): Promise<void> {
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.pendingLength = 0;
    for (let written = 0; written < bytes.length;) {
      const left = bytes.length - written;
      const { bytesWritten } = await this.file.write(bytes, written, left, this.end);
      written += bytesWritten;
      this.end += bytesWritten;
    }
  }
}

/** The end of a file that a backup wrote. */
export async function tailIn(path: string): Promise<Tail> {
  const file = await open(path, 'r').catch((error: Error) => {
    throw new CommandFailure(`${path} cannot be read: ${error.message}`, exitCodes.unreachable);
  });
  return tailOf(file).finally(() => file.close());
}

async function tailOf(file: FileHandle): Promise<Tail> {
  const { size } = await file.stat();
  let from = size;
  let text = Buffer.alloc(0);
  let end = -1;
  for (;;) {
    end = text.lastIndexOf(lineFeed);
    const before = end <= 0 ? -1 : text.lastIndexOf(lineFeed, end - 1);
    if (from === 0 || before !== -1) break;
    const length = Math.min(pieceBytes, from);
    from -= length;
    const { buffer } = await file.read(Buffer.alloc(length), { position: from });
    text = Buffer.concat([buffer, text]);
  }
  if (end === -1) return { bytes: 0, torn: size, line: null };
  const begin = end === 0 ? 0 : text.lastIndexOf(lineFeed, end - 1) + 1;
  const line = text.subarray(begin, end).toString('utf8');
  const bytes = from + end + 1;
  return { bytes, torn: size - bytes, line };
}
