import { describe, expect, it } from '@jest/globals';
import { untilAborted } from './http.js';
import { ManagerError } from './manager-error.js';

const address = { url: 'http://127.0.0.1:1', token: null };
const chunk = Uint8Array.of(1);

/** One chunk, and then whatever `next` says. */
function bodyOf(next: () => Promise<IteratorResult<Uint8Array>>): AsyncIterable<Uint8Array> {
  let given = false;
  const first = (): Promise<IteratorResult<Uint8Array>> => {
    given = true;
    return Promise.resolve({ done: false, value: chunk });
  };
  return { [Symbol.asyncIterator]: () => ({ next: () => (given ? next() : first()) }) };
}

async function read(body: AsyncIterable<Uint8Array>, stopping: AbortController): Promise<number> {
  let chunks = 0;
  for await (const _ of untilAborted(body, address, stopping.signal)) chunks += 1;
  return chunks;
}

describe('A body that is read until somebody has seen enough', () => {
  it('ends with that, though the read that is under way is never settled', async () => {
    const stopping = new AbortController();
    const body = bodyOf(() => {
      queueMicrotask(() => stopping.abort());
      return new Promise(() => {});
    });
    expect(await read(body, stopping)).toBe(1);
  });

  it('ends without an error where the read fails for it', async () => {
    const stopping = new AbortController();
    const body = bodyOf(() => {
      stopping.abort();
      return Promise.reject(new Error('aborted'));
    });
    expect(await read(body, stopping)).toBe(1);
  });

  it('ends with its last chunk, and fails when the manager goes away', async () => {
    const end = bodyOf(() => Promise.resolve({ done: true, value: undefined }));
    expect(await read(end, new AbortController())).toBe(1);
    const broken = bodyOf(() => Promise.reject(new Error('cut off')));
    await expect(read(broken, new AbortController())).rejects.toBeInstanceOf(ManagerError);
  });
});
