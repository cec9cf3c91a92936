export { type Changes, takeChanges } from './changes.js';
export {
  ClusterState,
  clusterKey,
  instanceKey,
  ledgerKey,
  ownerOf,
  placementKey,
  revisionKey,
} from './cluster-state.js';
export { copyState, jobAlone, stateAsText, stateFromCheckpoint } from './copy-state.js';
export { holds, isUsedUp, maxTokens, oldestEnded } from './fold/access.fold.js';
export type { NodeCredentialRecord, TokenRecord } from './access-records.js';
export { concludeCommit, evolve, foldCommit } from './fold/evolve.js';
export { awaitsHealth, checkOf, healthOf, whyUnhealthy } from './health.js';
export { isStart } from './fold/commands.fold.js';
export { endedByRoot, waitingReason } from './fold/jobs.fold.js';
export { highestGeneration, nextGeneration } from './fold/records.fold.js';
export { mayBegin, mayStart } from './may-start.js';
export { currentRoot, isForgotten, partedOf } from './forgotten.js';
export { awaitedNamesake, holdsNamesake, nameOf } from './namesakes.js';
export { NodeChangeFeed, factsOf, isOpen, labelsOf } from './node-changes.js';
export { isStranger, leadershipOf, orderDigest, orderedDocument } from './ordered-document.js';
export { usualDialect } from './fold/nodes.fold.js';
export { adoptedPolicy, takenOverPolicy } from './fold/placements.fold.js';
export { foldVersion } from './records.js';
export { mostLastLines } from './fold/ends.fold.js';
export type {
  CommandRecord,
  HealthRecord,
  InstanceRecord,
  JobRecord,
  NodeRecord,
  PartedRecord,
  PlacementRecord,
  RestoredRecord,
  RevisionPlaceRecord,
  RevisionStatus,
} from './records.js';
export type { SeenTree } from './evidence-records.js';
export { isRolledOut, isUpdated } from './revisions.js';
export {
  cosignedUpTo,
  ledgerKeysOf,
  newestSealedTree,
  sealedTreeAt,
  standing,
} from './standing.js';
export { foundOf, isLeftOver } from './left-over.js';
export { Index, Table } from './table.js';
export { foldCommits, replay, type CommitSource, type Replayed } from './replay.js';
export { refusalCodeOf } from './refusal-code.js';
export { rebuildViews, type RebuiltViews } from './rebuild-views.js';
export { whyInstanceUnusable, whyUnusable } from './unusable.js';
export { commandTold, restoredOf, toldIdOf } from './restored.js';
export type { ExecRecord } from './exec-record.js';
export type { GivenSecret, SecretRecord, SecretVersion } from './secret-records.js';
export { maxSecrets, maxSecretVersions } from './fold/secrets.fold.js';
export {
  givenVersion,
  keysToShred,
  missingSecret,
  secretOf,
  secretsFor,
  usesOf,
  whySecretMissing,
} from './secrets.js';
