import { describe, expect, it } from '@jest/globals';
import { readCheckpoint } from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import type { Command, CommandQueue } from '../commands/command.js';
import { given, registerNode } from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import { clusterKey, ledgerKey, type ClusterState } from '@oakring/model';
import { seals } from './seals.js';

const key = freshKey();
const hash = 'ab'.repeat(32);

function scene() {
  const { state } = given(registerNode('a'));
  state.cluster.set(clusterKey, {
    ...{ clusterId: 'c-1', name: 'n', location: 'l', epoch: 2, storm: null },
    ...{ catalogue: null, root: null, restored: null, keyEvents: 1, unheardSince: null },
  });
  state.head = { ...state.head, position: 5, hash };
  const ordered: Command[] = [];
  const queue: CommandQueue = {
    submit: (async (command: Command) =>
      void ordered.push(command)) as unknown as CommandQueue['submit'],
  };
  return { state, ordered, process: seals(key, queue) };
}

function sealed(state: ClusterState, position: number, sealedAt: number): void {
  state.seals.set(ledgerKey, {
    ...{ position, sealedAt, fingerprint: 'f', note: null, stamped: null, quiet: null, trees: [] },
  });
}

describe('What was committed', () => {
  it.each([
    ['a minute after it was seen', { nowMs: 60_000, sinceMs: 0 }, true],
    ['not before', { nowMs: 59_999, sinceMs: 0 }, false],
    ['at once when we stop', { nowMs: 1, sinceMs: 0, isEnding: true }, true],
  ])('is sealed %s', (_, { nowMs, ...seen }, isDue) => {
    const { state, process } = scene();
    const { step, againMs } = process.look(ledgerKey, state, seenAt(nowMs, seen));
    expect(step).toEqual(isDue ? expect.objectContaining({ position: 5, hash }) : null);
    expect(againMs).toBe(isDue ? null : 60_000);
  });

  it('is sealed at once when it is very much', () => {
    const { state, process } = scene();
    sealed(state, 5, 6);
    state.head = { ...state.head, position: 10_004 };
    expect(process.look(ledgerKey, state, seenAt(1)).step).toBeNull();
    state.head = { ...state.head, position: 10_005 };
    expect(process.look(ledgerKey, state, seenAt(1)).step).toMatchObject({ position: 10_005 });
  });

  it('is nothing to seal while it is only a seal', () => {
    const { state, process } = scene();
    expect(process.fact(ledgerKey, state)).toBe('news after 0');
    sealed(state, 4, 5);
    expect(process.fact(ledgerKey, state)).toBeNull();
    state.head = { ...state.head, position: 6 };
    expect(process.fact(ledgerKey, state)).toBe('news after 5');
  });

  it('is signed as the look found it', async () => {
    const { state, process, ordered } = scene();
    const { step } = process.look(ledgerKey, state, seenAt(60_000, { sinceMs: 0 }));
    if (step === null) throw new Error('nothing to seal');
    state.head = { ...state.head, position: 9 };
    await process.act([{ key: ledgerKey, step }], new AbortController().signal);
    const notes = ordered.map((command) => (command.type === 'SealLedger' ? command.note : ''));
    expect(notes.map(readCheckpoint)).toEqual([
      expect.objectContaining({
        checkpoint: { ...step, clusterId: 'c-1', position: 5, fingerprint: key.fingerprint },
      }),
    ]);
  });
});
