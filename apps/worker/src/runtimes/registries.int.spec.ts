import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { credentialsFor, readRegistries } from './registries.js';

const shop = { registry: '127.0.0.1:5000', username: 'u', password: 's3cret' };
const secrets = { hub: JSON.stringify(shop), odd: 'user:s3cret' };
let file = '';
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'oakring-registries-')), 'registries.json');
});
afterEach(() => rmSync(join(file, '..'), { recursive: true }));

function written(content: unknown, mode = 0o600): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(file, text, { mode });
  return file;
}

describe('Credentials that a worker keeps for registries', () => {
  it('are handed to the engine for their own registry, and for no other', async () => {
    const registries = await readRegistries(written({ shop }));
    const { registry: serveraddress, ...secret } = shop;
    expect(credentialsFor('127.0.0.1:5000/a/b:1', 'shop', { registries, secrets })).toEqual({
      ...secret,
      serveraddress,
    });
    for (const image of ['evil.example/a', 'a/b', 'b:1', '127.0.0.1:5001/a']) {
      expect(() => credentialsFor(image, 'shop', { registries, secrets })).toThrow(
        /are for 127.0.0.1:5000/,
      );
    }
    expect(credentialsFor('a/b', null, { registries, secrets })).toBeNull();
    expect(() => credentialsFor('a/b', 'other', { registries, secrets })).toThrow(
      /no credentials called other/,
    );
  });

  it('may come as a secret instead, for its registry alone, and are quoted by no refusal', () => {
    const kept = { registries: new Map(), secrets };
    const { registry: serveraddress, ...known } = shop;
    const found = credentialsFor('127.0.0.1:5000/a', { secret: 'hub' }, kept);
    expect(found).toEqual({ ...known, serveraddress });
    for (const [image, secret, why] of [
      ['evil.example/a', 'hub', /of secret hub are for 127.0.0.1:5000/],
      ['a', 'odd', /value of secret odd is not {"registry"/],
      ['a', 'none', /without the value of secret none/],
    ] as const) {
      const asking = (): unknown => credentialsFor(image, { secret }, kept);
      expect(asking).toThrow(why);
      expect(asking).not.toThrow(/s3cret/);
    }
  });

  it('are not read where others may, and a refusal shows nothing of them', async () => {
    await expect(readRegistries(written({ shop }, 0o644))).rejects.toThrow(/chmod 600/);
    rmSync(file);
    for (const odd of ['s3cret', '{"shop": s3cret}', {}, { shop: { password: 's3cret' } }]) {
      const failed = await readRegistries(written(odd)).catch((error: Error) => error.message);
      expect(failed).toContain('OAKRING_WORKER_REGISTRIES');
      expect(failed).not.toContain('s3cret');
    }
  });
});
