export {
  type DomainEvent,
  type EventData,
  type EventType,
  eventProblem,
  eventSchemas,
  isEventType,
  schemaVersion,
} from './catalogue/catalogue.js';
export { isSameCatalogue, ownCatalogue } from './catalogue/committed-catalogue.js';
export {
  accessStream,
  secretsStream,
  checkpointsStream,
  clusterStream,
  jobStream,
  nodeStream,
  sealsStream,
  subjectOf,
} from './catalogue/streams.js';
export type { DecisionBasis, PlacedInstance } from './catalogue/shapes.js';
export { spokenPolicy, wholePolicy } from './catalogue/spoken-policy.js';
export {
  type BundleSeal,
  type StatedStamp,
  bundleProof,
  commitsToOwnSchemas,
} from './evidence/bundle.js';
export { type BundleCheck, countsAtItsEnd, verifyBundle } from './evidence/bundle-verifier.js';
export {
  type Checkpoint,
  evidenceReach,
  isCheckpointSigned,
  originOf,
  readCheckpoint,
  signCheckpoint,
} from './evidence/checkpoint.js';
export {
  type CosignatureCheck,
  type Cosigner,
  cosign,
  verifyCosignature,
} from './evidence/cosignature.js';
export type { KnownKey } from './evidence/key-ring.js';
export type { Standing } from './evidence/standing.js';
export {
  type Cosigned,
  type StatedCosignature,
  cosignatureProblem,
  recentCheckpoints,
  statedCosignature,
  witnessedTo,
} from './evidence/stated-cosignature.js';
export {
  type LedgerReport,
  type LedgerVerifier,
  ledgerVerifier,
} from './evidence/ledger-verifier.js';
export { type LedgerStart, readLedgerStart } from './evidence/ledger-start.js';
export { MerklePages } from './evidence/merkle-pages.js';
export {
  type Leaves,
  type MerkleFrontier,
  type TreeHead,
  consistencyProof,
  emptyFrontier,
  merkleRoot,
  rootOf,
  verifyConsistency,
  withLeaf,
} from './evidence/merkle-tree.js';
export {
  type KeyStatement,
  type SigningKey,
  isSignedBy,
  signedText,
  signingKeyOf,
} from './evidence/seal.js';
export {
  type NoteSignature,
  type ReadNote,
  type SignedNote,
  readNote,
  writeNote,
} from './evidence/signed-note.js';
export { type VerifierKey, readVerifierKey, writeVerifierKey } from './evidence/verifier-key.js';
export { readAddCheckpoint, witness, writeAddCheckpoint } from './evidence/witness.js';
export { type JsonObject, canonicalJson, isJsonObject } from './text/canonical-json.js';
export { textOfItsOwn } from './text/own-text.js';
export {
  type Commit,
  type DecidedCommand,
  type LogHead,
  type StoredEvent,
  decodeEvents,
  emptyHead,
  encodeEvent,
  hashCommit,
  headerTextOf,
  fieldsOf,
  headOf,
  maxCommitBytes,
  maxEventsPerCommit,
  placesIn,
  sealCommit,
} from './log/commit.js';
export { type Origin, addressOf, parseAddress } from './log/origin.js';
export { newerIn } from './log/commit-problem.js';
export { type Damage, damageAt, LogDamaged, logDamaged } from './log/damage.js';
export type { RuleId } from './log/rules.js';
export {
  type DecodedCommit,
  decodeCommitDocument,
  decodeParts,
  decodeStoredCommit,
  encodeStoredCommit,
  positionIn,
} from './log/stored-commit.js';
export {
  type ChainCheck,
  type ChainVerifier,
  chainVerifier,
  verifyChain,
} from './log/verify-chain.js';
