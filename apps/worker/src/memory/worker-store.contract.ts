import { expect, it } from '@jest/globals';
import { nothingRemembered, type Remembered, type WorkerStore } from './worker-store.port.js';

export interface StoreUnderTest {
  open(): Promise<WorkerStore>;
  /** The same store after a restart of the worker. */
  reopen(): Promise<WorkerStore>;
}

const job = { id: 'web', name: 'web', image: 'web:1', technology: 'process', theirs: [1, 'ü'] };

/** What every store of a worker keeps. */
export function workerStoreContract(make: () => StoreUnderTest): void {
  it('counts starts, and remembers nothing at first', async () => {
    const store = make();
    const first = await store.open();
    expect([first.incarnation, first.token]).toEqual([1, null]);
    expect(first.remembered).toEqual(nothingRemembered);
    expect((await store.reopen()).incarnation).toBe(2);
  });

  it('keeps the token', async () => {
    const store = make();
    await (await store.open()).keepToken('secret');
    expect((await store.reopen()).token).toBe('secret');
  });

  it('goes on counting from the number that a start was given', async () => {
    const store = make();
    const first = await store.open();
    await first.renumber(8);
    expect(first.incarnation).toBe(8);
    expect((await store.reopen()).incarnation).toBe(9);
  });

  it('keeps whether its starts yield', async () => {
    const store = make();
    const first = await store.open();
    expect(first.yields).toBe(false);
    await first.keepYields(true);
    const next = await store.reopen();
    expect(next.yields).toBe(true);
    await next.keepYields(false);
    expect((await store.reopen()).yields).toBe(false);
  });

  it('keeps what was remembered last', async () => {
    const store = make();
    const first = await store.open();
    await first.remember(() => nothingRemembered);
    await first.remember(() => memory(1));
    expect((await store.reopen()).remembered).toEqual(memory(1));
  });

  it('keeps the newest of what is remembered at the same time', async () => {
    const store = make();
    const first = await store.open();
    let newest = 0;
    const writes = [1, 2, 3].map((generation) => {
      newest = generation;
      return first.remember(() => memory(newest));
    });
    await Promise.all(writes);
    expect((await store.reopen()).remembered).toEqual(memory(3));
  });
}

function memory(generation: number): Remembered {
  return {
    instances: [
      {
        ...({ job, instance: 0, generation, status: 'wanted', reason: null } as const),
        ...{ ledger: 'l1', digest: 'd1', secrets: { db: 'hunter2' } },
      },
    ],
    ledger: 'l1',
    deleted: [['web/1', 4]],
    history: {
      next: 8,
      entries: [{ sequence: 7, at: '2026-01-01T00:00:00.000Z', kind: 'worker-started' }],
    },
  };
}
