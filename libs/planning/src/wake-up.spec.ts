import { describe, expect, it } from '@jest/globals';
import type { Requirement } from '@oakring/contracts';
import { job } from '../testing/index.js';
import { hasRoomFor, hopeOf } from './wake-up.js';

const wants = (changes: Partial<Requirement>) => job({ requirement: changes }).requirement;
const direct = (...ids: string[]) => ({
  constraints: ids.map((id) => ({ type: 'direct', node: id }) as const),
});

describe('What can help a job that waits', () => {
  it('is any node with room for it', () => {
    const hope = hopeOf(wants({ resources: { cpuMillis: 200, memoryMiB: 0 } }));
    expect(hope.named).toBeNull();
    expect(hasRoomFor(hope, { cpuMillis: 200, memoryMiB: 0 })).toBe(true);
    expect(hasRoomFor(hope, { cpuMillis: 199, memoryMiB: 9_000 })).toBe(false);
  });

  it('is no other node than the one it names, and none where it names two', () => {
    expect(hopeOf(wants(direct('a'))).named).toEqual(['a']);
    expect(hopeOf(wants(direct('a', 'b'))).named).toEqual(['a', 'b']);
  });

  it('is the same for jobs that ask the same, and told apart by all that a filter looks at', () => {
    const asks = (changes: Partial<Requirement>) => hopeOf(wants(changes)).asks;
    expect(asks({})).toBe(asks({}));
    const different: readonly Partial<Requirement>[] = [
      {},
      { technology: 'process' },
      { labels: { zone: 'north' } },
      { enforcesStop: true },
      { constraints: [{ type: 'architecture', architecture: 'arm64' }] },
      direct('a'),
      { resources: { cpuMillis: 100, memoryMiB: 101 } },
      { resources: { cpuMillis: 101, memoryMiB: 100 } },
    ];
    expect(new Set(different.map(asks)).size).toBe(different.length);
  });
});
