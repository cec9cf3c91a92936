import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { packetSizeGuard } from './packet-size-guard.js';

const limit = 1_000;

describe('the guard over packet sizes', () => {
  it('lets packets up to the limit pass, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: limit }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 700 }),
        (sizes, cut) => {
          const accepts = packetSizeGuard(limit);
          const stream = Buffer.concat(sizes.map((size) => packet(size)));
          return chunksOf(stream, cut).every((chunk) => accepts(chunk));
        },
      ),
    );
  });

  it('refuses a packet over the limit as soon as its length is known', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: limit + 1, max: 268_435_455 }),
        fc.integer({ min: 1, max: 5 }),
        (size, cut) => {
          const accepts = packetSizeGuard(limit);
          const stream = Buffer.concat([packet(10), header(size)]);
          return !chunksOf(stream, cut).every((chunk) => accepts(chunk));
        },
      ),
    );
  });

  it('refuses a length of more than four bytes', () => {
    expect(packetSizeGuard(limit)(Buffer.from([0x30, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
  });
});

function packet(size: number): Buffer {
  return Buffer.concat([header(size), Buffer.alloc(size, 0xff)]);
}

function header(size: number): Buffer {
  const bytes = [0x30];
  let rest = size;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

function chunksOf(stream: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < stream.length; from += size) {
    chunks.push(stream.subarray(from, from + size));
  }
  return chunks;
}
