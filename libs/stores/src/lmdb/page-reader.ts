import { fstatSync, readSync } from 'node:fs';
import {
  headerBytes,
  metaBytes,
  readBranch,
  readLeaf,
  readMeta,
  writerOf,
  type BranchNode,
  type LeafNode,
  type LeafValue,
  type Meta,
} from './pages.js';

/** A page, or what points to it, cannot be what lmdb wrote. */
export class PageProblem extends Error {}

/**
 * The pages of one data file, each checked as it is read; whatever cannot be one is a
 * `PageProblem`.
 */
export interface Pages {
  /** The newer of the two meta pages. */
  readonly meta: Meta;
  /** How many pages there are: as many as it states, and no more than it has room for. */
  readonly count: number;
  /** The file is shorter than the number of pages that it states. */
  readonly isShort: boolean;
  /** The pages that a branch page points to. */
  branch(number: number): number[];
  /** The same, with the keys that part them. */
  branches(number: number): BranchNode[];
  leaf(number: number): LeafNode[];
  /** The transaction that wrote a page. */
  writer(number: number): number;
  value(value: LeafValue): Buffer;
  /** These pages must lie in the file, behind the meta pages. */
  demand(first: number, count: number): void;
}

/** `meta`: the newest at some time, for whoever reads with somebody else who began then. */
export function pagesOf(file: number, meta: Meta = newestMeta(file)): Pages {
  const fileBytes = fstatSync(file).size;
  const { lastPage, pageSize } = meta;

  const demand = (first: number, count: number): void => {
    const end = first + count;
    if (!(first >= 2 && count >= 1 && end <= lastPage + 1)) {
      throw new PageProblem(`page ${first} is pointed to, the last one is ${lastPage}`);
    }
    if (end * pageSize > fileBytes) {
      throw new PageProblem(
        `it is cut off at ${fileBytes} bytes, its page ${end - 1} ends at ${end * pageSize}`,
      );
    }
  };
  const page = (number: number): Buffer => {
    demand(number, 1);
    return readBytes(file, number * pageSize, pageSize);
  };
  const sound = <T>(content: T | null, number: number, kind: string): T => {
    if (content === null) throw new PageProblem(`page ${number} is not a ${kind} page`);
    return content;
  };

  const branches = (number: number): BranchNode[] =>
    sound(readBranch(page(number), number), number, 'branch');

  return {
    meta,
    count: Math.min(lastPage + 1, Math.ceil(fileBytes / pageSize)),
    isShort: fileBytes < (lastPage + 1) * pageSize,
    branch: (number) => branches(number).map(({ child }) => child),
    branches,
    leaf: (number) => sound(readLeaf(page(number), number), number, 'leaf'),
    writer: (number) => writerOf(page(number)),
    demand,
    value(value) {
      if (value.kind === 'tree') throw new PageProblem('a value is a tree');
      if (value.kind === 'inline') return value.bytes;
      demand(value.first, value.count);
      const room = value.count * pageSize - headerBytes;
      if (value.size > room) throw new PageProblem(`page ${value.first} holds less than it states`);
      return readBytes(file, value.first * pageSize + headerBytes, value.size);
    },
  };
}

function newestMeta(file: number): Meta {
  const first = metaAt(file, 0);
  const second = metaAt(file, first.pageSize);
  if (second.pageSize !== first.pageSize) throw new PageProblem('the meta pages disagree');
  return second.transaction > first.transaction ? second : first;
}

function metaAt(file: number, offset: number): Meta {
  const meta = readMeta(readBytes(file, offset, metaBytes));
  if (typeof meta === 'string') throw new PageProblem(meta);
  return meta;
}

function readBytes(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const read = readSync(file, bytes, 0, length, offset);
  return read === length ? bytes : bytes.subarray(0, read);
}
