import { describe, expect, it } from '@jest/globals';
import { freshKey } from '../../testing/index.js';
import { readVerifierKey, writeVerifierKey } from './verifier-key.js';

describe('the key of a note as one word', () => {
  it('is read as it was written, by the role that it is for alone', () => {
    for (let count = 0; count < 20; count += 1) {
      const { publicKey } = freshKey();
      const key = { name: 'witness.example/w1', publicKey };
      const text = writeVerifierKey(key, 'cosignature');
      expect(readVerifierKey(text, 'cosignature')).toEqual(key);
      expect(readVerifierKey(text, 'ed25519')).toBeNull();
    }
  });

  it('is the one that the page on signed notes shows', () => {
    const shown = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
    const read = readVerifierKey(shown, 'ed25519');
    expect(read?.name).toBe('PeterNeumann');
    expect(read === null ? '' : writeVerifierKey(read, 'ed25519')).toBe(shown);
  });

  it.each([
    '',
    'w',
    'w+00000000+AA==',
    'PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW=',
  ])('is not %s', (text) => {
    expect(readVerifierKey(text, 'ed25519')).toBeNull();
  });
});
