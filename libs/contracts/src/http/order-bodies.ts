import { maxJobCount } from '../messages/addresses.js';
import type { JsonObject } from '../parsing/parsing.js';
import { flag, identifier, integer, matching, textOf } from './kinds.js';
import { labels } from './placement-rules.js';
import { Field, Shape } from './shape.js';

const maxDrainMs = 7 * 86_400_000;
export const usualDrainMs = 600_000;
const maxReasonCharacters = 1_024;
const maxSignatureCharacters = 128;
/** A signed note, whosever signatures are on it. */
const maxNoteCharacters = 65_536;

/** The body of an order that says everything by its address. */
@Shape()
export class Nothing {}

@Shape({ example: { labels: { position: '48.2,11.6' } } })
export class LabelNode {
  @Field(labels, { says: 'All that an operator says of it; `position` is latitude,longitude.' })
  readonly labels: Readonly<Record<string, string | number | boolean>>;
}

@Shape({ example: { count: 5 } })
export class ReplicateJob {
  @Field(integer(0, maxJobCount), { says: 'The new total.' })
  readonly count: number;
}

@Shape({ example: { worker: 'n2' } })
export class MoveInstance {
  @Field(identifier, { optional: true, says: 'The scheduler chooses when it is left out.' })
  readonly worker?: string | number;
}

@Shape()
export class NodeReason {
  @Field(textOf(maxReasonCharacters), { optional: true })
  readonly reason?: string;
}

@Shape({ says: 'With force, what is left at the deadline is stopped and placed elsewhere.' })
export class DrainNode {
  @Field(integer(0, maxDrainMs), { optional: true, default: usualDrainMs })
  readonly withinMs?: number;

  @Field(flag, { optional: true, default: false })
  readonly force?: boolean;
}

export const fingerprint = matching(/^[0-9a-f]{64}$/, 'not a fingerprint of 64 hexadecimal digits');

const hash = matching(/^[0-9a-f]{64}$/, 'not a hash of 64 hexadecimal digits');
/** All of a statement, or nothing of it. */
const when = (document: JsonObject): boolean =>
  Object.values(document).some((value) => value !== undefined && value !== null);

@Shape({ says: 'A statement signed elsewhere, whole; without a body the leader signs.' })
export class JudgeKey {
  @Field(fingerprint, { when })
  readonly by?: string;

  @Field(integer(1, Number.MAX_SAFE_INTEGER), {
    when,
    says: 'Size of the tree that the signer saw: `tree` of the keys.',
  })
  readonly position?: number;

  @Field(hash, { when, says: 'Root of that tree.' })
  readonly merkleRoot?: string;

  @Field(textOf(maxSignatureCharacters), { when, says: 'Ed25519, base64.' })
  readonly signature?: string;
}

@Shape({ says: 'A checkpoint with the signatures of witnesses.' })
export class CosignedCheckpoint {
  @Field(textOf(maxNoteCharacters), { says: 'The signed note (C2SP).' })
  readonly note: string;
}
