import { byCaller, OakringError, withoutTokens } from '@oakring/contracts';
import { canonicalJson } from '@oakring/events';
import type { FastifyRequest } from 'fastify';
import { sha256 } from '@oakring/crypto';
import type { IdempotencyKey } from '../../commands/command.js';
import { header } from '../../http/endpoints/parameters.js';
import type { CommandOrigin } from '../../commands/origin.js';

const visible = /^[\x21-\x7e]{1,256}$/;

/** What every order looks at. */
export const idempotencyKey = header(
  'Idempotency-Key',
  'A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys.',
  ['invalid-field', 'idempotency-key-reused'],
);

/** The caller's name for a request; undefined when it gives none. */
export function keyOf(request: FastifyRequest, bodyHash: () => string): IdempotencyKey | undefined {
  const header = request.headers[idempotencyKey.name.toLowerCase()];
  if (header === undefined) return undefined;
  const key = String(header);
  if (!visible.test(key)) {
    throw new OakringError({
      code: 'invalid-field',
      detail: `Idempotency-Key has ${key.length} characters; it takes 1 to 256 visible ones of ASCII.`,
      field: idempotencyKey.name,
      value: key.slice(0, 64),
    });
  }
  return { id: `${placeOf(request)}#${key}${ofWhom(request)}`, bodyHash: bodyHash() };
}

/** Whoever has a token has keys of their own: nobody is given another's answer. Keys have no spaces. */
function ofWhom({ caller: { name, by } }: FastifyRequest): string {
  return typeof by === 'string' ? '' : ` of ${name}`;
}

/** Who asks, and by which request: what comes of it says so. */
export function originOf(request: FastifyRequest, key: IdempotencyKey | undefined): CommandOrigin {
  const id = key?.id ?? `${placeOf(request)}#${request.id}`;
  const trace = request.trace ?? null;
  const { name, by: shown } = request.caller;
  return {
    by: byCaller(name),
    cause: `request:${id}`,
    ...(trace === null ? {} : { trace }),
    ...(typeof shown === 'string' ? {} : { tokenHash: shown.hash }),
  };
}

/** Method and path. */
export function placeOf({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): string {
  return `${method} ${withoutTokens(url.split('?', 1)[0] ?? '')}`;
}

/** SHA-256 of a body's canonical JSON, hex: tells a repetition from another request. */
export function hashOf(body: unknown): string {
  return sha256(canonicalJson(body));
}

/** The id of a job that was submitted without one: the same again for the same key. */
export function jobIdOf(key: IdempotencyKey): string {
  return sha256(key.id).slice(0, 32);
}
