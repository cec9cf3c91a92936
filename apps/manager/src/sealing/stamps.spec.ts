import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { ClusterState, ledgerKey } from '@oakring/model';
import type { Command, CommandQueue } from '../commands/command.js';
import { seenAt } from '../testing/seen.js';
import { stamps, type StampAuthority } from './stamps.js';

type SealRecord = NonNullable<ReturnType<ClusterState['seals']['get']>>;

const hourMs = 3_600_000;

function scene(sealed: Partial<SealRecord>, stamp?: StampAuthority['stamp']) {
  const ports = simulatedPorts();
  const state = new ClusterState(false);
  state.seals.set(ledgerKey, {
    ...{
      position: 5,
      sealedAt: 6,
      fingerprint: 'f',
      note: 'the note',
      stamped: null,
      quiet: null,
      trees: [],
    },
    ...sealed,
  });
  const ordered: Command[] = [];
  const queue: CommandQueue = {
    submit: (async (command: Command) =>
      void ordered.push(command)) as unknown as CommandQueue['submit'],
  };
  const authority = { stamp: stamp ?? (async (note: string) => ({ time: 'now', token: note })) };
  return { ports, state, ordered, process: stamps(authority, queue, ports.clock) };
}

const doing = [{ key: ledgerKey, step: { position: 5, note: 'the note' } }];
const noEnd = new AbortController().signal;

describe('The newest checkpoint', () => {
  it('is stamped at once when none ever was', () => {
    const { state, process } = scene({});
    expect(process.fact(ledgerKey, state)).toBe('unstamped after 0');
    const look = process.look(ledgerKey, state, seenAt(1));
    expect(look).toEqual({ step: { position: 5, note: 'the note' }, againMs: null });
  });

  it.each([
    ['an hour after the one before', hourMs, null],
    ['not before', hourMs - 5, 7 + 5],
    ['within an hour when the clock went back', -hourMs, 7 + hourMs],
  ])('is stamped %s', (_, passedMs, againMs) => {
    const at = 10 * hourMs;
    const { state, process } = scene({ stamped: { position: 3, statedAt: 4, at } });
    const look = process.look(ledgerKey, state, seenAt(7, { wallMs: at + passedMs }));
    expect(look.againMs).toBe(againMs);
    expect(look.step).toEqual(againMs === null ? expect.objectContaining({ position: 5 }) : null);
  });

  it.each([
    ['is stamped', { stamped: { position: 5, statedAt: 7, at: 1 } }],
    ['seals nothing but a stamp', { stamped: { position: 3, statedAt: 5, at: 1 } }],
    ['is a seal of format 1, and has no note', { note: null }],
  ])('is nothing to stamp when it %s', (_, sealed) => {
    const { state, process } = scene(sealed);
    expect(process.fact(ledgerKey, state)).toBeNull();
  });

  it('waits on one fact while newer ones come', () => {
    const { state, process } = scene({ stamped: { position: 3, statedAt: 4, at: 1 } });
    const before = process.fact(ledgerKey, state);
    const sealed = state.seals.get(ledgerKey);
    if (sealed !== undefined) state.seals.set(ledgerKey, { ...sealed, position: 9 });
    expect(process.fact(ledgerKey, state)).toBe(before);
  });

  it('is stated with what the authority gave', async () => {
    const { process, ordered } = scene({});
    expect(await process.act(doing, noEnd)).toBe('done');
    expect(ordered).toEqual([
      { type: 'StampCheckpoint', position: 5, time: 'now', token: 'the note' },
    ]);
  });
});

describe('An authority that is away', () => {
  it('is asked once a minute, and its failure told in between', async () => {
    let asked = 0;
    const { ports, process, ordered } = scene({}, () => {
      asked += 1;
      return Promise.reject(new Error(`away ${asked}`));
    });
    const failure = () => Promise.resolve(process.act(doing, noEnd)).catch(String);
    expect(await failure()).toBe('Error: away 1');
    await ports.advance(59_999);
    expect(await failure()).toBe('Error: away 1');
    await ports.advance(1);
    expect(await failure()).toBe('Error: away 2');
    expect(ordered).toEqual([]);
  });
});
