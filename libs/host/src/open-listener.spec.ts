import { describe, expect, it } from '@jest/globals';
import { isLoopbackAddress } from './open-listener.js';

describe('a loopback address', () => {
  it.each(['127.0.0.1', '127.255.3.4', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
    'is %s',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(true);
    },
  );

  it.each([
    '127.some.name',
    '127.0.0.1.example.org',
    'localhost',
    '128.0.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '127.1',
    '',
  ])('is not %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});
