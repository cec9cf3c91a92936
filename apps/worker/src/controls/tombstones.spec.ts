import { describe, expect, it } from '@jest/globals';
import { Tombstones } from './tombstones.js';

describe('Tombstones', () => {
  it('keep the highest generation that was deleted of each number', () => {
    const tombstones = new Tombstones();
    tombstones.add({ job: 'web', instance: 0, generation: 3 });
    tombstones.add({ job: 'web', instance: 0, generation: 2 });
    tombstones.add({ job: 'web', instance: 1, generation: 1 });
    expect(tombstones.generationOf('web', 0)).toBe(3);
    expect(tombstones.generationOf('web', 1)).toBe(1);
    expect(tombstones.generationOf('db', 0)).toBe(0);
  });

  it('forget what was deleted longest ago once there are ten thousand', () => {
    const tombstones = new Tombstones();
    tombstones.add({ job: 'first', instance: 0, generation: 1 });
    tombstones.add({ job: 'again', instance: 0, generation: 1 });
    for (let instance = 0; instance < 9_998; instance += 1) {
      tombstones.add({ job: 'many', instance, generation: 1 });
    }
    tombstones.add({ job: 'again', instance: 0, generation: 2 });
    tombstones.add({ job: 'last', instance: 0, generation: 1 });
    expect(tombstones.generationOf('first', 0)).toBe(0);
    expect(tombstones.generationOf('again', 0)).toBe(2);
    expect(tombstones.generationOf('many', 0)).toBe(1);
    expect(tombstones.generationOf('last', 0)).toBe(1);
  });
});
