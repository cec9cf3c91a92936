import { describe, expect, it } from '@jest/globals';
import { production, readLock } from '../supply/lock.js';

describe('The image for arm64', () => {
  it('finds each binary that the one for amd64 has', () => {
    const shipped = [...production(readLock())];
    const of = (processor: string) =>
      shipped
        .filter(([, { os, cpu }]) => os?.includes('linux') && cpu?.includes(processor))
        .map(([path]) => path.replace(processor, '<processor>'))
        .toSorted();
    expect(of('x64').length).toBeGreaterThan(0);
    expect(of('arm64')).toEqual(of('x64'));
  });
});
