import type { ErrorCode, Refusal } from '@oakring/contracts';
import { clusterStream, type DecidedCommand, type JsonObject } from '@oakring/events';
import type { IdempotencyKey, Outcome } from './command.js';
import { decide } from './decide/decide.js';
import type { Decided, Deciding } from './decide/deciding.js';
import type { Waiting } from './waiting.js';

/** What the log keeps of an answer, so that the same request is answered alike for 24 hours. */
type StoredOutcome =
  | { readonly bodyHash: string; readonly status: 'accepted'; readonly answer: JsonObject | null }
  | { readonly bodyHash: string; readonly status: 'refused'; readonly refusal: JsonObject };

/**
 * Decides a command, unless its key was answered before: then that answer comes again. What is
 * decided under a key is added to `commands`, which become part of the commit.
 */
export function decideOnce(
  deciding: Deciding,
  { command, key }: Pick<Waiting, 'command' | 'key'>,
  commands: DecidedCommand[],
): Outcome<unknown> {
  const before = key === undefined ? null : answeredBefore(deciding, key, commands);
  if (before !== null) return before;
  const already = deciding.events.length;
  const decided = decide(deciding, command);
  const changed = deciding.events.length > already;
  if (key !== undefined) {
    if (!changed && 'answer' in decided) {
      const data = { request: key.id };
      deciding.emit({ stream: clusterStream, type: 'RequestAnswered', data });
    }
    if (deciding.events.length > already) commands.push(storedOutcome(key, decided));
  }
  const { position } = deciding;
  if (key !== undefined && 'refusal' in decided && deciding.leftOut) {
    return { status: 'refused', refusal: unkept(decided.refusal), position };
  }
  return 'refusal' in decided
    ? { status: 'refused', refusal: decided.refusal, position }
    : { status: 'accepted', answer: decided.answer, position, repeated: !changed };
}

function storedOutcome(key: IdempotencyKey, decided: Decided<unknown>): DecidedCommand {
  const outcome: StoredOutcome =
    'refusal' in decided
      ? { bodyHash: key.bodyHash, status: 'refused', refusal: { ...decided.refusal } }
      : {
          bodyHash: key.bodyHash,
          status: 'accepted',
          // Every answer of the catalogue is a JSON object or null.
          answer: decided.answer as JsonObject | null,
        };
  return { id: key.id, outcome };
}

/**
 * The first answer to a request with this key, in the log or earlier in the commit being made;
 * a refusal when the key was used with another body; null when the key is new.
 */
function answeredBefore(
  deciding: Deciding,
  key: IdempotencyKey,
  gathered: readonly DecidedCommand[],
): Outcome<unknown> | null {
  const inLog = deciding.state.answers.get(key.id);
  const stored = inLog?.outcome ?? gathered.find((command) => command.id === key.id)?.outcome;
  if (stored === undefined) return null;
  const position = inLog?.position ?? deciding.position;
  // Written by `storedOutcome`, and covered by the commit's hash.
  const outcome = stored as unknown as StoredOutcome;
  if (outcome.bodyHash !== key.bodyHash) {
    const refusal = reused(key);
    deciding.emit({
      stream: clusterStream,
      type: 'RequestRefused',
      data: { request: key.id, code: refusal.code, detail: refusal.detail },
    });
    return { status: 'refused', refusal, position: deciding.position };
  }
  return outcome.status === 'accepted'
    ? { status: 'accepted', answer: outcome.answer, position, repeated: true }
    : { status: 'refused', refusal: refusalOf(outcome.refusal), position };
}

/** What is not on record cannot be answered again, so that it is no answer. */
function unkept({ detail }: Refusal): Refusal {
  return {
    code: 'too-many-requests',
    detail: `Too many orders of whoever asks were refused lately to keep this answer under its key: ${detail}`,
  };
}

function reused(key: IdempotencyKey): Refusal & { code: ErrorCode } {
  return {
    code: 'idempotency-key-reused',
    detail: `${key.id} was used with a different body before.`,
    field: 'Idempotency-Key',
  };
}

function refusalOf(stored: JsonObject): Refusal {
  return stored as unknown as Refusal;
}
