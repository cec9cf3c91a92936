import { describe, expect, it } from '@jest/globals';
import { traceIdOf, traceparentOf } from './trace-context.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const parent = '00f067aa0ba902b7';
const kept = `00-${trace}-${parent}-01`;

describe('A traceparent', () => {
  it('is kept as it came, and names its trace', () => {
    expect(traceparentOf(kept)).toBe(kept);
    expect(traceIdOf(kept)).toBe(trace);
    expect(traceparentOf(`00-${trace}-${parent}-00`)).toBe(`00-${trace}-${parent}-00`);
  });

  it('of a later version is taken for what version 00 has of it, and of its flags the one that is known', () => {
    expect(traceparentOf(`cc-${trace}-${parent}-01-what-comes-later`)).toBe(kept);
    expect(traceparentOf(`00-${trace}-${parent}-03`)).toBe(kept);
    expect(traceparentOf(`00-${trace}-${parent}-fe`)).toBe(`00-${trace}-${parent}-00`);
  });

  it.each([
    undefined,
    7,
    [kept],
    '',
    'garbage',
    `${kept}-more`,
    `${kept}, ${kept}`,
    `ff-${trace}-${parent}-01`,
    `00-${'0'.repeat(32)}-${parent}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${parent}-01`,
    `00-${trace.slice(1)}-${parent}-01`,
    `00-${trace}-${parent}-1`,
    `00-${trace}-${parent}`,
    `cc-${trace}-${parent}-01.more`,
    `cc-${trace}-${parent}-01-${'x'.repeat(1_000)}`,
  ])('is none, and no error, as %j', (header) => {
    expect(traceparentOf(header)).toBeNull();
  });
});
