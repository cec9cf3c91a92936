import { may } from '../messages/codec.js';
import {
  booleanOf,
  isObject,
  refused,
  unlike,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import { nameIn } from './job-ports.js';
import { listFrom, membersOf } from './members.js';

export const maxVolumes = 64;

/** Where a program keeps what outlives it: either of the two is named. */
export interface Volume {
  /** A folder of the worker, by a name. */
  readonly volume: string | null;
  /** A folder of the machine. */
  readonly hostPath: string | null;
  /** Where the program sees it; null: it is told. */
  readonly target: string | null;
  readonly readOnly: boolean;
}

/** `volumes` of a job, each written out; empty where there are none. */
export function parseVolumes(job: JsonObject): Parsed<readonly Volume[]> {
  return listFrom(job, 'volumes', maxVolumes, (value, field) => {
    const whole = volumeAtLength(value);
    if (whole === null) return unlike(field, value, volumeForm);
    const read = readVolume(whole, field);
    if (!read.ok) return read;
    const { volume, hostPath } = read.value;
    if ((volume === null) !== (hostPath === null)) return read;
    const detail = `${field} names ${volume === null ? 'neither' : 'both'} volume and hostPath; it is one of the two.`;
    return refused('invalid-field', detail, field, value);
  });
}

export const volumeForm = '"data:/data", "/srv/x:/data:ro", "data" or {volume, target, …}';

/** A volume as an object: what begins with a slash is of the machine. Null: it is written in no form that is known. */
export function volumeAtLength(value: unknown): JsonObject | null {
  if (isObject(value)) return value;
  if (typeof value !== 'string' || value === '') return null;
  const parts = value.split(':');
  const mode = parts.at(-1);
  const isModal = parts.length > 1 && (mode === 'ro' || mode === 'rw');
  const [source = '', target, ...rest] = isModal ? parts.slice(0, -1) : parts;
  if (rest.length > 0) return null;
  return {
    ...(source.startsWith('/') ? { hostPath: source } : { volume: source }),
    ...(target === undefined ? {} : { target }),
    ...(mode === 'ro' ? { readOnly: true } : {}),
  };
}

export const pathExpectation = 'an absolute path of at most 1024 characters without ".."';

/** One that leads upwards could leave what its owner allows. */
export function isPath(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= 1_024 &&
    /^\/[^\0]*$/.test(value) &&
    !value.split('/').includes('..')
  );
}

export function pathIn(value: unknown, field: string): Parsed<string> {
  return isPath(value) ? { ok: true, value } : unlike(field, value, pathExpectation);
}

const readVolume = membersOf<Volume>({
  volume: may(nameIn, null),
  hostPath: may(pathIn, null),
  target: may(pathIn, null),
  readOnly: may(booleanOf, false),
});
