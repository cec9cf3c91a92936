import { describe, expect, it } from '@jest/globals';
import { parseWorkerHistory } from './worker-history.js';
import { parseAck, parseWorkerState } from './worker-reports.js';

const good = { job: 'web', instance: 0, generation: 1, status: 'running' };

describe('a state report', () => {
  it('is taken for all its good items, and names each bad one', () => {
    const bad = [{ ...good, status: 'tired' }, 'web', { ...good, instance: -1 }];
    const parsed = parseWorkerState({ instances: [...bad, good] });
    expect(parsed).toMatchObject({ ok: true, value: { instances: [good], unreadable: 3 } });
    expect(parsed.ok && parsed.leftOut?.map(({ detail }) => detail)).toEqual([
      expect.stringMatching(/^instances\.0 \(web\/0\/1\)\.status is "tired"/),
      expect.stringMatching(/^instances\.1 is not an object/),
      expect.stringMatching(/^instances\.2\.instance is -1/),
    ]);
  });

  it('keeps an instance whose reason or time cannot be used', () => {
    const odd = { ...good, reason: ['a', 'b'], runningMs: -3 };
    const parsed = parseWorkerState({ instances: [odd, { ...good, reason: '' }] });
    const kept = { ...good, reason: null, runningMs: null };
    expect(parsed).toMatchObject({ value: { instances: [kept, kept], unreadable: 0 } });
    expect(parsed.ok && parsed.leftOut).toHaveLength(2);
  });

  it('names twenty bad items, and counts the rest', () => {
    const parsed = parseWorkerState({ instances: Array.from({ length: 1_000 }, () => 1) });
    expect(parsed).toMatchObject({ value: { unreadable: 1_000 } });
    expect(parsed.ok && parsed.leftOut).toHaveLength(21);
    expect(parsed.ok && parsed.leftOut?.at(-1)?.detail).toBe('980 more parts are not usable.');
  });
});

describe('an acknowledgement', () => {
  it('counts whatever its reason is', () => {
    const ack = { commandId: '7-0', phase: 'failed' };
    expect(parseAck({ ...ack, reason: 'x'.repeat(5_000) })).toMatchObject({
      value: { phase: 'failed', reason: 'x'.repeat(4_096) },
    });
    expect(parseAck({ ...ack, reason: {} })).toMatchObject({
      value: { reason: null },
      leftOut: [{ field: 'reason' }],
    });
  });
});

describe('a history', () => {
  const refuse = { ok: false, refusal: { code: 'invalid-field', detail: 'kind is bad.' } } as const;

  it('is taken for its good entries, and says at each other that it was not usable', () => {
    const entries = [{ sequence: 3 }, 'lost', { sequence: 2 }, { sequence: 5, kind: 'odd' }];
    const parsed = parseWorkerHistory({ incarnation: 1, from: 3, entries }, (entry) =>
      entry['kind'] === 'odd' ? refuse : { ok: true, value: entry },
    );
    expect(parsed).toMatchObject({
      value: {
        entries: [{ sequence: 3 }, { sequence: 5, kind: 'unusable', detail: 'kind is bad.' }],
      },
    });
    expect(parsed.ok && parsed.leftOut).toHaveLength(3);
  });

  it('is refused when none of its entries can be told apart', () => {
    const parsed = parseWorkerHistory({ incarnation: 1, from: 3, entries: [{}, 'lost'] });
    expect(parsed).toMatchObject({ ok: false, refusal: { code: 'invalid-field' } });
  });
});
