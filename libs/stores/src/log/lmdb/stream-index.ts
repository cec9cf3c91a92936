import { hash } from 'node:crypto';
import { fromBufferKey } from 'ordered-binary';
import type { Pages } from '../../lmdb/page-reader.js';
import type { Tree } from '../../lmdb/pages.js';
import { walkTree } from '../../lmdb/walk-tree.js';

/** What an index of streams holds: of each stream, a text that says which entries. Or why it is none. */
export type FoundIndex =
  | { readonly status: 'read'; readonly streams: ReadonlyMap<string, string> }
  | { readonly status: 'damaged'; readonly position: number | null; readonly detail: string };

/** Entries that are hashed in one go; a stream that has fewer keeps them as they are. */
const entriesHashed = 32;

/** What the index has of one stream, in the order of positions, of any length in little room. */
export class StreamEntries {
  private digest = '';
  private numbers: number[] = [];

  add(position: number, version: number): void {
    this.numbers.push(position, version);
    if (this.numbers.length < 2 * entriesHashed) return;
    this.digest = hash('sha256', this.text);
    this.numbers = [];
  }

  /** The same for the same entries only. */
  get text(): string {
    return `${this.digest} ${this.numbers.join(' ')}`;
  }
}

/** Needs nothing of the commits, so that it can be read beside them (index-thread.ts). */
export function readIndex(pages: Pages, tree: Tree): FoundIndex {
  const streams = new Map<string, string>();
  let position: number | null = null;
  let stream: string | null = null;
  let found = new StreamEntries();
  const endStream = (): void => {
    // Its entries follow each other: where they do not, they are no stream's.
    if (stream !== null) streams.set(stream, streams.has(stream) ? inParts : found.text);
    found = new StreamEntries();
  };
  try {
    for (const { key, value } of walkTree(pages, tree)) {
      const address: unknown = fromBufferKey(key);
      const version: unknown = fromBufferKey(value);
      if (!isAddress(address) || typeof version !== 'number') {
        return {
          status: 'damaged',
          position,
          detail: 'an entry of the index of streams is not one',
        };
      }
      position = address[1];
      if (address[0] !== stream) endStream();
      stream = address[0];
      found.add(position, version);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { status: 'damaged', position, detail: `the index of streams: ${reason}` };
  }
  endStream();
  return { status: 'read', streams };
}

/** Of no entries. */
const inParts = 'in parts';

function isAddress(value: unknown): value is [stream: string, position: number] {
  return Array.isArray(value) && typeof value[0] === 'string' && typeof value[1] === 'number';
}
