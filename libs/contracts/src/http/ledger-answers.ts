import {
  anything,
  flag,
  listOf,
  natural,
  nullable,
  number,
  oneOf,
  recordOf,
  text,
  time,
} from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

@Shape({ name: 'LedgerHead', says: 'One hash that stands for the whole history up to a position.' })
export class LedgerHeadAnswer {
  @Field(natural)
  readonly position: number;

  @Field(text)
  readonly hash: string;

  @Field(natural)
  readonly epoch: number;

  @Field(nullable(text), {
    says: 'Where the leader takes commands; null while nobody is known to lead.',
  })
  readonly leader: string | null;

  @Field(flag, { says: 'This manager is the one that writes.' })
  readonly leading: boolean;
}

const keyStatuses = ['presented', 'counts', 'revoked'] as const;

@Shape({ says: 'A key that seals the ledger.' })
export class LedgerKey {
  @Field(text, { says: 'SHA-256 of the public key’s SPKI DER, hexadecimal.' })
  readonly fingerprint: string;

  @Field(nullable(text))
  readonly publicKey: string | null;

  @Field(oneOf(keyStatuses))
  readonly status: (typeof keyStatuses)[number];

  @Field(nullable(text))
  readonly by: string | null;

  @Field(natural)
  readonly position: number;

  @Field(natural, { says: 'Size of the tree that the last verdict on it names; 0 before any.' })
  readonly judgedAt: number;
}

@Shape({ says: 'The Merkle tree over the first commits.' })
export class SeenTree {
  @Field(natural, { says: 'How many commits.' })
  readonly position: number;

  @Field(text, { says: 'Its root, hexadecimal.' })
  readonly merkleRoot: string;
}

@Shape()
export class LedgerKeys {
  @Field(text)
  readonly clusterId: string;

  @Field(natural)
  readonly position: number;

  @Field(nullable(natural), {
    says: 'The ledger is sealed up to here; null before the first seal.',
  })
  readonly sealed: number | null;

  @Field(shaped(SeenTree), { says: 'What a statement about a key is to name now.' })
  readonly tree: SeenTree;

  @Field(nullable(text), {
    says: 'The newest checkpoint, as signed (C2SP tlog-checkpoint); null before the first.',
  })
  readonly checkpoint: string | null;

  @Field(listOf(shaped(LedgerKey)))
  readonly items: readonly LedgerKey[];
}

@Shape({ says: 'How a tree of the ledger grew into a later one (RFC 9162, section 2.1.4).' })
export class Consistency {
  @Field(text)
  readonly clusterId: string;

  @Field(shaped(SeenTree))
  readonly from: SeenTree;

  @Field(shaped(SeenTree))
  readonly to: SeenTree;

  @Field(listOf(text), {
    says: 'Hashes, hexadecimal, in the order of the RFC; none between equals.',
  })
  readonly proof: readonly string[];

  @Field(nullable(text), {
    says: 'The newest checkpoint, as signed, where it covers `to`; null where none does.',
  })
  readonly checkpoint: string | null;
}

@Shape({ says: 'What is wrong with the ledger, and where.' })
export class LedgerDamage {
  @Field(nullable(natural), { says: 'Of the commit that is to blame; null: the store as a whole.' })
  readonly position: number | null;

  @Field(text)
  readonly kind: string;

  @Field(text, { says: 'Of docs/ledger-format.md, that is broken.' })
  readonly rule: string;

  @Field(text)
  readonly detail: string;

  @Field(time)
  readonly foundAt: string;
}

const verifiedStatuses = ['verifying', 'whole', 'damaged'] as const;

@Shape({
  name: 'LedgerVerified',
  says: 'What the manager that answers has verified by itself since it started, as `oakring audit verify` does.',
})
export class LedgerVerified {
  @Field(oneOf(verifiedStatuses), { says: '`whole`: all there is was verified.' })
  readonly status: (typeof verifiedStatuses)[number];

  @Field(natural, { says: 'Position up to which commits were verified.' })
  readonly verifiedTo: number;

  @Field(natural, { says: 'Position of the newest commit that the views reflect.' })
  readonly head: number;

  @Field(nullable(time), { says: 'When the newest commit was verified.' })
  readonly at: string | null;

  @Field(nullable(time), { says: 'When all there was had been verified.' })
  readonly wholeAt: string | null;

  @Field(natural, {
    says: 'How often the ledger was gone through from its first commit to its last.',
  })
  readonly passes: number;

  @Field(nullable(natural), {
    says: 'Sealed up to here by a key that counts, as far as was verified; null before the first.',
  })
  readonly sealed: number | null;

  @Field(listOf(text), { says: 'Nothing is damaged, and yet somebody should look.' })
  readonly warnings: readonly string[];

  @Field(nullable(shaped(LedgerDamage)), { says: 'It ends the verification until the next start.' })
  readonly damage: LedgerDamage | null;

  @Field(nullable(natural), { says: 'In a second of the time that it works.' })
  readonly commitsPerSecond: number | null;

  @Field(number, { says: 'Of one core that it takes at most.' })
  readonly share: number;
}

@Shape()
export class KeyJudged {
  @Field(text)
  readonly fingerprint: string;

  @Field(text)
  readonly status: string;
}

@Shape()
export class CosignaturesTaken {
  @Field(natural, { says: 'What the checkpoint seals.' })
  readonly position: number;

  @Field(listOf(text), { says: 'Witnesses whose cosignatures of it lie in the ledger.' })
  readonly witnesses: readonly string[];
}

@Shape()
export class Moment {
  @Field(natural)
  readonly position: number;

  @Field(time)
  readonly at: string;
}

@Shape({ says: 'Null: it is not there.' })
export class FieldChange {
  @Field(anything)
  readonly before: unknown;

  @Field(anything)
  readonly after: unknown;
}

const changes = ['added', 'removed', 'changed'] as const;

@Shape()
export class DiffItem {
  @Field(text, { says: 'nodes, jobs, instances, placements or commands.' })
  readonly view: string;

  @Field(text)
  readonly key: string;

  @Field(oneOf(changes))
  readonly change: (typeof changes)[number];

  @Field(recordOf(shaped(FieldChange)), { says: 'By field.' })
  readonly fields: Readonly<Record<string, FieldChange>>;
}

@Shape({ name: 'Diff', says: 'What changed between the states after two commits.' })
export class DiffAnswer {
  @Field(shaped(Moment))
  readonly from: Moment;

  @Field(shaped(Moment))
  readonly to: Moment;

  @Field(listOf(shaped(DiffItem)))
  readonly items: readonly DiffItem[];

  @Field(flag, { says: 'There are more than the limit.' })
  readonly more: boolean;
}
