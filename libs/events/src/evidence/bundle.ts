import type { EventData } from '../catalogue/catalogue.js';
import {
  isSameCatalogue,
  ownCatalogue,
  schemasLine,
  type CommittedCatalogue,
} from '../catalogue/committed-catalogue.js';
import { sealsStream } from '../catalogue/streams.js';
import { canonicalJson } from '../text/canonical-json.js';
import { soundRecordsIn, type Commit, type EventRecord } from '../log/commit.js';
import { encodeStoredCommit } from '../log/stored-commit.js';
import { catalogueIn } from './catalogue-trail.js';
import { rangeProof } from './merkle-tree.js';
import type { StatedCosignature } from './stated-cosignature.js';

export const bundleFormat = 'oakring-bundle-2';

export interface BundleParts {
  /** Positions of the range. */
  readonly from: number;
  readonly to: number;
  /** The commits of the range with an event of stream `seals`. */
  readonly statements: readonly Commit[];
  /** What proves them; null: no checkpoint covers them yet. */
  readonly seal: BundleSeal | null;
}

export type StatedStamp = Pick<EventData<'CheckpointStamped'>, 'time' | 'token'>;

export interface BundleSeal {
  /** A checkpoint of the last commit of the range or a later one. */
  readonly note: string;
  /** What witnesses say of it. */
  readonly cosignatures: readonly StatedCosignature[];
  /** From when it is, by an authority's word: of its `CheckpointStamped`; null: nobody stamped it. */
  readonly stamp: StatedStamp | null;
  /** Hashes of all commits in its tree, in order. */
  readonly hashes: readonly string[];
  /** The first commit, and all others in its tree with an event of stream `seals`; in order. */
  readonly exhibits: readonly Commit[];
}

/**
 * The lines of a bundle (docs/ledger-format.md) up to its range: everything that is needed to check that on a
 * machine without the log. The commits follow, each as it is stored.
 */
export function* bundleProof({ from, to, statements, seal }: BundleParts): Generator<string> {
  const size = seal?.hashes.length ?? 0;
  const own = ownCatalogue();
  const committed = newestCatalogue([...(seal?.exhibits ?? []), ...statements]) ?? own;
  const { schemaVersion } = committed;
  yield canonicalJson({ format: bundleFormat, from, schemaVersion, sealed: size, to });
  yield schemasLine(isSameCatalogue(committed, own) ? undefined : {});
  if (seal !== null) {
    const { note, cosignatures, stamp, hashes, exhibits } = seal;
    for (const commit of exhibits) {
      const { position } = commit;
      const proof = rangeProof(hashes, { from: position, to: position, size });
      yield canonicalJson({ exhibit: encodeStoredCommit(commit), proof });
    }
    yield canonicalJson({ checkpoint: note });
    for (const { witness, signature } of cosignatures) {
      yield canonicalJson({ cosignature: signature, witness });
    }
    if (stamp !== null) yield canonicalJson({ stamp: stamp.token, time: stamp.time });
    yield canonicalJson({ rangeProof: rangeProof(hashes, { from, to, size }) });
  }
}

/** Whether a bundle with these exhibits can carry the schemas of this program. */
export function commitsToOwnSchemas(exhibits: readonly Commit[]): boolean {
  const own = ownCatalogue();
  return isSameCatalogue(newestCatalogue(exhibits) ?? own, own);
}

/** What the last `CatalogueChanged` of these commits states; null: none of them has one. */
export function newestCatalogue(commits: readonly Commit[]): CommittedCatalogue | null {
  let newest: Commit | null = null;
  for (const commit of commits) {
    const isLater = commit.position >= (newest?.position ?? 0);
    if (isLater && changeIn(commit) !== undefined) newest = commit;
  }
  const change = newest === null ? undefined : changeIn(newest);
  return change === undefined ? null : catalogueIn(change.data);
}

function changeIn(commit: Commit): EventRecord | undefined {
  if (!commit.streams.includes(sealsStream)) return undefined;
  return soundRecordsIn(commit).findLast(({ type }) => type === 'CatalogueChanged');
}
