import { isObject, refused, type JsonObject, type Parsed } from '@oakring/contracts';
import { arrivalIn, type MachineRegistration } from '../../wires/spoken.js';
import { maxInstanceNumber } from '../root/service-translation.js';

/** How the old cluster's data base writes down what it knows; whatever is missing there may be missing. */

/** Runtime of workers whose own list was lost there. */
const usualRuntime = 'docker';

/**
 * A node of the data base `candidates`: what its worker registered with, partly written over by what it
 * said since. Its id stays, and what tells its machine from others. How much memory it has in all is not
 * known there: what was free at last is, to which whoever imports adds what runs there.
 */
export function nodeIn(
  candidate: JsonObject,
  id: string,
): Parsed<Pick<MachineRegistration, 'registration' | 'dialect'>> {
  const { host, candidate_name: name = null, ip } = candidate;
  const body = {
    ...withoutNulls(candidate),
    host: typeof host === 'string' && host !== '' ? host : name,
    ...{ memory: wholeIn(candidate['memory']), vcpus: wholeIn(candidate['vcpus']) },
  };
  const arrival = arrivalIn(body, typeof ip === 'string' ? ip : '');
  if (!arrival.ok) return arrival;
  const { registration, dialect } = arrival.value.claimOf({ nodes: [], isHeard: () => false });
  if (registration.ip === '') return refused('invalid-field', 'ip is not there.', 'ip', ip);
  const technologies =
    registration.technologies.length === 0 ? [usualRuntime] : registration.technologies;
  const assumed = { ...registration, id, technologies, assumed: true };
  return { ok: true, value: { registration: assumed, dialect } };
}

/** Such data bases write numbers as they come: 2003.0 is one. */
function wholeIn(value: unknown): unknown {
  return typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : value;
}

interface OldInstance {
  readonly number: number;
  /** Null: none is known. */
  readonly worker: string | null;
  readonly hasCompleted: boolean;
}

/** Null: it has no number, and nothing can be known of it. */
export function instancesIn(job: JsonObject): readonly (OldInstance | null)[] {
  const list: unknown = job['instance_list'];
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    const { instance_number: number, worker_id: worker, status } = isObject(entry) ? entry : {};
    if (typeof number !== 'number' || !Number.isInteger(number)) return null;
    if (number < 0 || number > maxInstanceNumber) return null;
    return {
      number,
      worker: typeof worker === 'string' && worker !== '' ? worker : null,
      hasCompleted: status === 'COMPLETED',
    };
  });
}

/** The document as its root wrote it: what the old cluster knew of it besides is no part of it. */
export function serviceIn(job: JsonObject): JsonObject {
  const { instance_list: _instances, last_modified: _at, ...rest } = job;
  const {
    status: _status,
    status_detail: _detail,
    last_modified_timestamp: _stamp,
    ...service
  } = rest;
  return withoutNulls(service);
}

/** Null is as absent, there and for workers. */
function withoutNulls(document: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null));
}
