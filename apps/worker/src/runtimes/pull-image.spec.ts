import { describe, expect, it } from '@jest/globals';
import { Layers } from './pull-image.js';

describe('What is told of a pull', () => {
  it('is how much of all layers has come, as far as they have told', () => {
    const layers = new Layers();
    const loading = (id: string, current: number, total: number) =>
      layers.after({ id, status: 'Downloading', progressDetail: { current, total } });
    expect(layers.after({ status: 'Pulling from a/b' })).toBe('Pulling from a/b');
    expect(loading('x', 1_000_000, 4_000_000)).toBe('25 % (1.0 of 4.0 MB)');
    expect(loading('y', 1_000_000, 4_000_000)).toBe('25 % (2.0 of 8.0 MB)');
    expect(layers.after({ id: 'x', status: 'Download complete' })).toBe('62 % (5.0 of 8.0 MB)');
    expect(layers.after({ id: 'y', status: 'Pull complete' })).toBe('100 % (8.0 of 8.0 MB)');
  });
});
