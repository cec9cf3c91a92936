/** What kind of thing is wrong, in a word; the rule says exactly what. */
export type DamageKind =
  /** The data file is shorter than what it says it holds, or a page of it is not one. */
  | 'data-file'
  /** A commit is not JSON, or not in the one way that commits are written. */
  | 'not-a-commit'
  /** A field has another type than stated. */
  | 'field'
  /** Positions are not dense. */
  | 'gap'
  /** `prev` is not the hash of the commit before. */
  | 'chain'
  /** `hash` is not the hash of the commit. */
  | 'hash'
  /** The format falls. */
  | 'format'
  /** The epoch falls, or is opened otherwise than it should be. */
  | 'epoch'
  /** Time falls. */
  | 'time'
  /** A commit has the id of another. */
  | 'repeated'
  /** The index of streams is not the one of these commits. */
  | 'index'
  /** A seal or a key does not fit what it speaks of. */
  | 'seal'
  /** A time stamp is none, or of something else. */
  | 'stamp'
  /** Two manifests of dropped telemetry contradict each other. */
  | 'manifest'
  /** The events of a commit, their streams or their versions do not fit together. */
  | 'events';

interface Rule {
  readonly kind: DamageKind;
  /** As docs/ledger-format.md has it, word by word: a test holds them together. */
  readonly says: string;
}

function rules<Id extends string>(catalogue: Readonly<Record<Id, readonly [DamageKind, string]>>) {
  const entries = Object.entries<readonly [DamageKind, string]>(catalogue);
  return Object.fromEntries(entries.map(([id, [kind, says]]) => [id, { kind, says }])) as Readonly<
    Record<Id, Rule>
  >;
}

/** Longest `by` and `cause`, in UTF-16 code units; a request line is half as long at most. */
export const maxBy = 1_024;
export const maxCause = 32_768;
/** A commit's id is not that of any of so many commits before it: what a retry could write twice. */
export const idReach = 50_000;

