import { sha256 } from '@oakring/crypto';
import type { ReportedInstance } from '@oakring/contracts';
import { canonicalJson, type JsonObject } from '@oakring/events';
import { clusterKey, placementKey, revisionKey, type ClusterState } from './cluster-state.js';
import type { GivenSecret } from './secret-records.js';

const hexDigits = 16;

/** Documents are replaced, never changed: each is digested once. */
const digests = new WeakMap<JsonObject, { readonly ledger: string; readonly digest: string }>();

interface Address {
  readonly job: string;
  readonly instance: number;
  readonly generation: number;
}

/** The job as the revision of this placement has it. */
export function orderedDocument(state: ClusterState, address: Address): JsonObject | undefined {
  const { job: id, instance, generation } = address;
  const job = state.jobs.get(id);
  const revision = state.placements.get(placementKey(id, instance, generation))?.revision;
  if (job === undefined || revision === undefined || revision === job.revision) {
    return job?.document;
  }
  return state.revisions.get(revisionKey(id, revision))?.document ?? job.document;
}

/**
 * Identity of what is ordered: of the ledger, of the document and of the secrets that it is given, SHA-256 cut to 16
 * hex digits. Names and generations may be given again by a ledger that was begun anew or restored. Of secrets it
 * takes which they are and no value, so that nobody can try values against it.
 */
export function orderDigest(
  state: ClusterState,
  document: JsonObject,
  secrets: readonly GivenSecret[],
): string {
  const ledger = state.cluster.get(clusterKey)?.clusterId ?? '';
  if (secrets.length > 0) {
    const given = secrets.map(({ name, key }) => ({ name, key }));
    return sha256(`${ledger}\n${canonicalJson(document)}\n${canonicalJson(given)}`).slice(
      0,
      hexDigits,
    );
  }
  const known = digests.get(document);
  if (known?.ledger === ledger) return known.digest;
  const text = `${ledger}\n${canonicalJson(document)}`;
  const digest = sha256(text).slice(0, hexDigits);
  digests.set(document, { ledger, digest });
  return digest;
}

/** What every message to a worker says of who sends it. */
export function leadershipOf(state: ClusterState): { epoch: number; ledger?: string } {
  const cluster = state.cluster.get(clusterKey);
  return cluster === undefined ? { epoch: 0 } : { epoch: cluster.epoch, ledger: cluster.clusterId };
}

/** Ordered by another ledger (ours was begun anew), or not what ours ordered (it was restored). */
export function isStranger(state: ClusterState, key: string, seen: ReportedInstance): boolean {
  const { ledger } = leadershipOf(state);
  if ((seen.ledger ?? ledger) !== ledger) return true;
  const { digest } = state.placements.get(key) ?? {};
  return digest !== undefined && (seen.digest ?? digest) !== digest;
}
