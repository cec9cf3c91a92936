import { decodeEvents, type Commit } from '../src/log/commit.js';
import { bundleProof, type BundleSeal } from '../src/evidence/bundle.js';
import { encodeStoredCommit } from '../src/log/stored-commit.js';
import { readCheckpoint } from '../src/evidence/checkpoint.js';

/** Notes of a ledger's checkpoints, in order. */
export function notesIn(commits: readonly Commit[]): readonly string[] {
  return commits
    .flatMap(decodeEvents)
    .flatMap((event) => (event.type === 'CheckpointSigned' ? [event.data.note] : []));
}

/** Lines of a bundle of positions `from` to `to`, sealed by that checkpoint of the ledger. */
export function bundleOf(
  commits: readonly Commit[],
  from: number,
  to: number,
  note: string | null = notesIn(commits)[0] ?? null,
): string[] {
  const seal = note === null ? null : sealOf(commits, note);
  const range = commits.slice(from - 1, to);
  const statements = range.filter(({ streams }) => streams.includes('seals'));
  return [...bundleProof({ from, to, statements, seal }), ...range.map(encodeStoredCommit)];
}

function sealOf(commits: readonly Commit[], note: string): BundleSeal {
  const read = readCheckpoint(note);
  if (read.status === 'refused') throw new TypeError(read.reason);
  const tree = commits.slice(0, read.checkpoint.position);
  const exhibits = tree.filter(
    ({ position, streams }) => position === 1 || streams.includes('seals'),
  );
  const cosignatures = commits
    .flatMap(decodeEvents)
    .flatMap((event) => (event.type === 'CheckpointCosigned' ? [event.data] : []))
    .filter(({ position }) => position === read.checkpoint.position);
  const stamp = commits
    .flatMap(decodeEvents)
    .find((event) => event.type === 'CheckpointStamped' && event.data.position === tree.length);
  const stated = stamp?.type === 'CheckpointStamped' ? stamp.data : null;
  return { note, cosignatures, stamp: stated, hashes: tree.map(({ hash }) => hash), exhibits };
}