/** Everything that a ledger or a bundle is held to, one number each. A number is never given again. */
export const ledgerRules = rules({
  P1: ['data-file', 'In lmdb every page that the ledger needs is in the data file, and is one.'],
  P2: ['gap', 'In lmdb a commit lies under the key of its position.'],
  P3: ['not-a-commit', 'The bytes of every line are UTF-8.'],
  P4: [
    'index',
    'In lmdb the index of streams has, for each stream of each commit, the version of its last event there, and nothing else.',
  ],
  P5: ['field', 'In MongoDB a commit is a document of exactly the members and types stated.'],
  P6: ['gap', 'In MongoDB the collection holds commits only: each `_id` is a long, from 1.'],
  C1: ['not-a-commit', 'A commit is a line of the form stated.'],
  C2: [
    'not-a-commit',
    'The header (in format 1 the whole line) is canonical JSON, at most 128 levels deep.',
  ],
  C3: ['field', 'The header has exactly the members stated, each of its type.'],
  C4: ['hash', '`hash` is the hash of the commit.'],
  C5: ['gap', 'Positions are 1, 2, 3 …'],
  C6: ['chain', '`prev` is the `hash` of the commit before, and 64 zeros in the first.'],
  C7: ['epoch', '`epoch` never falls.'],
  C8: ['time', '`at` never falls.'],
  C9: ['format', 'No commit of format 1 follows one of format 2.'],
  C10: ['repeated', '`commitId` is that of none of the 50 000 commits before.'],
  E1: ['events', 'The events are canonical JSON, at most 128 levels deep.'],
  E2: [
    'events',
    'They are a list of at least one event, each of exactly the members stated, each of its type.',
  ],
  E3: [
    'events',
    '`by` has 1 to 1 024 characters, `cause` 1 to 32 768 (UTF-16 code units); `deviceAt` is an integer from 0, and `trace` a traceparent.',
  ],
  E4: [
    'events',
    '`cause` has one of the five forms; an address points to an event before this one.',
  ],
  E5: ['events', '`version` is one more than that of the event before in its stream, from 1.'],
  E6: [
    'events',
    '`streams` are the streams of the events, each once, sorted by UTF-16 code units.',
  ],
  E7: [
    'events',
    '`type` is in the catalogue, `schema` is one of its versions, and `data` passes the schema.',
  ],
  E8: ['events', 'An event is in a stream of its type.'],
  O1: ['epoch', '`ClusterFounded` is the first event of the first commit, and there is no other.'],
  O2: [
    'epoch',
    'The first commit (after `ClusterFounded`), and one whose epoch is higher than the one before, begin with `EpochOpened` of their epoch, and there is no other.',
  ],
  O3: [
    'events',
    '`CatalogueChanged` comes right after `EpochOpened`, with another `hash` or `schemaVersion` than the one before and no lower `schemaVersion`. `schema` of every event is the `schemaVersion` that was stated last, by its own commit where that states one; before any it is 5 at most.',
  ],
  M1: [
    'manifest',
    'Manifests (`TelemetryTruncated`) of one segment are equal, and end where they begin or later.',
  ],
  K1: ['seal', 'A `fingerprint` that is presented is that of its `publicKey`, an Ed25519 key.'],
  K2: ['seal', 'At most one key is presented as the founding one, in the first commit.'],
  K3: ['seal', 'A verdict is by a key that was presented before it.'],
  K4: ['seal', 'A verdict is signed by the key that it names.'],
  K5: [
    'seal',
    'In format 2 a verdict names a tree and a seal is a checkpoint; in format 1 a verdict names none and a seal is `LedgerSealed`.',
  ],
  K6: [
    'seal',
    'The tree that a verdict names is one of this ledger, of one commit at least, and ends before the verdict.',
  ],
  K7: [
    'seal',
    'A key is endorsed once, after it was presented; nothing is said about a key that was revoked; a verdict names no smaller tree than the one before about the same key. (What a key says that does not count is passed over.)',
  ],
  S1: ['seal', 'A checkpoint is a note of the form stated, with one signature.'],
  S2: [
    'seal',
    'A checkpoint or seal states cluster, position, hash, epoch and root of a commit before it, and a checkpoint how many events stream `seals` had there.',
  ],
  S3: ['seal', 'A checkpoint or seal is signed by the key that it names, presented before it.'],
  S4: [
    'seal',
    'A cosignature is of one of the eight newest checkpoints before it, by its size, and the only one of its witness for it.',
  ],
  S5: [
    'seal',
    'A cosignature is that of the witness whose verifier key it names, over the text of the checkpoint.',
  ],
  T1: [
    'stamp',
    'A stamp is of one of the eight newest checkpoints before it, by its size, and of a larger one than the stamp before.',
  ],
  T2: [
    'stamp',
    '`token` is a time stamp token of the form stated, in the one form of base64, of the note of that checkpoint, and `time` is its `genTime`.',
  ],
  T3: [
    'stamp',
    'The certificate that signed a stamp leads, at `genTime`, to one that the reader trusts, where he names any.',
  ],
  B1: [
    'not-a-commit',
    'A bundle has exactly the lines stated, in that order, each ended by a line feed, and nothing else.',
  ],
  B2: [
    'not-a-commit',
    'The first line is canonical JSON of exactly the members stated; 1 ≤ `from` ≤ `to`, and `sealed` is 0 or at least `to`.',
  ],
  B3: [
    'events',
    'The schemas and their version are those of the newest `CatalogueChanged` that is shown, or there are none (`{}`); where none is shown, they are those of the version stated, where the reader knows it.',
  ],
  B4: [
    'seal',
    'The exhibits are the first commit and every commit of the tree with an event of stream `seals`: from its version 1, as many as the checkpoint states.',
  ],
  B5: ['seal', 'An exhibit belongs to the tree that the range proof gives, by its proof.'],
  B6: ['seal', 'The range proof fits the range: neither too few nor too many hashes.'],
  B7: ['gap', 'The last lines are the commits `from` to `to`, as many as that is.'],
});

export type RuleId = keyof typeof ledgerRules;
