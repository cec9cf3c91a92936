/**
 * How lmdb lays out a page of its data file (data version 2, 64 bits, little endian): enough to
 * tell a sound page from garbage before lmdb maps the file. lmdb itself trusts pages: a wrong
 * offset in one is read outside the page, and a page beyond the end of the file is a SIGBUS that
 * ends the process.
 */
export interface Meta {
  readonly pageSize: number;
  /** Number of the last page in use. */
  readonly lastPage: number;
  readonly transaction: number;
  readonly free: Tree;
  readonly main: Tree;
}

/** A B+ tree of pages. */
export interface Tree {
  /** Levels; 0 when it is empty, 1 when the root is a leaf. */
  readonly depth: number;
  readonly entries: number;
  readonly root: number;
}

/** What a node of a leaf points to. */
export type LeafValue =
  | { readonly kind: 'inline'; readonly bytes: Buffer }
  | { readonly kind: 'tree'; readonly tree: Tree }
  | {
      readonly kind: 'pages';
      readonly first: number;
      readonly count: number;
      readonly size: number;
    };

export interface LeafNode {
  readonly key: Buffer;
  readonly value: LeafValue;
}

export const headerBytes = 24;
export const metaBytes = headerBytes + 144;
const nodeHeaderBytes = 8;
const treeBytes = 48;
const magic = 0xbeefc0de;
const dataVersion = 2;
const branchFlag = 0x01;
const leafFlag = 0x02;
const metaFlag = 0x08;
/** The flags that tell what kind of page it is; the others are lmdb's notes while it is dirty. */
const kindFlags = 0x2f;
const bigDataFlag = 0x01;
const treeFlag = 0x02;
/** Page sizes that lmdb supports. */
const leastPageSize = 256;
const mostPageSize = 65_536;

/** Whether this machine's lmdb has the layout that is decoded here. */
export function layoutIsKnown(architecture: string): boolean {
  return architecture === 'x64' || architecture === 'arm64';
}

/** One of the two meta pages, or what is wrong with it. */
export function readMeta(bytes: Buffer): Meta | string {
  if (bytes.length < metaBytes) return 'the file ends inside a meta page';
  if ((bytes.readUInt16LE(18) & metaFlag) === 0 || bytes.readUInt32LE(headerBytes) !== magic) {
    return 'a meta page is not one';
  }
  const version = bytes.readUInt32LE(headerBytes + 4) & 0xffff;
  if (version !== dataVersion) {
    return `the file has data version ${version}; this software knows ${dataVersion}`;
  }
  const pageSize = bytes.readUInt32LE(headerBytes + 24);
  const isPower = (pageSize & (pageSize - 1)) === 0;
  if (!isPower || pageSize < leastPageSize || pageSize > mostPageSize) {
    return `a meta page states pages of ${pageSize} bytes`;
  }
  return {
    pageSize,
    lastPage: readWord(bytes, headerBytes + 120),
    transaction: readWord(bytes, headerBytes + 128),
    free: readTree(bytes, headerBytes + 24),
    main: readTree(bytes, headerBytes + 72),
  };
}

/** The transaction that wrote a page: one that changes a page changes all that lead to it. */
export function writerOf(page: Buffer): number {
  return readWord(page, 8);
}

/** What a branch page points to, and the least key of it. */
export interface BranchNode {
  readonly key: Buffer;
  readonly child: number;
}

/** The nodes of a branch page, left to right; null when the page is not a sound branch. */
export function readBranch(page: Buffer, number: number): BranchNode[] | null {
  const offsets = nodeOffsets(page, number, branchFlag);
  return (
    offsets?.map((at) => ({
      key: page.subarray(at + nodeHeaderBytes, at + nodeHeaderBytes + page.readUInt16LE(at + 6)),
      // Bits 0–15, 16–31 and 32–47 of the child's number.
      child: page.readUInt32LE(at) + page.readUInt16LE(at + 4) * 4_294_967_296,
    })) ?? null
  );
}

/** The nodes of a leaf page, left to right; null when the page is not a sound leaf. */
export function readLeaf(page: Buffer, number: number): LeafNode[] | null {
  const offsets = nodeOffsets(page, number, leafFlag);
  if (offsets === null) return null;
  const nodes: LeafNode[] = [];
  for (const at of offsets) {
    const dataAt = at + nodeHeaderBytes + page.readUInt16LE(at + 6);
    const value = readValue(page, at, dataAt);
    if (value === null) return null;
    nodes.push({ key: page.subarray(at + nodeHeaderBytes, dataAt), value });
  }
  return nodes;
}

function readValue(page: Buffer, at: number, dataAt: number): LeafValue | null {
  const flags = page.readUInt16LE(at + 4);
  const size = page.readUInt32LE(at);
  const isBig = (flags & bigDataFlag) !== 0;
  if (dataAt + (isBig ? headerBytes : size) > page.length) return null;
  if (isBig) {
    const count = readWord(page, dataAt + 16);
    return { kind: 'pages', first: readWord(page, dataAt), count, size };
  }
  if ((flags & treeFlag) !== 0) {
    return size === treeBytes ? { kind: 'tree', tree: readTree(page, dataAt) } : null;
  }
  return { kind: 'inline', bytes: page.subarray(dataAt, dataAt + size) };
}

/**
 * Where the nodes of a page begin; null when the page is another's, of another kind, or garbage.
 */
function nodeOffsets(page: Buffer, number: number, kind: number): number[] | null {
  if (readWord(page, 0) !== number || (page.readUInt16LE(18) & kindFlags) !== kind) return null;
  // Offsets inside a page count from behind its header.
  const lower = page.readUInt16LE(20);
  const upper = headerBytes + page.readUInt16LE(22);
  const room = page.length - nodeHeaderBytes;
  if (lower === 0 || lower % 2 !== 0 || headerBytes + lower > upper) return null;
  const offsets: number[] = [];
  for (let index = 0; index < lower; index += 2) {
    const at = headerBytes + page.readUInt16LE(headerBytes + index);
    if (at < upper || at > room) return null;
    if (at + nodeHeaderBytes + page.readUInt16LE(at + 6) > page.length) return null;
    offsets.push(at);
  }
  return offsets;
}

function readTree(bytes: Buffer, at: number): Tree {
  return {
    depth: bytes.readUInt16LE(at + 6),
    entries: readWord(bytes, at + 32),
    root: readWord(bytes, at + 40),
  };
}

/** 64 bits as a number: exact below 2^53, and what is above is no page of ours. */
function readWord(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 4_294_967_296;
}
