import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duplicateKeyIn } from './duplicate-key.js';
import { parseJsonDocument } from './parsing.js';

describe('A name that an object has twice', () => {
  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['{"a":{"b":1,"c":[{"d":1},{"e":1,"e":2}]}}', 'e'],
    ['{"a":1, "\\u0061" : 2}', 'a'],
    ['{"x":"}{","y":{"z":1},"x":1}', 'x'],
    ['{"\\"":1,"\\"":2}', '"'],
    ['{"__proto__":1,"__proto__":2}', '__proto__'],
  ])('is found in %s', (json, name) => {
    expect(duplicateKeyIn(json)).toBe(name);
  });

  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":1}]}',
    '{"a":"\\"a\\":1","b":"\\\\"}',
    '{"a":"a","b":["a","a"]}',
    '[]',
  ])('is not found in %s', (json) => {
    expect(duplicateKeyIn(json)).toBeNull();
  });

  it('is in nothing that was written from an object', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(duplicateKeyIn(JSON.stringify(JSON.parse(json)))).toBeNull();
      }),
      { seed: 17 },
    );
  });
});

describe('A document that people write', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it('may begin with a byte order mark', () => {
    expect(parseJsonDocument(bytes('\uFEFF{"a":1}'))).toEqual({ ok: true, value: { a: 1 } });
  });

  it('has no name twice', () => {
    expect(parseJsonDocument(bytes('{"count":1,"count":3}'))).toMatchObject({
      refusal: { code: 'invalid-json', detail: expect.stringContaining('"count" twice') },
    });
  });
});
