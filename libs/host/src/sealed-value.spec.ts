import { describe, expect, it } from '@jest/globals';
import { newSealingKey, openValue, sealingKeyBytes, sealValue } from './sealed-value.js';

const key = newSealingKey();

describe('A sealed value', () => {
  it.each(['', 'hunter2', 'grüße\n木\0', 'x'.repeat(100_000)])('opens as it was: %j', (text) => {
    expect(openValue(sealValue(text, key, 'here'), key, 'here')).toBe(text);
  });

  it('is another text each time, and shows nothing of what it holds', () => {
    const [first, second] = [sealValue('hunter2', key, 'here'), sealValue('hunter2', key, 'here')];
    expect(first).not.toBe(second);
    expect(Buffer.from(first, 'base64').includes('hunter2')).toBe(false);
  });

  it('opens with its own key only', () => {
    expect(openValue(sealValue('hunter2', key, 'here'), newSealingKey(), 'here')).toBeNull();
  });

  it('opens only for what it belongs to', () => {
    expect(openValue(sealValue('hunter2', key, 'here'), key, 'elsewhere')).toBeNull();
  });

  it('does not open once a bit of it is another', () => {
    const bytes = Buffer.from(sealValue('hunter2', key, 'here'), 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect([at, openValue(changed.toString('base64'), key, 'here')]).toEqual([at, null]);
    }
  });

  it.each(['', 'AAAA', 'no base64 at all'])('does not open where it is none: %j', (text) => {
    expect(openValue(text, key, 'here')).toBeNull();
  });

  it('has keys of 32 bytes, each another one', () => {
    expect(newSealingKey()).toHaveLength(sealingKeyBytes);
    expect(newSealingKey()).not.toEqual(newSealingKey());
  });
});
