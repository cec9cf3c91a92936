import { decodeEvents, type Commit } from '../src/log/commit.js';
import { bundleLines, type BundleSeal } from '../src/evidence/bundle.js';
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
  return [...bundleLines({ range: commits.slice(from - 1, to), seal })];
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
  return { note, cosignatures, hashes: tree.map(({ hash }) => hash), exhibits };
}
