import { describe, expect, it } from '@jest/globals';
import {
  cosign,
  evidenceReach,
  readCheckpoint,
  signCheckpoint,
  statedCosignature,
  writeVerifierKey,
} from '@oakring/events';
import { freshKey } from '@oakring/events/testing';
import { ClusterState, ledgerKey } from '@oakring/model';
import { decide } from './decide.js';
import { Deciding } from './deciding.js';

const key = freshKey();
/** Of the commit that is decided. */
const now = 100_000;

/** Types of events that a checkpoint of a position leads to. */
function stated(state: ClusterState, position: number): string[] {
  const hash = 'ab'.repeat(32);
  const tree = { position, hash, merkleRoot: hash, keyEvents: 1 };
  const note = signCheckpoint({ clusterId: 'c', epoch: 1, ...tree }, key);
  const deciding = new Deciding(state, now, 1_700_000_000_000);
  decide(deciding, { type: 'SealLedger', note });
  return deciding.events.map(({ type }) => type);
}

describe('a checkpoint', () => {
  it.each([
    ['of the newest commit is stated', now - 1, ['CheckpointSigned']],
    ['as old as a verifier reaches is stated', now - evidenceReach, ['CheckpointSigned']],
    ['older than that is not', now - evidenceReach - 1, []],
    ['of the commit that would hold it is not', now, []],
  ])('%s', (_, position, types) => {
    expect(stated(new ClusterState(false), position)).toEqual(types);
  });

  it('of what is sealed already is not stated again', () => {
    const state = new ClusterState(false);
    stated(state, now - 2);
    expect(stated(state, now - 2)).toEqual([]);
    expect(stated(state, now - 1)).toEqual(['CheckpointSigned']);
    expect(state.seals.get(ledgerKey)?.trees.map(({ position }) => position)).toEqual([
      now - 2,
      now - 1,
    ]);
  });

  it('is remembered with its tree until eight newer ones came', () => {
    const state = new ClusterState(false);
    for (let position = 1; position <= 10; position += 1) stated(state, now - 20 + position);
    const positions = state.seals.get(ledgerKey)?.trees.map(({ position }) => position) ?? [];
    expect(positions).toEqual([3, 4, 5, 6, 7, 8, 9, 10].map((position) => now - 20 + position));
  });
});

/** Positions whose checkpoints are stamped, by a command each. */
function stampedBy(state: ClusterState, positions: readonly number[]): number[] {
  return positions.filter((position) => {
    const deciding = new Deciding(state, now, 1_700_000_000_000);
    decide(deciding, { type: 'StampCheckpoint', position, time: 't', token: 'AA==' });
    return deciding.events.some(({ type }) => type === 'CheckpointStamped');
  });
}

describe('a time stamp', () => {
  it('is stated of one of the newest checkpoints, and once', () => {
    const state = new ClusterState(false);
    stated(state, now - 3);
    stated(state, now - 2);
    expect(stampedBy(state, [now - 4, now - 1, now - 2, now - 2, now - 3])).toEqual([now - 2]);
  });

  it('of an older checkpoint than the newest counts, when that was on its way', () => {
    const state = new ClusterState(false);
    stated(state, now - 3);
    stated(state, now - 2);
    expect(stampedBy(state, [now - 3, now - 2])).toEqual([now - 3, now - 2]);
    expect(state.seals.get(ledgerKey)?.stamped).toEqual({
      position: now - 2,
      statedAt: now,
      at: 1_700_000_000_000,
    });
  });

  it('stays known when a newer checkpoint is signed', () => {
    const state = new ClusterState(false);
    stated(state, now - 3);
    stampedBy(state, [now - 3]);
    stated(state, now - 2);
    expect(state.seals.get(ledgerKey)).toMatchObject({
      position: now - 2,
      stamped: { position: now - 3 },
    });
  });
});

const witness = { name: 'w.example', ...key };

/** What the witness's word on the checkpoint of that position leads to: a code, or the events' types. */
function cosignedAt(
  state: ClusterState,
  position: number,
  by = witness,
): string | readonly string[] {
  const note = state.seals.get(ledgerKey)?.trees.find((tree) => tree.position === position)?.note;
  const read = readCheckpoint(note ?? signCheckpoint(someTree, key));
  if (read.status === 'refused') throw new Error(read.reason);
  const signatures = [cosign(read.note, by, 1_700_000_000)];
  const stated = statedCosignature({ ...read.note, signatures }, by);
  const deciding = new Deciding(state, now, 1_700_000_000_000);
  const witnessed = writeVerifierKey(witness, 'cosignature');
  const { answer, refusal } = {
    ...{ answer: null, refusal: null },
    ...decide(deciding, {
      type: 'CosignCheckpoint',
      ...{ position, witness: witnessed, signature: stated?.signature ?? '' },
    }),
  };
  expect(answer).toBeNull();
  return refusal?.code ?? deciding.events.map(({ type }) => type);
}

const someTree = {
  ...{ clusterId: 'c', epoch: 1, position: 1, keyEvents: 1 },
  ...{ hash: 'ab'.repeat(32), merkleRoot: 'ab'.repeat(32) },
};

describe('a cosignature', () => {
  it('is stated of one of the newest checkpoints, once a witness', () => {
    const state = new ClusterState(false);
    stated(state, now - 3);
    stated(state, now - 2);
    expect(cosignedAt(state, now - 3)).toEqual(['CheckpointCosigned']);
    expect(cosignedAt(state, now - 3)).toEqual([]);
    expect(cosignedAt(state, now - 2)).toEqual(['CheckpointCosigned']);
    const key = writeVerifierKey(witness, 'cosignature');
    const cosigned = state.seals.get(ledgerKey)?.trees.map((tree) => tree.cosigned);
    expect(cosigned).toEqual([[key], [key]]);
  });

  it('of another checkpoint, or by another, is refused', () => {
    const state = new ClusterState(false);
    stated(state, now - 3);
    expect(cosignedAt(state, now - 4)).toBe('tree-unknown');
    const other = { ...witness, sign: () => 'AA'.repeat(43) + '==' };
    expect(cosignedAt(state, now - 3, other)).toBe('signature-invalid');
  });
});
