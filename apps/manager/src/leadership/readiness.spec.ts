import { describe, expect, it } from '@jest/globals';
import { readinessOf } from './readiness.js';

const leader = { leading: true, leader: 'http://here', ready: true, detail: 'leading' };
const sound = { trouble: null };
const full = 'the disk is full, 0 bytes left';

describe('A manager', () => {
  it('that leads is not ready while its log cannot be written, and ready again by itself', async () => {
    let obstacle: string | null = full;
    const readiness = readinessOf({ status: leader, processes: [] }, async () => obstacle, sound);
    expect(await readiness.isReady()).toEqual({
      ready: false,
      code: 'log-unavailable',
      detail: `the event log cannot be written: ${full}`,
    });
    obstacle = null;
    expect(await readiness.isReady()).toEqual({ ready: true, detail: 'leading' });
  });

  it('that leads does its work though a part of it fails, and names the part', async () => {
    const rest = { keys: 1, oldestMs: 0, failures: 3 };
    const processes = [
      { ...rest, name: 'seals', trouble: { sinceMs: 1, reason: 'a secret path' } },
      { ...rest, name: 'drains', trouble: null },
    ];
    const readiness = readinessOf({ status: leader, processes }, async () => null, sound);
    expect(await readiness.isReady()).toEqual({ ready: true, detail: 'leading; degraded: seals' });
  });

  it('does its work on a ledger that was found to be damaged, and names that', async () => {
    const damaged = { trouble: { sinceMs: 1, reason: 'a secret path' } };
    const readiness = readinessOf({ status: leader, processes: [] }, async () => null, damaged);
    expect(await readiness.isReady()).toEqual({
      ready: true,
      detail: 'leading; degraded: ledger verification',
    });
  });

  it('does its work although the root has lost its memory, and names that while it leads', async () => {
    const forgot = () => ({ sinceMs: 1, reason: 'a name' });
    const told = async (status: typeof leader) =>
      readinessOf({ status, processes: [] }, async () => null, sound, forgot).isReady();
    expect(await told(leader)).toEqual({ ready: true, detail: 'leading; degraded: root memory' });
    const follower = { ...leader, leading: false, detail: 'following' };
    expect(await told(follower)).toEqual({ ready: true, detail: 'following' });
  });

  it('that follows writes nothing, and is ready on a full disk', async () => {
    const status = { leading: false, leader: null, ready: true, detail: 'following' };
    const readiness = readinessOf({ status, processes: [] }, async () => full, sound);
    expect(await readiness.isReady()).toEqual({ ready: true, detail: 'following' });
  });
});
