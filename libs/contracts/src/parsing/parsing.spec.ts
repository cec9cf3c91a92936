import { describe, expect, it } from '@jest/globals';
import { idOf, isDeeperThan, isId, labelsOf } from './parsing.js';

describe('an id of a node or a job', () => {
  it.each(['a', 'constructor', '__proto__', '...', '.a', '-', 'x'.repeat(128)])(
    'may be %j',
    (id) => {
      expect(idOf(id, 'id')).toEqual({ ok: true, value: id });
    },
  );

  it.each(['', '.', '..', 'a/b', 'a b', 'ä', 'a\n', 'x'.repeat(129)])('is never %j', (id) => {
    expect(isId(id)).toBe(false);
  });

  it('is refused as a step in a path, saying why', () => {
    expect(idOf('..', 'id')).toMatchObject({
      refusal: { code: 'invalid-id', detail: expect.stringContaining('not "." or ".."') },
    });
  });
});

describe('The depth of JSON', () => {
  it.each([
    ['{}', 1],
    ['7', 0],
    ['{"a":[{},{"b":[]}],"c":{}}', 4],
    ['["]]","[[[[","\\"[[","\\\\",[]]', 2],
  ])('is that of its lists and objects, not of its texts: %s', (json, depth) => {
    expect(isDeeperThan(Buffer.from(json), depth)).toBe(false);
    expect(isDeeperThan(Buffer.from(json), depth - 1)).toBe(true);
  });
});

describe('labels', () => {
  it('may be called like what every object has, and stay what was given', () => {
    const given = JSON.parse('{"constructor": "a", "toString": 1}') as object;
    const parsed = labelsOf(given, 'labels');
    expect(parsed.ok && Object.entries(parsed.value)).toEqual([
      ['constructor', 'a'],
      ['toString', '1'],
    ]);
  });

  it('are not called __proto__', () => {
    const given = JSON.parse('{"__proto__": "a"}') as object;
    expect(labelsOf(given, 'labels')).toMatchObject({ refusal: { code: 'invalid-field' } });
  });
});
