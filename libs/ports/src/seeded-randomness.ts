import type { Randomness } from './randomness.port.js';

/**
 * A repeatable source of integers: Mulberry32 (Tommy Ettinger, 2017), 32 bits of state.
 * Good enough to spread work; never use it for secrets.
 */
export function seededRandomness(seed: number): Randomness {
  let state = seed >>> 0;
  const nextWord = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return (word ^ (word >>> 14)) >>> 0;
  };
  // Multiply-shift keeps the result an integer below the bound without a division's bias mattering
  // at the bounds in use (far below 2^32).
  return { integer: (bound) => Math.floor((nextWord() * bound) / 4_294_967_296) };
}
