import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import {
  emptyFrontier,
  emptyHead,
  encodeStoredCommit,
  hashCommit,
  sealCommit,
  withLeaf,
} from '@oakring/events';
import type { Figures } from './figures.js';
import { eventText } from './ledger-floors.js';

/** What hash and Merkle tree cost of making a commit of 100 events and its text. */
export function evidenceShare(): Figures {
  const texts = Array.from({ length: 100 }, (_, index) => eventText(index));
  const parts = { epoch: 1, commitId: 'c', at: 1, streams: ['a'], commands: [], events: texts };
  const commit = sealCommit(emptyHead, parts);
  const time = (work: () => void): number => {
    for (let round = 0; round < 300; round += 1) work();
    const since = performance.now();
    for (let round = 0; round < 1_500; round += 1) work();
    return (performance.now() - since) / 1_500;
  };
  const text = encodeStoredCommit(commit);
  const sha = time(() => createHash('sha256').update(text).digest('hex'));
  let tree = emptyFrontier;
  const merkle = time(() => {
    tree = withLeaf(tree, commit.hash);
  });
  const whole = time(() => encodeStoredCommit(sealCommit(emptyHead, parts)));
  const hashing = time(() => hashCommit(commit));
  return {
    'hash of a commit of 100 events, µs (its text made anew: µs)': `${(sha * 1000).toFixed(0)} (${(hashing * 1000).toFixed(0)})`,
    'Merkle tree, µs a commit': (merkle * 1000).toFixed(1),
    'hash and tree, of sealing and encoding such a commit': ((sha + merkle) / whole).toFixed(2),
  };
}
