import { describe, expect, it } from '@jest/globals';
import { ack } from './ack.js';
import { history } from './history.js';
import { state } from './state.js';

const good = { job: 'web', instance: 0, generation: 1, status: 'running' };

describe('a state report', () => {
  it('is taken for all its good items, and names each bad one', () => {
    const bad = [{ ...good, status: 'tired' }, 'web', { ...good, instance: -1 }];
    const parsed = state.read({ instances: [...bad, good] });
    expect(parsed).toMatchObject({ ok: true, value: { instances: [good], unreadable: 3 } });
    expect(parsed.ok && parsed.leftOut?.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^instances\.0 \(web\/0\/1\)\.status is "tired"/),
      expect.stringMatching(/^instances\.1 is not an object/),
      expect.stringMatching(/^instances\.2\.instance is -1/),
    ]);
  });

  it('keeps an instance whose reason or time cannot be used', () => {
    const odd = { ...good, reason: ['a', 'b'], runningMs: -3 };
    const parsed = state.read({ instances: [odd, { ...good, reason: '' }] });
    const kept = { ...good, reason: null, runningMs: null };
    expect(parsed).toMatchObject({ value: { instances: [kept, kept], unreadable: 0 } });
    expect(parsed.ok && parsed.leftOut).toHaveLength(2);
  });

  it('names twenty bad items, and counts the rest', () => {
    const parsed = state.read({ instances: Array.from({ length: 1_000 }, () => 1) });
    expect(parsed).toMatchObject({ value: { unreadable: 1_000 } });
    expect(parsed.ok && parsed.leftOut).toHaveLength(21);
    expect(parsed.ok && parsed.leftOut?.at(-1)?.detail).toBe('980 more parts are not usable.');
  });
});

describe('an acknowledgement', () => {
  it('counts whatever its reason is', () => {
    const failed = { commandId: '7-0', phase: 'failed' };
    expect(ack.read({ ...failed, reason: 'x'.repeat(5_000) })).toMatchObject({
      value: { phase: 'failed', reason: 'x'.repeat(4_096) },
    });
    expect(ack.read({ ...failed, reason: {} })).toMatchObject({
      value: { reason: null },
      leftOut: [{ field: 'reason' }],
    });
  });
});

describe('a history', () => {
  it('is taken for its good entries, and says at each other that it was not usable', () => {
    const entries = [{ sequence: 3 }, 'lost', { sequence: 2 }, { sequence: 5, count: 2 ** 60 }];
    const parsed = history.read({ incarnation: 1, from: 3, entries });
    expect(parsed).toMatchObject({
      value: {
        entries: [
          { sequence: 3 },
          { sequence: 5, kind: 'unusable', detail: expect.stringMatching(/^count is/) },
        ],
      },
    });
    expect(parsed.ok && parsed.leftOut).toHaveLength(3);
  });

  it('is refused when none of its entries can be told apart', () => {
    const parsed = history.read({ incarnation: 1, from: 3, entries: [{}, 'lost'] });
    expect(parsed).toMatchObject({ ok: false, refusal: { code: 'invalid-field' } });
  });
});
