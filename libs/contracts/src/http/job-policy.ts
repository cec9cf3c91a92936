import {
  booleanOf,
  integerOf,
  isObject,
  refused,
  type IntegerRange,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import { optional } from '../messages/codec.js';

export const reconcileChoices = ['keepReplacement', 'keepOriginal', 'longestRunning'] as const;
export type ReconcileChoice = (typeof reconcileChoices)[number];

/**
 * What becomes of an instance whose node is not heard of (docs/state-machines.md, instances). Times in
 * milliseconds.
 */
export interface OnDisconnect {
  /** Whether a lost instance is placed again elsewhere. */
  readonly replace: boolean;
  /** Which one goes on when the original turns out to be running beside its replacement. */
  readonly reconcile: ReconcileChoice;
  /** The node is not ready for this long, counted from suspect: the instance is lost. Null: never. */
  readonly lostAfterMs: number | null;
  /** The worker kills the instance when it had no grant for this long: it never runs twice. Null: it goes on. */
  readonly stopOnWorkerAfterMs: number | null;
}

/** How often and how soon a failed instance is tried again. Times in milliseconds. */
export interface Restart {
  /** Failures in a row after which it is given up; null: never. */
  readonly limit: number | null;
  /** Ceiling of the first wait; it doubles with each failure, and the wait is a random part of it. */
  readonly firstMs: number;
  readonly mostMs: number;
  /** An instance that ran for this long starts counting its failures anew. */
  readonly resetAfterMs: number;
}

/** How a new revision of the job is rolled out (`PUT /api/v1/jobs/{id}`). */
export interface Update {
  /** Instances that may be missing at once on account of the update. */
  readonly maxUnavailable: number;
  /** An updated instance counts once it has run for this long, milliseconds. */
  readonly healthyAfterMs: number;
  /** Go back to the former revision when an updated instance fails. */
  readonly rollback: boolean;
}

/** What a job asks for when something fails. */
export interface JobPolicy {
  readonly onDisconnect: OnDisconnect;
  readonly restart: Restart;
  readonly update: Update;
  /** It runs to its end: exit code 0 completes it. Otherwise every end is a failure to be mended. */
  readonly oneShot: boolean;
}

export const defaultPolicy: JobPolicy = {
  onDisconnect: {
    replace: true,
    reconcile: 'keepReplacement',
    lostAfterMs: 30_000,
    stopOnWorkerAfterMs: null,
  },
  restart: { limit: 10, firstMs: 1_000, mostMs: 300_000, resetAfterMs: 600_000 },
  update: { maxUnavailable: 1, healthyAfterMs: 5_000, rollback: true },
  oneShot: false,
};

const dayMs = 86_400_000;
const lostAfterRange = { minimum: 500, maximum: 30 * dayMs };
/** A grant comes with every reading: a limit below a few periods would stop healthy instances. */
const stopAfterRange = { minimum: 10_000, maximum: 30 * dayMs };

/** `onDisconnect`, `restart`, `update` and `one_shot` of a job document. */
export function parseJobPolicy(body: JsonObject): Parsed<JobPolicy> {
  const onDisconnect = optional(body['onDisconnect'], defaultPolicy.onDisconnect, onDisconnectOf);
  if (!onDisconnect.ok) return onDisconnect;
  const restart = optional(body['restart'], defaultPolicy.restart, restartOf);
  if (!restart.ok) return restart;
  const update = optional(body['update'], defaultPolicy.update, updateOf);
  if (!update.ok) return update;
  const oneShot = optional(body['one_shot'], false, (value) => booleanOf(value, 'one_shot'));
  if (!oneShot.ok) return oneShot;
  return {
    ok: true,
    value: {
      onDisconnect: onDisconnect.value,
      restart: restart.value,
      update: update.value,
      oneShot: oneShot.value,
    },
  };
}

function onDisconnectOf(value: unknown): Parsed<OnDisconnect> {
  const body = knownFields(value, 'onDisconnect', Object.keys(defaultPolicy.onDisconnect));
  if (!body.ok) return body;
  const fallback = defaultPolicy.onDisconnect;
  const replace = optional(body.value['replace'], fallback.replace, (field) =>
    booleanOf(field, 'onDisconnect.replace'),
  );
  if (!replace.ok) return replace;
  const reconcile = optional(body.value['reconcile'], fallback.reconcile, choiceOf);
  if (!reconcile.ok) return reconcile;
  const lostAfterMs = unlessNull(body.value, 'onDisconnect.lostAfterMs', lostAfterRange);
  if (!lostAfterMs.ok) return lostAfterMs;
  const stopAfterMs = unlessNull(body.value, 'onDisconnect.stopOnWorkerAfterMs', stopAfterRange);
  if (!stopAfterMs.ok) return stopAfterMs;
  return {
    ok: true,
    value: {
      replace: replace.value,
      reconcile: reconcile.value,
      lostAfterMs: lostAfterMs.value === undefined ? fallback.lostAfterMs : lostAfterMs.value,
      stopOnWorkerAfterMs: stopAfterMs.value ?? null,
    },
  };
}

function choiceOf(value: unknown): Parsed<ReconcileChoice> {
  const choice = reconcileChoices.find((known) => known === value);
  if (choice !== undefined) return { ok: true, value: choice };
  const field = 'onDisconnect.reconcile';
  const detail = `${field} is ${JSON.stringify(value)}; it can be ${reconcileChoices.join(', ')}.`;
  return refused('invalid-field', detail, field, value);
}

function restartOf(value: unknown): Parsed<Restart> {
  const body = knownFields(value, 'restart', Object.keys(defaultPolicy.restart));
  if (!body.ok) return body;
  const fallback = defaultPolicy.restart;
  const limit = unlessNull(body.value, 'restart.limit', { minimum: 0, maximum: 1_000_000 });
  if (!limit.ok) return limit;
  const times = { ...fallback };
  for (const name of ['firstMs', 'mostMs', 'resetAfterMs'] as const) {
    const time = optional(body.value[name], fallback[name], (field) =>
      integerOf(field, `restart.${name}`, { minimum: 100, maximum: dayMs }),
    );
    if (!time.ok) return time;
    times[name] = time.value;
  }
  return {
    ok: true,
    value: {
      ...times,
      limit: limit.value === undefined ? fallback.limit : limit.value,
    },
  };
}

function updateOf(value: unknown): Parsed<Update> {
  const body = knownFields(value, 'update', Object.keys(defaultPolicy.update));
  if (!body.ok) return body;
  const fallback = defaultPolicy.update;
  const maxUnavailable = optional(body.value['maxUnavailable'], fallback.maxUnavailable, (field) =>
    integerOf(field, 'update.maxUnavailable', { minimum: 1, maximum: 10_000 }),
  );
  if (!maxUnavailable.ok) return maxUnavailable;
  const healthyAfterMs = optional(body.value['healthyAfterMs'], fallback.healthyAfterMs, (field) =>
    integerOf(field, 'update.healthyAfterMs', { minimum: 0, maximum: dayMs }),
  );
  if (!healthyAfterMs.ok) return healthyAfterMs;
  const rollback = optional(body.value['rollback'], fallback.rollback, (field) =>
    booleanOf(field, 'update.rollback'),
  );
  if (!rollback.ok) return rollback;
  return {
    ok: true,
    value: {
      maxUnavailable: maxUnavailable.value,
      healthyAfterMs: healthyAfterMs.value,
      rollback: rollback.value,
    },
  };
}

/** A misspelt field of a policy would be a promise that is not kept: it is refused. */
function knownFields(value: unknown, field: string, known: readonly string[]): Parsed<JsonObject> {
  if (!isObject(value)) return refused('invalid-field', `${field} is not an object.`, field, value);
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger === undefined) return { ok: true, value };
  const detail = `${field}.${stranger} is not known; ${field} has ${known.join(', ')}.`;
  return refused('invalid-field', detail, `${field}.${stranger}`, value[stranger]);
}

/** Absent: undefined. Null is an answer of its own. */
function unlessNull(
  body: JsonObject,
  path: string,
  range: IntegerRange,
): Parsed<number | null | undefined> {
  const value = body[path.slice(path.indexOf('.') + 1)];
  if (value === undefined || value === null) return { ok: true, value };
  return integerOf(value, path, range);
}
