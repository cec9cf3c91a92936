import { describe, expect, it } from '@jest/globals';
import { hashOfToken, isToken, looksLikeToken, newToken } from './token-text.js';

describe('A token', () => {
  it('is never the same, and known for one of ours by its digits', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    expect(new Set(tokens).size).toBe(100);
    expect(tokens.filter((token) => !isToken(token) || token.length !== 57)).toEqual([]);
  });

  it('is none when a digit is another, missing or too many', () => {
    const token = newToken();
    const other = token.endsWith('a') ? 'b' : 'a';
    for (const at of [8, 20, token.length - 1]) {
      const changed = `${token.slice(0, at)}${token[at] === other ? 'c' : other}${token.slice(at + 1)}`;
      expect([changed, isToken(changed), looksLikeToken(changed)]).toEqual([changed, false, true]);
    }
    expect([token.slice(0, -1), `${token}0`, token.slice(8), ''].map(isToken)).toEqual(
      Array(4).fill(false),
    );
  });

  it('is kept as its SHA-256', () => {
    // printf %s abc | sha256sum
    expect(hashOfToken('abc')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
