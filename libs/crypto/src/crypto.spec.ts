import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  bytesOfHex,
  ed25519KeyOf,
  fingerprintOf,
  hexOf,
  isSigned,
  sha256,
  sha256OfHex,
} from './index.js';
import { portable } from './portable.js';

const pem = generateKeyPairSync('ed25519')
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

describe('what is hashed', () => {
  it('is what SHA-256 says of its UTF-8 bytes, by Node and in JavaScript', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expected = createHash('sha256').update(text, 'utf8').digest('hex');
        expect(sha256(text)).toBe(expected);
        expect(portable.bytesToHex(portable.sha256(new TextEncoder().encode(text)))).toBe(expected);
      }),
      { seed: 20261129 },
    );
  });

  it('may be a byte and parts in hexadecimal', () => {
    const expected = createHash('sha256').update(Buffer.from('01ab00cdef', 'hex')).digest('hex');
    expect(sha256OfHex(1, 'ab00', 'cdef')).toBe(expected);
  });
});

describe('what is signed', () => {
  const { publicKey, sign } = ed25519KeyOf(pem);

  it('is told from what is not: another text, another key, a signature that is none', () => {
    const signature = sign('that I was here');
    expect(isSigned('that I was here', publicKey, signature)).toBe(true);
    expect(isSigned('that I was there', publicKey, signature)).toBe(false);
    expect(isSigned('that I was here', publicKey, sign('that I was there'))).toBe(false);
    expect(isSigned('that I was here', 'no key', signature)).toBe(false);
    expect(isSigned('that I was here', publicKey, 'no signature')).toBe(false);
  });

  it('has a fingerprint: SHA-256 of the key as it is passed on', () => {
    const expected = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest('hex');
    expect(fingerprintOf(publicKey)).toBe(expected);
  });

  it('is by an Ed25519 key only', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const other = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => ed25519KeyOf(other)).toThrow('it is a key for ec, not Ed25519');
    expect(() => ed25519KeyOf('nothing')).toThrow();
  });
});

describe('bytes in hexadecimal', () => {
  it('are two lower-case digits each, there and back', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(hexOf(bytes)).toBe(Buffer.from(bytes).toString('hex'));
    expect(bytesOfHex(hexOf(bytes))).toEqual(bytes);
    expect([hexOf(new Uint8Array()), bytesOfHex('')]).toEqual(['', new Uint8Array()]);
  });
});
