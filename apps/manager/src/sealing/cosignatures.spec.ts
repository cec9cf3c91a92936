import { describe, expect, it } from '@jest/globals';
import { ClusterState, ledgerKey } from '@oakring/model';
import { simulatedPorts } from '@oakring/ports';
import type { Command, CommandQueue } from '../commands/command.js';
import { seenAt } from '../testing/seen.js';
import { cosignatures, type Witness } from './cosignatures.js';

type Tree = NonNullable<ReturnType<ClusterState['seals']['get']>>['trees'][number];

function tree(position: number, more: Partial<Tree> = {}): Tree {
  const root = { position, merkleRoot: 'ab' };
  return { ...root, note: `note ${position}`, newsAt: position, cosigned: [], ...more };
}

function scene(trees: readonly Tree[], cosign?: Witness['cosign']) {
  const ports = simulatedPorts();
  const state = new ClusterState(false);
  const { position, note } = trees.at(-1) ?? tree(1);
  state.seals.set(ledgerKey, {
    ...{ position, sealedAt: position + 1, fingerprint: 'f', note },
    ...{ stamped: null, quiet: null, trees },
  });
  const ordered: Command[] = [];
  const queue: CommandQueue = {
    submit: (async (command: Command) =>
      void ordered.push(command)) as unknown as CommandQueue['submit'],
  };
  const answer: Witness['cosign'] = async ({ note: signed }) => ({
    ...{ witness: 'a', signature: signed },
  });
  const witnesses = ['a', 'b'].map((verifierKey) => ({ verifierKey, cosign: cosign ?? answer }));
  return { ports, state, ordered, process: cosignatures(witnesses, queue, ports.clock) };
}

const noEnd = new AbortController().signal;

describe('The newest checkpoint', () => {
  it('is shown at once to every witness that did not see it, from what each saw', () => {
    const { state, process } = scene([tree(5, { cosigned: ['b'] }), tree(9)]);
    expect([...process.all(state)]).toEqual(['a', 'b']);
    const [a, b] = ['a', 'b'].map((key) => process.look(key, state, seenAt(1)));
    expect(a).toEqual({ step: { position: 9, note: 'note 9', seen: 0 }, againMs: null });
    expect(b?.step?.seen).toBe(5);
  });

  it.each<[string, Tree[]]>([
    ['it was cosigned', [tree(9, { cosigned: ['a'] })]],
    [
      'all that came since is about checkpoints',
      [tree(5, { cosigned: ['a'] }), tree(8, { newsAt: 5 })],
    ],
    ['it is a seal of format 1', [tree(9, { note: null })]],
  ])('is not shown where %s', (_, trees) => {
    const { state, process } = scene(trees);
    expect(process.fact('a', state)).toBeNull();
  });

  it('is one fact while newer ones come: a witness that is away stays the same matter', () => {
    const before = scene([tree(5, { cosigned: ['a'] }), tree(9)]);
    const after = scene([tree(5, { cosigned: ['a'] }), tree(9), tree(12)]);
    expect(before.process.fact('a', before.state)).toBe('unwitnessed after 5');
    expect(after.process.fact('a', after.state)).toBe('unwitnessed after 5');
  });

  it('comes into the ledger with what the witness said', async () => {
    const { process, ordered } = scene([tree(9)]);
    const step = { position: 9, note: 'note 9', seen: 0 };
    expect(await process.act([{ key: 'a', step }], noEnd)).toBe('done');
    expect(ordered).toEqual([
      { type: 'CosignCheckpoint', position: 9, witness: 'a', signature: 'note 9' },
    ]);
  });
});

describe('A witness that is away', () => {
  it('is asked once a minute, and the others as before', async () => {
    let asked = 0;
    const { ports, process } = scene([tree(9)], () => {
      asked += 1;
      return Promise.reject(new Error(`away ${asked}`));
    });
    const step = { position: 9, note: 'note 9', seen: 0 };
    const failure = (key: string) =>
      Promise.resolve(process.act([{ key, step }], noEnd)).catch(String);
    expect([await failure('a'), await failure('a')]).toEqual(['Error: away 1', 'Error: away 1']);
    expect(await failure('b')).toBe('Error: away 2');
    await ports.advance(60_000);
    expect(await failure('a')).toBe('Error: away 3');
  });
});
