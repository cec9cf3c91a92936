import { describe, expect, it } from '@jest/globals';
import { shortReason } from './instance.js';

describe('The reason of a failure', () => {
  it('has no password of an address and no bearer token in it, whatever quoted them', () => {
    const said = 'GET http://ann:secret@db/x refused: authorization: Bearer abcdef.123';
    const safe = 'GET http://***@db/x refused: authorization: Bearer ***';
    expect(shortReason(`exit code 1: ${said}`)).toBe(`exit code 1: ${safe}`);
    expect(shortReason(new Error(said))).toBe(safe);
  });

  it('has none where it is cut in the middle of an address', () => {
    expect(shortReason(`${'.'.repeat(286)} http://ann:secret@db/x`)).not.toContain('ann');
  });
});
