import { generationRange, instanceRange, wordIn } from './addresses.js';
import { ifAny, messageOf, must, wordOf } from './codec.js';
import { traceparentOf } from '../trace-context.js';
import { idOf, integerOf, isObject, refused, textOf, unlike } from '../parsing/parsing.js';
import type { IntegerRange, JsonObject, Parsed } from '../parsing/parsing.js';

export const commandKinds = ['deploy', 'delete', 'move', 'replicate'] as const;
export type CommandKind = (typeof commandKinds)[number];

/**
 * `nodes/<id>/controls`: an order to a worker. At-least-once with one `commandId` for all attempts;
 * idempotent by (job.id, instance, generation).
 */
export interface Control {
  readonly command: CommandKind;
  /** The job as the root sent it, unknown fields included, with at least id, name, image, technology. */
  readonly job: JsonObject & { readonly id: string };
  readonly commandId: string;
  /**
   * Manager's time, ISO 8601: not to be obeyed later than this. Clocks may be set: what counts is how
   * long after `sentAt` it is, on the worker's own clock.
   */
  readonly expiresAt: string;
  /** Number of the instance, from 0. */
  readonly instance: number;
  readonly generation: number;
  /** From 1. */
  readonly attempt: number;
  /** Number of the leadership that ordered; a worker ignores one below the highest it has seen. */
  readonly epoch: number;
  /** `move` only: the node that takes the instance over. */
  readonly worker?: string;
  /** Identity of the manager's ledger, from its first commit. Epochs and generations are of one ledger. */
  readonly ledger?: string;
  /** `deploy`, `replicate`: what is ordered, as one short word: an instance that has another is another. */
  readonly digest?: string;
  /** Manager's time of this very sending, ISO 8601. */
  readonly sentAt?: string;
  /** W3C `traceparent` of the request that led to it. */
  readonly traceparent?: string;
  /** `deploy`, `replicate`: values of the secrets that the job names, as far as they are there. */
  readonly secrets?: Readonly<Record<string, string>>;
}

const count = { minimum: 0, maximum: Number.MAX_SAFE_INTEGER };

const inRange = (range: IntegerRange) => (value: unknown, name: string) =>
  integerOf(value, name, range);

const traceparent = (value: unknown, name: string): Parsed<string> => {
  const kept = traceparentOf(value);
  return kept === null ? unlike(name, value, 'a traceparent') : { ok: true, value: kept };
};

const text = (value: unknown, name: string) => textOf(value, name, 4_096);

export const control = messageOf<Control>({
  command: must(wordOf(commandKinds)),
  job: must(jobOf),
  commandId: must(wordIn),
  expiresAt: must(text),
  instance: must(inRange(instanceRange)),
  generation: must(inRange(generationRange)),
  attempt: must(inRange(count)),
  epoch: must(inRange(count)),
  worker: ifAny(text),
  ledger: ifAny(wordIn),
  digest: ifAny(wordIn),
  sentAt: ifAny(text),
  traceparent: ifAny(traceparent),
  secrets: ifAny(secretsOf),
});

/** What is wrong with them is said without them. */
function secretsOf(value: unknown, name: string): Parsed<Readonly<Record<string, string>>> {
  const isUsable =
    isObject(value) && Object.values(value).every((each) => typeof each === 'string');
  if (isUsable) return { ok: true, value: value as Readonly<Record<string, string>> };
  return refused('invalid-field', `${name} is not an object of texts.`, name);
}

function jobOf(value: unknown, name: string): Parsed<Control['job']> {
  if (!isObject(value)) {
    return unlike(name, value, 'an object');
  }
  const id = idOf(value['id'], `${name}.id`);
  return id.ok ? { ok: true, value: { ...value, id: id.value } } : id;
}
