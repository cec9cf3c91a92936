import { describe, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import type { JsonObject } from '@oakring/events';
import type { ViewChange } from '../checkpoint-store.port.js';
import { CheckpointBlocks } from './checkpoint-blocks.js';

/** Blocks beside what a disk would hold of them. */
function given() {
  const stored = new Map<number, string>();
  const gone = new Map<number, readonly number[]>();
  const blocks = new CheckpointBlocks();
  let written = 0;
  return {
    save(changes: readonly ViewChange[]): void {
      const change = blocks.change(changes, (number) => stored.get(number) ?? '');
      for (const number of change.removed) {
        stored.delete(number);
        gone.delete(number);
      }
      for (const { number, text } of change.written) {
        stored.set(number, text);
        written += text.length;
      }
      for (const [number, lines] of change.gone) gone.set(number, lines);
      expect(blocks.size).toBe(stored.size);
    },
    /** What a start would read. */
    loaded(): Map<string, JsonObject> {
      const read = new CheckpointBlocks();
      const records = [...stored].flatMap(([number, text]) =>
        read.add({ number, text }, gone.get(number) ?? []),
      );
      expect(read.records).toBe(records.length);
      expect(blocks.records).toBe(records.length);
      return new Map(records.map(({ view, key, record }) => [`${view}/${key}`, record]));
    },
    texts: () => [...stored.values()],
    written: () => written,
  };
}

const ended = (key: number): ViewChange => ({
  view: 'retired',
  key: `job-${key}/0`,
  record: { generation: 1, order: key },
});

describe('The blocks of a checkpoint', () => {
  it('hold what a table would, whatever is changed and removed', () => {
    const random = seededRandomness(20261128);
    const { save, loaded } = given();
    const table = new Map<string, JsonObject>();
    for (let round = 0; round < 120; round += 1) {
      const changes = Array.from({ length: 1 + random.integer(60) }, (): ViewChange => {
        const key = String(random.integer(400));
        const record =
          random.integer(3) === 0 ? null : { round, text: 'ü\n'.repeat(random.integer(300)) };
        return { view: `view-${random.integer(3)}`, key, record };
      });
      save(changes);
      for (const { view, key, record } of changes) {
        if (record === null) table.delete(`${view}/${key}`);
        else table.set(`${view}/${key}`, record);
      }
      expect(Object.fromEntries(loaded())).toEqual(Object.fromEntries(table));
    }
  });

  it('are few, and each record is written a few times, however many there are', () => {
    const { save, texts, written } = given();
    const kept = 5_000;
    let characters = 0;
    for (let key = 0; key < 3 * kept; key += 10) {
      const changes = Array.from({ length: 10 }, (_, more) => ended(key + more));
      characters += JSON.stringify(changes).length;
      // The oldest are forgotten, as a view does that remembers so many.
      const old = changes.map((_, more) => ({ ...ended(key - kept + more), record: null }));
      save(key < kept ? changes : [...changes, ...old]);
    }
    const live = kept * JSON.stringify(['retired', 'job-10000/0', ended(10_000).record]).length;
    expect(texts().length).toBeLessThan(4 * (live / (128 * 1024)) + 10);
    expect(written()).toBeLessThan(10 * characters);
  });

  it('give a record that is larger than a block one of its own', () => {
    const { save, texts, loaded } = given();
    const large = { text: 'x'.repeat(300_000) };
    save([ended(1), { view: 'jobs', key: 'large', record: large }, ended(2)]);
    save([ended(3)]);
    expect(loaded().get('jobs/large')).toEqual(large);
    expect(Math.max(...texts().map(({ length }) => length))).toBeLessThan(300_100);
  });
});
