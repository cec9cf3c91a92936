import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

/**
 * Finite numbers on which JSON readers agree: no integer beyond 2^53, and no -0, which is written
 * 0.
 */
const agreedNumber = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value))
  .map((value) => (value === 0 ? 0 : value));
// Any code points but lone surrogates; also keys that look like array indexes, and `__proto__`.
const wellFormedText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.nat(1000).map(String),
);
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    agreedNumber,
    wellFormedText,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('document'), { maxLength: 6 }),
    fc.array(fc.tuple(wellFormedText, tie('document')), { maxLength: 24 }).map(objectOf),
  ),
}));

describe('Canonical JSON', () => {
  it.each([
    [null, 'null'],
    [true, 'true'],
    ['', '""'],
    [[], '[]'],
    [{}, '{}'],
    [[1, [2, { a: [] }]], '[1,[2,{"a":[]}]]'],
    [{ b: 1, a: 2, B: 3 }, '{"B":3,"a":2,"b":1}'],
    // Names that are numbers sort as texts, not as numbers.
    [{ 10: 1, 9: 2, 1: 3 }, '{"1":3,"10":1,"9":2}'],
    // By UTF-16 code units: U+1F600 begins with D83D and comes before U+FB33, though it is larger.
    [{ '\ufb33': 1, '😀': 2, ö: 3, '€': 4, '\r': 5 }, '{"\\r":5,"ö":3,"€":4,"😀":2,"\ufb33":1}'],
    // Members that are undefined are no members.
    [{ a: undefined, b: 1 }, '{"b":1}'],
  ])('writes %j as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    [0, '0'],
    [-0, '0'],
    [-1, '-1'],
    [9007199254740991, '9007199254740991'],
    [0.1, '0.1'],
    [1.5e-7, '1.5e-7'],
    [0.000001, '0.000001'],
    [333333333.3333333, '333333333.3333333'],
    [5e-324, '5e-324'],
  ])('writes the number %d as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['"', '"\\""'],
    ['\\', '"\\\\"'],
    ['/', '"/"'],
    ['\b\f\n\r\t', '"\\b\\f\\n\\r\\t"'],
    ['\u0000\u001f', '"\\u0000\\u001f"'],
    ['\u007f\u2028', '"\u007f\u2028"'],
    ['€$ and 😀', '"€$ and 😀"'],
    ['x'.repeat(100), `"${'x'.repeat(100)}"`],
    [`${'x'.repeat(100)}"`, `"${'x'.repeat(100)}\\""`],
  ])('writes the text %j as %s', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['an integer beyond 2^53', { a: { deep: 2 ** 53 } }, /deep is 9007199254740992/],
    ['infinity', [Infinity], /\$ is Infinity/],
    ['what is not a number', { a: NaN }, /a is NaN/],
    ['an unpaired surrogate', { a: '\ud800' }, /a has an unpaired surrogate/],
    ['an unpaired surrogate in a long text', 'x'.repeat(99) + '\udc00', /unpaired/],
    ['an unpaired surrogate in a name', { '\ud800': 1 }, /unpaired/],
    ['undefined in a list', [undefined], /undefined/],
    ['a bigint', { a: 1n }, /a is a bigint/],
    ['a function', { a: () => 1 }, /a is a function/],
  ])('refuses %s and names the place', (_what, value, message) => {
    expect(() => canonicalJson(value)).toThrow(message);
  });

  it('reads back as what was written', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
      { seed: 20261129 },
    );
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(document, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
      { seed: 20261129 },
    );
  });

  it('is its own canonical form', () => {
    fc.assert(
      fc.property(document, (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { seed: 20261129 },
    );
  });

  it('sorts objects with many members as those with few', () => {
    const names = Array.from({ length: 40 }, (_, index) => `m${(index * 17) % 40}`);
    const text = canonicalJson(objectOf(names.map((name) => [name, 1])));
    expect(text).toBe(
      `{${names
        .toSorted()
        .map((name) => `"${name}":1`)
        .join(',')}}`,
    );
  });
});

/** Like JSON.parse: `__proto__` is a member as any other. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return objectOf(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
