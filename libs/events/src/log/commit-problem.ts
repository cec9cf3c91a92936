import { eventProblem, isEventType, schemaVersion } from '../catalogue/catalogue.js';
import { isStreamOf } from '../catalogue/streams-of-types.js';
import { upcast } from '../catalogue/upcasters.js';
import { isCanonical, isJsonObject, type JsonObject } from '../text/canonical-json.js';
import {
  hashCommit,
  keepHeads,
  recordsIn,
  type Commit,
  type EventHead,
  type EventRecord,
} from './commit.js';
import { damageAt, newerAt, type Damage, type Problem } from './damage.js';
import { isBefore, originProblem, parseAddress } from './origin.js';
import { plainEvents } from './plain-events.js';

/**
 * The events of a commit with which nothing is wrong by itself, whatever was before it, or what is wrong:
 * everything that needs no other commit, and most of the work of a verifier. Pure, so that many can look at
 * a log at once. What comes of the order of commits is `chainVerifier`'s and `ledgerVerifier`'s.
 */
export function soundEvents(commit: Commit): readonly EventHead[] | Damage {
  const problem = hashProblem(commit);
  if (problem !== null) return damageAt(commit.position, problem.rule, problem.detail);
  const events = plainEvents(commit) ?? parsedEvents(commit);
  if ('rule' in events) return damageAt(commit.position, events.rule, events.detail);
  const misnamed = streamsProblem(commit, events);
  if (misnamed === null) {
    keepHeads(commit, events);
    return events;
  }
  return damageAt(commit.position, misnamed.rule, misnamed.detail);
}

export function hashProblem(commit: Commit): Problem | null {
  let hash: string;
  try {
    hash = hashCommit(commit);
  } catch (error) {
    return { rule: 'C2', detail: error instanceof Error ? error.message : String(error) };
  }
  if (commit.hash === hash) return null;
  return { rule: 'C4', detail: `hash is ${commit.hash}, its fields hash to ${hash}` };
}

/** The events, where they are ones at all; of a log that was checked whole before, nothing else is looked at. */
export function eventRecords(commit: Commit): readonly EventRecord[] | Problem {
  const records = recordsOf(commit);
  if (records === undefined) return { rule: 'E1', detail: 'events is not JSON' };
  const isNewer = commit.format !== 1;
  const isList = Array.isArray(records) && records.every((each) => isRecord(each, isNewer));
  // Every one was found to be one.
  if (isList) return records as readonly EventRecord[];
  return { rule: 'E2', detail: `events is not a JSON list of events of format ${commit.format}` };
}

/** What of a commit a newer release wrote, and this one cannot read; null: nothing. */
export function newerIn(commit: Commit): Damage | null {
  const records = eventRecords(commit);
  if ('rule' in records) return null;
  const newer = records.find(({ schema }) => schema > schemaVersion);
  return newer === undefined ? null : newerAt(commit.position, 'E7', unknownSchema(newer));
}

function recordsOf(commit: Commit): unknown {
  try {
    return recordsIn(commit);
  } catch {
    return undefined;
  }
}

/** All that can be said of events by themselves, whatever their texts. */
export function parsedEvents(commit: Commit): readonly EventRecord[] | Problem {
  const records = eventRecords(commit);
  if ('rule' in records) return records;
  if (records.length === 0) return { rule: 'E2', detail: 'it has no events' };
  if (!isCanonical(commit.events, records)) {
    return { rule: 'E1', detail: 'the text of its events is not the canonical one' };
  }
  for (let index = 0; index < records.length; index += 1) {
    const record = records[index];
    const problem = record === undefined ? null : recordProblem(record, commit, index);
    if (problem !== null) return problem;
  }
  return records;
}

function recordProblem(record: EventRecord, { position }: Commit, index: number): Problem | null {
  const { by, cause, deviceAt, trace } = record;
  if (by !== undefined && cause !== undefined) {
    const detail = originProblem({ by, cause, deviceAt, trace });
    if (detail !== null) return { rule: 'E3', detail };
    const problem = causeProblem(cause, position, index);
    if (problem !== null) return { rule: 'E4', detail: problem };
  }
  const detail = dataProblem(record);
  if (detail !== null) return { rule: 'E7', detail };
  if (isStreamOf(record.type, record.stream)) return null;
  return { rule: 'E8', detail: `${record.type} is in stream ${record.stream}` };
}

const toldCause = /^(request|message|lease|observed):./su;

function causeProblem(cause: string, position: number, index: number): string | null {
  const led = parseAddress(cause);
  if (led === null) {
    return toldCause.test(cause) ? null : `cause ${shortened(cause)} has none of the forms`;
  }
  if (isBefore(led, { position, index })) return null;
  return `event ${position}-${index} has the cause ${cause}, which is not before it`;
}

function unknownSchema({ type, schema }: EventRecord): string {
  return `${shortened(type)} has schema version ${schema}; known are 1 to ${schemaVersion}`;
}

function dataProblem(record: EventRecord): string | null {
  const { type, schema, data } = record;
  if (schema < 1 || schema > schemaVersion) return unknownSchema(record);
  if (!isEventType(type)) return `${shortened(type)} is not a type of event`;
  if (schema === schemaVersion) return eventProblem(type, data);
  return eventProblem(type, upcast(type, schema, data), schema);
}

function streamsProblem({ streams }: Commit, events: readonly EventHead[]): Problem | null {
  if (events.length === 1 && streams.length === 1 && streams[0] === events[0]?.stream) return null;
  const seen = new Set<string>();
  for (const { stream } of events) seen.add(stream);
  let before = '';
  for (const name of streams) {
    if (!seen.has(name) || name <= before) {
      return { rule: 'E6', detail: `streams does not name the streams of the events in order` };
    }
    before = name;
  }
  if (streams.length === seen.size) return null;
  return { rule: 'E6', detail: 'streams does not name the streams of all events' };
}

function isRecord(value: unknown, isNewer: boolean): boolean {
  return (
    isJsonObject(value) &&
    typeof value['stream'] === 'string' &&
    typeof value['type'] === 'string' &&
    Number.isSafeInteger(value['schema']) &&
    Number.isSafeInteger(value['version']) &&
    isJsonObject(value['data']) &&
    (isNewer ? saysWho(value) : Object.keys(value).length === 5)
  );
}

/** The first schema version whose events may say of which trace they are. */
const tracedSince = 6;

function saysWho(value: JsonObject): boolean {
  const { by, cause, deviceAt, trace, schema } = value;
  const more = (deviceAt === undefined ? 0 : 1) + (trace === undefined ? 0 : 1);
  return (
    typeof by === 'string' &&
    typeof cause === 'string' &&
    Object.keys(value).length === 7 + more &&
    (deviceAt === undefined || Number.isSafeInteger(deviceAt)) &&
    (trace === undefined || (typeof trace === 'string' && Number(schema) >= tracedSince))
  );
}

function shortened(text: string): string {
  return text.length > 64 ? `${text.slice(0, 64)}…` : text;
}
