import { describe, expect, it } from '@jest/globals';
import { Undo } from './undo.js';

describe('What was started', () => {
  it('is stopped in reverse, once, also past a step that fails, which is told', async () => {
    const stopping = new Undo();
    const told: string[] = [];
    stopping.add(() => told.push('store'));
    stopping.add(() => Promise.reject(new Error('the broker does not close')));
    stopping.add(async () => told.push('http'));
    const both = [stopping.run(), stopping.run()];
    for (const run of both) await expect(run).rejects.toThrow('the broker does not close');
    expect(told).toEqual(['http', 'store']);
  });
});
