import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PacketGuard } from './packet-guard.js';
import { header } from './testing/packets.js';

const limit = 1_000;
const connect = 0x10;
const publish = 0x30;
const subscribe = 0x82;
const puback = 0x40;

describe('the guard over packets', () => {
  it('lets packets up to the limit pass, however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: limit }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 700 }),
        (sizes, cut) => {
          const guard = new PacketGuard(limit);
          const packets = sizes.map((size) => packet(publish, size));
          const stream = Buffer.concat([packet(connect, 12), ...packets]);
          const passes = chunksOf(stream, cut).every((chunk) => guard.accepts(chunk));
          return passes && guard.unfinishedBytes === 0;
        },
      ),
      { seed: 20261129 },
    );
  });

  it('refuses a packet over the limit as soon as its length is known', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: limit + 1, max: 268_435_455 }),
        fc.integer({ min: 1, max: 5 }),
        (size, cut) => {
          const guard = new PacketGuard(limit);
          const stream = Buffer.concat([packet(connect, 10), header(publish, size)]);
          return !chunksOf(stream, cut).every((chunk) => guard.accepts(chunk));
        },
      ),
      { seed: 20261129 },
    );
  });

  it.each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])(
    'takes no byte of a %s that a browser sends here: what stands in it is no packet',
    (method) => {
      const smuggled = Buffer.concat([packet(connect, 12), packet(publish, 5)]);
      const guard = new PacketGuard(limit);
      const head = Buffer.from(`${method} / HTTP/1.1\r\nHost: localhost:10003\r\n\r\n`);
      expect(guard.accepts(head.subarray(0, 1))).toBe(false);
      expect(new PacketGuard(limit).accepts(Buffer.concat([head, smuggled]))).toBe(false);
    },
  );

  it('knows how much has come of a packet that is not complete', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: limit }),
        fc.integer({ min: 0, max: limit }),
        fc.integer({ min: 1, max: 99 }),
        (size, kept, cut) => {
          const guard = new PacketGuard(limit);
          const whole = packet(publish, size);
          const part = whole.subarray(0, Math.min(kept, whole.length - 1));
          for (const chunk of chunksOf(Buffer.concat([packet(connect, 9), part]), cut)) {
            guard.accepts(chunk);
          }
          return guard.unfinishedBytes === part.length;
        },
      ),
      { seed: 20261129 },
    );
  });

  it.each([
    ['a CONNECT', connect, 8_192],
    ['a SUBSCRIBE', subscribe, 16_384],
    ['a PUBACK', puback, 16],
  ])('lets %s have only so much, whatever a PUBLISH may have', (_what, type, most) => {
    const first = type === connect ? Buffer.alloc(0) : packet(connect, 10);
    const passes = (size: number): boolean =>
      new PacketGuard(1_048_576).accepts(Buffer.concat([first, header(type, size)]));
    expect(passes(most)).toBe(true);
    expect(passes(most + 1)).toBe(false);
  });

  it('lets nothing come before a CONNECT', () => {
    expect(new PacketGuard(limit).accepts(packet(publish, 4))).toBe(false);
  });

  it('refuses a length of more than four bytes', () => {
    const guard = new PacketGuard(limit);
    expect(guard.accepts(packet(connect, 10))).toBe(true);
    expect(guard.accepts(Buffer.from([publish, 0x80, 0x80, 0x80, 0x80]))).toBe(false);
  });
});

function packet(type: number, size: number): Buffer {
  return Buffer.concat([header(type, size), Buffer.alloc(size, 0xff)]);
}

function chunksOf(stream: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < stream.length; from += size) {
    chunks.push(stream.subarray(from, from + size));
  }
  return chunks;
}
