import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MessageBuffer } from './message-buffer.js';

describe('the message buffer', () => {
  it('behaves like a bounded queue under any order of offers and takes', () => {
    const step = fc.oneof(
      fc.integer({ min: 1, max: 900 }).map((many) => ({ offer: many })),
      fc.integer({ min: 1, max: 900 }).map((many) => ({ take: many })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const buffer = new MessageBuffer<Message>(3_000, 1_000_000);
        const model: number[] = [];
        let number = 0;
        for (const action of steps) {
          if ('offer' in action) {
            const offered = Array.from({ length: action.offer }, () => (number += 1));
            // Asked about once a step: an expectation for each costs more than all the rest.
            const taken = offered.filter((each) => buffer.offer(message(each)));
            const fits = offered.slice(0, 3_000 - model.length);
            expect(taken).toEqual(fits);
            model.push(...fits);
          } else {
            const taken = buffer.take(action.take).map((each) => each.number);
            expect(taken).toEqual(model.splice(0, action.take));
          }
          expect(buffer.length).toBe(model.length);
        }
      }),
      { seed: 20261129 },
    );
  });

  it('takes nothing in beyond its bytes', () => {
    const buffer = new MessageBuffer<Message>(10, 100);
    expect(buffer.offer(message(1, 60))).toBe(true);
    expect(buffer.offer(message(2, 60))).toBe(false);
    expect(buffer.offer(message(3, 40))).toBe(true);
    buffer.shift();
    expect(buffer.offer(message(4, 60))).toBe(true);
  });
});

interface Message {
  readonly number: number;
  readonly payload: Uint8Array;
}

function message(number: number, bytes = 1): Message {
  return { number, payload: new Uint8Array(bytes) };
}
