import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeTokens } from './node-tokens.js';

describe('node tokens', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oakring-tokens-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('stay the same over restarts, and differ from node to node and cluster to cluster', async () => {
    const tokens = await NodeTokens.open(folder);
    const again = await NodeTokens.open(folder);
    const elsewhere = await NodeTokens.open(join(folder, 'elsewhere'));
    expect(again.token('edge-1')).toBe(tokens.token('edge-1'));
    expect(tokens.token('edge-2')).not.toBe(tokens.token('edge-1'));
    expect(elsewhere.token('edge-1')).not.toBe(tokens.token('edge-1'));
  });

  it('tell an absent, a valid and a wrong one apart', async () => {
    const tokens = await NodeTokens.open(folder);
    expect(tokens.verdict('edge-1', null)).toBe('absent');
    expect(tokens.verdict('edge-1', tokens.token('edge-1'))).toBe('valid');
    expect(tokens.verdict('edge-1', tokens.token('edge-2'))).toBe('wrong');
    expect(tokens.verdict('edge-1', '')).toBe('wrong');
    expect(tokens.verdict('edge-1', 'ä'.repeat(100))).toBe('wrong');
  });

  it('hang on a secret that only its owner can read', async () => {
    await NodeTokens.open(folder);
    const { mode, size } = await stat(join(folder, 'cluster-secret'));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBe(32);
  });

  it('refuse to go on with a secret that is damaged', async () => {
    await writeFile(join(folder, 'cluster-secret'), 'short');
    await expect(NodeTokens.open(folder)).rejects.toMatchObject({ code: 'data-folder-unusable' });
  });
});
