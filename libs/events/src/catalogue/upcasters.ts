import { defaultPolicy } from '@oakring/contracts';
import { isJsonObject, type JsonObject } from '../text/canonical-json.js';
import { schemaVersion } from './catalogue.js';

/** Turns the data of an event of schema version n into that of version n + 1. */
export type Upcaster = (data: JsonObject) => JsonObject;

/**
 * By type, then by the version that it starts from. The version is one for all types: a type that did
 * not change between two versions has no step there.
 */
/** How a job was updated that said nothing of it, as far as that was said at all. */
const updateOfThen = { maxUnavailable: 1, healthyAfterMs: 5_000, rollback: true };

const upcasters: Readonly<Record<string, Readonly<Record<number, Upcaster>>>> = {
  // Leadership came into the evidence: where the leader was reached and what it signed with.
  EpochOpened: { 1: (data) => ({ ...data, url: null, signingKey: null }) },
  // Jobs say what is to happen when something fails; before, nothing was retried or replaced, and
  // what runs on since then is kept by the same defaults as a job that says nothing.
  JobSubmitted: {
    2: (data) => ({ ...data, policy: { ...defaultPolicy, update: updateOfThen } }),
    5: withNodeLabels,
  },
  JobUpdated: { 5: withNodeLabels },
};

/**
 * What a node must carry was called `labels` in a job's document, which is the job's own now (ADR 30). The event's
 * own `labels`, and the hash of the body as it came, are what they were.
 */
function withNodeLabels(data: JsonObject): JsonObject {
  const { document } = data;
  if (!isJsonObject(document)) return data;
  const { labels = null, nodeLabels: _unused, ...others } = document;
  return { ...data, document: labels === null ? others : { ...others, nodeLabels: labels } };
}

/** Data of an event written at `version`, as today's schema has it. Throws on a future version. */
export function upcast(type: string, version: number, data: JsonObject): JsonObject {
  let current = data;
  for (let from = version; from < schemaVersion; from += 1) {
    current = upcasters[type]?.[from]?.(current) ?? current;
  }
  if (version > schemaVersion) {
    throw new Error(`${type} has schema version ${version}; this software knows ${schemaVersion}`);
  }
  return current;
}
