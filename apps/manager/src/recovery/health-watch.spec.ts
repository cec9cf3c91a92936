import { describe, expect, it } from '@jest/globals';
import type { CommandQueue } from '../commands/command.js';
import { acknowledgeAll, registerNode, report, running, type Given } from '../testing/given.js';
import { seenAt } from '../testing/seen.js';
import { healthWatch } from './health-watch.js';

const hears = { sinceMs: 0, isStormOnRecord: false };
const process = healthWatch({} as CommandQueue, hears);
const seen = seenAt(100_000);
const health = { tcp: { port: 80 }, intervalMs: 1_000, timeoutMs: 1_000, retries: 2 };
/** Two looks of two seconds each, and what is waited beside. */
const lateMs = 14_000;

function checked(): Given {
  return running({ health, count: 2 }, 'a', 'b');
}

function move(cluster: Given): void {
  cluster.when({
    ...({ type: 'MoveInstance', id: 'j', instance: 0, generation: 1, basis: null } as const),
    target: { nodeId: 'b', reason: 'because b', total: 1, scores: {} },
  });
  acknowledgeAll(cluster);
}

describe('The health of instances', () => {
  it('is nobody’s concern while they are well, or while nobody waits for them', () => {
    const cluster = checked();
    expect(process.fact('j/0/1', cluster.state)).toBeNull();
    cluster.when(report('a', { 'j/0/1': 'running' }, { health: 'healthy' }));
    expect(process.fact('j/0/1', cluster.state)).toBeNull();
  });

  it('is judged at once where it is bad', () => {
    const cluster = checked();
    cluster.when(report('a', { 'j/0/1': 'running' }, { health: 'unhealthy' }));
    expect(process.look('j/0/1', cluster.state, seen)).toMatchObject({
      step: { placement: { generation: 1 }, late: null },
    });
  });

  it('is not judged while its node is not ready: what is there now cannot be heard', () => {
    const cluster = checked();
    cluster.when(report('a', { 'j/0/1': 'running' }, { health: 'unhealthy' }));
    const silence = { incarnation: 1, seen: 'silent', reason: 'silent' } as const;
    cluster.when({ type: 'ObserveNode', nodeId: 'a', ...silence });
    expect(process.look('j/0/1', cluster.state, seen)).toMatchObject({
      step: null,
      againMs: expect.any(Number),
    });
  });

  it('is not judged by what a start of its worker found that is over', () => {
    const cluster = checked();
    cluster.when(report('a', { 'j/0/1': 'running' }, { health: 'unhealthy' }));
    cluster.when(registerNode('a', { acknowledges: true, incarnation: 2 }));
    cluster.when(report('a', { 'j/0/1': 'running' }, { incarnation: 2 }));
    expect(process.fact('j/0/1', cluster.state)).toBeNull();
    cluster.when(report('a', { 'j/0/1': 'running' }, { incarnation: 2, health: 'unhealthy' }));
    expect(process.fact('j/0/1', cluster.state)).toBe('unhealthy');
  });

  it('of the source of a move is left to the move', () => {
    const cluster = checked();
    move(cluster);
    cluster.when(report('a', { 'j/0/1': 'running' }, { health: 'unhealthy' }));
    expect(process.look('j/0/1', cluster.state, seen)).toEqual({ step: null, againMs: null });
  });

  it('of the target of a move is waited for as long as its checks may take, and no longer', () => {
    const cluster = checked();
    move(cluster);
    expect(process.fact('j/0/2', cluster.state)).toBe('awaited');
    const since = () => seen.nowMs;
    expect(process.look('j/0/2', cluster.state, { ...seen, since })).toEqual({
      step: null,
      againMs: seen.nowMs + 5_000,
    });
    const almost = { ...seen, since, nowMs: seen.nowMs + lateMs - 1 };
    expect(process.look('j/0/2', cluster.state, almost)).toEqual({
      step: null,
      againMs: seen.nowMs + lateMs,
    });
    const later = { ...seen, since, nowMs: seen.nowMs + lateMs };
    expect(process.look('j/0/2', cluster.state, later)).toMatchObject({
      step: { late: 'was not found healthy within 14 s' },
    });
  });

  describe('that somebody waits for', () => {
    const later = seen.nowMs + lateMs;

    it.each([
      ['our link is down', { sinceMs: null, isStormOnRecord: false }],
      ['too many workers are silent', { sinceMs: 0, isStormOnRecord: true }],
    ])('is not late while %s: nobody could say that it is healthy', (_when, sight) => {
      const cluster = checked();
      move(cluster);
      const asked: string[] = [];
      const since = (what: string) => {
        asked.push(what);
        return seen.nowMs;
      };
      const blind = healthWatch({} as CommandQueue, sight);
      expect(blind.look('j/0/2', cluster.state, { ...seen, since, nowMs: later })).toEqual({
        step: null,
        againMs: later + 5_000,
      });
      // What a look does not ask about is forgotten: it is counted anew after that.
      expect(asked).toEqual([]);
    });

    it('is given all of its time once our link is back', () => {
      const cluster = checked();
      move(cluster);
      const back = healthWatch({} as CommandQueue, { ...hears, sinceMs: later - 1_000 });
      const at = (nowMs: number) => ({ ...seen, since: () => seen.nowMs, nowMs });
      expect(back.look('j/0/2', cluster.state, at(later)).step).toBeNull();
      expect(back.look('j/0/2', cluster.state, at(later - 1_000 + lateMs)).step).toMatchObject({
        late: 'was not found healthy within 14 s',
      });
    });
  });
});
