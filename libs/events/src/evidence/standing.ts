/**
 * How far what is shown rests on somebody's signature: all of it under a seal by a key that counts, but for
 * what proves itself; only up to some position; or nothing.
 */
export type Standing = 'sealed' | 'unsealed-tail' | 'unsealed';

/** `newsAt`: the last position with anything but statements about checkpoints that prove themselves. */
export function standingOf(sealedTo: number, newsAt: number): Standing {
  if (sealedTo === 0) return 'unsealed';
  return newsAt <= sealedTo ? 'sealed' : 'unsealed-tail';
}
