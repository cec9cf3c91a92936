import { describe, expect, it } from '@jest/globals';
import { openBox, sealBox } from './sealed-box.js';

describe('A sealed box', () => {
  it('is opened by its passphrase, in whatever form of Unicode, and by no other', async () => {
    const box = await sealBox('a key', 'pässword');
    expect(box).not.toContain('a key');
    expect(await openBox(box, 'pa\u0308ssword')).toBe('a key');
    expect(await openBox(box, 'passwort')).toBeNull();
  });

  it('is never the same twice, and not opened when it was changed', async () => {
    const [one, other] = await Promise.all([sealBox('a key', 'p'), sealBox('a key', 'p')]);
    expect(one).not.toBe(other);
    const parsed = JSON.parse(one) as { sealed: string };
    const sealed = Buffer.from(parsed.sealed, 'base64');
    sealed[0] = (sealed[0] ?? 0) ^ 1;
    const changed = JSON.stringify({ ...parsed, sealed: sealed.toString('base64') });
    expect(await openBox(changed, 'p')).toBeNull();
  });

  it('is nothing else', async () => {
    await expect(openBox('{}', 'p')).rejects.toThrow('it is no oakring-sealed-1');
  });
});
