import {
  commandKinds,
  idOf,
  isObject,
  maxJobCount,
  parseJsonObject,
  refused,
  shortened,
  type Control,
  type Parsed,
} from '@oakring/contracts';
import type { InstanceAddress } from '../runtimes/runtime.port.js';
import type { Identity } from './decide-control.js';

/** Longest id of a command that an acknowledgement may carry. */
const maxCommandIdCharacters = 64;

/** `nodes/<id>/controls`, checked before anything is done with it. */
export function parseControl(payload: Uint8Array): Parsed<Control> {
  const parsed = parseJsonObject(payload);
  if (!parsed.ok) return parsed;
  const body = parsed.value;
  const { commandId, digest, expiresAt, job, ledger, sentAt, worker } = body;
  const command = commandKinds.find((kind) => kind === body['command']);
  if (command === undefined) return unusable('command', body['command']);
  if (!isObject(job)) return unusable('job', job);
  const id = idOf(job['id'], 'job.id');
  if (!id.ok) return id;
  if (typeof commandId !== 'string' || commandId.length > maxCommandIdCharacters) {
    return unusable('commandId', commandId);
  }
  if (typeof expiresAt !== 'string') return unusable('expiresAt', expiresAt);
  const numbers = { instance: 0, generation: 1, attempt: 1, epoch: 0 };
  for (const [field, least, most] of numberFields) {
    const value = body[field];
    if (
      typeof value !== 'number' ||
      !Number.isSafeInteger(value) ||
      value < least ||
      value > most
    ) {
      return unusable(field, value);
    }
    numbers[field] = value;
  }
  return {
    ok: true,
    value: {
      command,
      job: { ...job, id: id.value },
      ...(typeof worker === 'string' ? { worker } : {}),
      commandId,
      ...numbers,
      ...(isShort(ledger) ? { ledger } : {}),
      ...(isShort(digest) ? { digest } : {}),
      ...(typeof sentAt === 'string' ? { sentAt } : {}),
      expiresAt,
    },
  };
}

const numberFields = [
  ['instance', 0, maxJobCount - 1],
  ['generation', 1, Number.MAX_SAFE_INTEGER],
  ['attempt', 0, Number.MAX_SAFE_INTEGER],
  ['epoch', 0, Number.MAX_SAFE_INTEGER],
] as const;

const maxIdentityCharacters = 64;

function isShort(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxIdentityCharacters;
}

function unusable(field: string, value: unknown): Parsed<never> {
  const shown = JSON.stringify(shortened(value)) ?? 'missing';
  return refused('invalid-field', `${field} is ${shown}, which is not usable.`, field, value);
}

/** What is ordered: a name and generation of another ledger, or another digest, is another instance. */
export function identityOf({ ledger, digest }: Control): Identity {
  return { ledger: ledger ?? null, digest: digest ?? null };
}

/** The instance that an order is about. */
export function addressOf({ job, instance, generation }: Control): InstanceAddress {
  return { job: job.id, instance, generation };
}
