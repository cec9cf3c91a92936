import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** Nothing of ours is imported here: the page must be enough. */
const page = readFileSync('docs/ledger-format.md', 'utf8');
const [header, events] = /```json\n(.*)\n(.*)\n```/.exec(page)?.slice(1) ?? [];
const [hash, root] = [...page.matchAll(/```\n([0-9a-f]{64})\n```/g)].map(([, text]) => text);

describe('docs/ledger-format.md', () => {
  it('states the hash of its example', () => {
    expect(createHash('sha256').update(`${header}\t${events}`, 'utf8').digest('hex')).toBe(hash);
  });

  it('states the Merkle root of its example', () => {
    const leaf = Buffer.concat([Buffer.of(0), Buffer.from(hash ?? '', 'hex')]);
    expect(createHash('sha256').update(leaf).digest('hex')).toBe(root);
  });
});
