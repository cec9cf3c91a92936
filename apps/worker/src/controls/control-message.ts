import {
  commandKinds,
  isObject,
  parseJsonObject,
  refused,
  type Control,
  type JsonObject,
  type Parsed,
} from '@oakring/contracts';

/** `nodes/<id>/controls`, checked before anything is done with it. */
export function parseControl(payload: Uint8Array): Parsed<Control> {
  const parsed = parseJsonObject(payload);
  if (!parsed.ok) return parsed;
  const body = parsed.value;
  const command = commandKinds.find((kind) => kind === body['command']);
  if (command === undefined) return bad('command', body['command']);
  const job = body['job'];
  if (!isObject(job) || typeof job['id'] !== 'string') return bad('job', job);
  for (const field of ['instance', 'generation', 'attempt', 'epoch']) {
    if (!Number.isSafeInteger(body[field])) return bad(field, body[field]);
  }
  if (typeof body['commandId'] !== 'string') return bad('commandId', body['commandId']);
  if (typeof body['expiresAt'] !== 'string') return bad('expiresAt', body['expiresAt']);
  // Every field that we use was checked above.
  return { ok: true, value: body as unknown as Control & JsonObject };
}

function bad(field: string, value: unknown): Parsed<never> {
  return refused('invalid-field', `${field} is not usable.`, field, value ?? null);
}
