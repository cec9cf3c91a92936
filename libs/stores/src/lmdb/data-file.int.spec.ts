import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inspectDataFile } from './data-file.js';

const pageSize = 256;
const header = 24;
const [branch, leaf, meta] = [0x01, 0x02, 0x08];

function page(number: number, flags: number): Buffer {
  const bytes = Buffer.alloc(pageSize);
  bytes.writeBigUInt64LE(BigInt(number), 0);
  bytes.writeUInt16LE(flags, 18);
  return bytes;
}

/** Of a tree of so many levels whose root is page 2. */
function metaPage(number: number, depth: number): Buffer {
  const bytes = page(number, meta);
  bytes.writeUInt32LE(0xbeefc0de, header);
  bytes.writeUInt32LE(2, header + 4);
  bytes.writeUInt32LE(pageSize, header + 24);
  const tree = header + 72;
  bytes.writeUInt16LE(depth, tree + 6);
  bytes.writeBigUInt64LE(1_000_000n, tree + 32);
  bytes.writeBigUInt64LE(2n, tree + 40);
  // More pages than any file has.
  bytes.writeBigUInt64LE(2n ** 50n, header + 120);
  return bytes;
}

/** With nodes without keys, each of which points to the same page. */
function nodes(bytes: Buffer, count: number, child: number): Buffer {
  const upper = pageSize - header - count * 8;
  bytes.writeUInt16LE(count * 2, 20);
  bytes.writeUInt16LE(upper, 22);
  for (let index = 0; index < count; index += 1) {
    const at = upper + index * 8;
    bytes.writeUInt16LE(at, header + index * 2);
    bytes.writeUInt32LE(child, header + at);
  }
  return bytes;
}

describe('A data file, looked through without lmdb', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'oakring-data-file-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is damaged where branches lead to the same page again and again: to follow all would take for ever', () => {
    const levels = 30;
    const branches = Array.from({ length: levels }, (_none, at) =>
      nodes(page(2 + at, branch), 8, 3 + at),
    );
    const last = nodes(page(2 + levels, leaf), 1, 0);
    const path = join(folder, 'data.mdb');
    const metas = [0, 1].map((number) => metaPage(number, levels + 1));
    writeFileSync(path, Buffer.concat([...metas, ...branches, last]));
    expect(inspectDataFile(path)).toEqual({
      ...{ status: 'damaged', detail: 'pages are pointed to more than once' },
    });
  });
});
