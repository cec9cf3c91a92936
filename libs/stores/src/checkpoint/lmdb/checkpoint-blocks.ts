import type { JsonObject } from '@oakring/events';
import type { Checkpoint, ViewChange } from '../checkpoint-store.port.js';

/**
 * The records of a checkpoint lie in blocks, each one text with one checksum, so that a start reads
 * some hundred texts and not one record after the other. A block is never changed: what was replaced
 * or removed is noted beside it. What is left of a block moves into the next one when most of it is
 * gone, and small blocks grow together like the digits of a binary counter: each record is written a
 * few times in its life, however many there are.
 */

/** About how many characters one block holds; a larger record has one of its own. */
const blockCharacters = 128 * 1024;

/** A block's number, and its text: a line for each record. */
export interface BlockText {
  readonly number: number;
  readonly text: string;
}

/** What a save writes and removes. */
export interface BlockChanges {
  readonly written: readonly BlockText[];
  /** Which lines of a block that stays are gone. */
  readonly gone: ReadonlyMap<number, readonly number[]>;
  readonly removed: readonly number[];
}

interface Block {
  /** Characters of each line. */
  readonly lengths: readonly number[];
  readonly gone: Set<number>;
  /** Characters, in all and of what is not gone. */
  readonly size: number;
  live: number;
}

/** A block's number and a line of it, in one number: there is one for each record. */
type Place = number;

/** More lines than a block of one-character lines could have. */
const linesPerBlock = 2 ** 20;

const placeAt = (number: number, line: number): Place => number * linesPerBlock + line;
const blockAt = (place: Place): number => Math.floor(place / linesPerBlock);
const lineAt = (place: Place): number => place % linesPerBlock;

/** Where each record lies. Holds no record itself: texts are asked for when they move. */
export class CheckpointBlocks {
  private readonly blocks = new Map<number, Block>();
  private readonly places = new Map<string, Map<string, Place>>();
  private next = 1;

  /** Records that are not gone. */
  get records(): number {
    let records = 0;
    for (const keys of this.places.values()) records += keys.size;
    return records;
  }

  get size(): number {
    return this.blocks.size;
  }

  /** Takes a block as it was stored, and gives its records. Throws when its text is not one. */
  add({ number, text }: BlockText, gone: readonly number[]): Checkpoint['records'] {
    const lines = text.split('\n');
    this.hold(number, lines, new Set(gone));
    const entries = JSON.parse(`[${text.replaceAll('\n', ',')}]`) as [string, string, JsonObject][];
    const isGone = new Set(gone);
    const records: { view: string; key: string; record: JsonObject }[] = [];
    for (const [line, [view, key, record]] of entries.entries()) {
      if (isGone.has(line)) continue;
      this.placesOf(view).set(key, placeAt(number, line));
      records.push({ view, key, record });
    }
    return records;
  }

  /** Applies changes; `textOf` gives the text of a stored block. */
  change(changes: readonly ViewChange[], textOf: (number: number) => string): BlockChanges {
    const touched = new Set<number>();
    const lines: string[] = [];
    let characters = 0;
    const take = (line: string): void => {
      lines.push(line);
      characters += line.length;
    };
    for (const { view, key, record } of newestOf(changes)) {
      const number = this.lose(view, key);
      if (number !== null) touched.add(number);
      if (record !== null) take(JSON.stringify([view, key, record]));
    }
    const removed: number[] = [];
    for (const [number, block] of [...this.blocks].toReversed()) {
      const isWorn = block.live < block.size / 2;
      const isSmall = block.live <= characters && block.live < blockCharacters / 2;
      if (!isWorn && !isSmall) continue;
      if (block.live > 0) {
        for (const [line, text] of textOf(number).split('\n').entries()) {
          if (!block.gone.has(line)) take(text);
        }
      }
      this.blocks.delete(number);
      touched.delete(number);
      removed.push(number);
    }
    const gone = new Map([...touched].map((number) => [number, this.goneOf(number)]));
    return { written: inBlocks(lines).map((block) => this.place(block)), gone, removed };
  }

  private place(lines: readonly string[]): BlockText {
    const number = this.next;
    this.hold(number, lines, new Set());
    for (const [line, text] of lines.entries()) {
      const [view, key] = JSON.parse(text) as [string, string];
      this.placesOf(view).set(key, placeAt(number, line));
    }
    return { number, text: lines.join('\n') };
  }

  private hold(number: number, lines: readonly string[], gone: Set<number>): void {
    const lengths = lines.map(({ length }) => length);
    const size = sumOf(lengths);
    const live = size - sumOf([...gone].map((line) => lengths[line] ?? 0));
    this.blocks.set(number, { lengths, gone, size, live });
    this.next = Math.max(this.next, number + 1);
  }

  /** A record is gone from where it lies; gives the number of that block. */
  private lose(view: string, key: string): number | null {
    const places = this.placesOf(view);
    const place = places.get(key);
    const block = place === undefined ? undefined : this.blocks.get(blockAt(place));
    if (place === undefined || block === undefined) return null;
    places.delete(key);
    block.gone.add(lineAt(place));
    block.live -= block.lengths[lineAt(place)] ?? 0;
    return blockAt(place);
  }

  private goneOf(number: number): number[] {
    return [...(this.blocks.get(number)?.gone ?? [])];
  }

  private placesOf(view: string): Map<string, Place> {
    const known = this.places.get(view);
    if (known !== undefined) return known;
    const places = new Map<string, Place>();
    this.places.set(view, places);
    return places;
  }
}

/** Of several changes of one record only the last one counts. */
function newestOf(changes: readonly ViewChange[]): Iterable<ViewChange> {
  return new Map(
    changes.map((change) => [JSON.stringify([change.view, change.key]), change]),
  ).values();
}

function inBlocks(lines: readonly string[]): string[][] {
  const blocks: string[][] = [];
  let room = 0;
  for (const line of lines) {
    if (room < line.length) {
      blocks.push([]);
      room = blockCharacters;
    }
    blocks.at(-1)?.push(line);
    room -= line.length;
  }
  return blocks;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
