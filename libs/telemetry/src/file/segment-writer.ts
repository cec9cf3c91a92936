import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEndMark, type BatchHead } from '../batch.js';
import { segmentName, type SegmentName } from '../segments.js';
import type { SegmentWriter } from '../segments.port.js';
import { readSegmentEnd } from './segment-file.js';

const ownerOnly = 0o600;

export async function createSegment(
  folder: string,
  epoch: number,
  firstBatch: number,
  openedAt: number,
): Promise<SegmentWriter> {
  const name = segmentName(epoch, firstBatch);
  const file = await open(join(folder, name), 'wx', ownerOnly);
  let bytes = 0;
  return {
    name,
    openedAt,
    get bytes() {
      return bytes;
    },
    async write(line) {
      try {
        await writeAt(file, line.bytes, bytes);
      } catch (error) {
        // A full disk may have taken half of it; if this fails too, the next line overwrites it.
        await file.truncate(bytes).catch(() => undefined);
        throw error;
      }
      bytes += line.bytes.length;
    },
    async close() {
      await file.datasync().finally(() => file.close());
    },
  };
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/**
 * Closes what a predecessor left open: its torn last line, if any, is ended and declared in the end
 * mark, and the chain goes on behind the last whole one. Returns where the chain ends now.
 */
export async function closeForPredecessor(
  folder: string,
  segment: SegmentName,
  before: BatchHead,
  at: number,
): Promise<BatchHead> {
  const path = join(folder, segment.name);
  const end = await readSegmentEnd(path);
  if (end.isClosed && end.last !== null) return end.last;
  const head = end.last ?? { batch: segment.firstBatch - 1, hash: before.hash };
  const mark = encodeEndMark(head, at, end.torn);
  const file = await open(path, 'a');
  try {
    await file.appendFile(
      end.torn === 0 ? mark.bytes : Buffer.concat([Buffer.from('\n'), mark.bytes]),
    );
    await file.datasync();
  } finally {
    await file.close();
  }
  return mark.head;
}
