import type { JsonObject } from '../log/canonical-json.js';
import { schemaVersion } from './catalogue.js';

/** Turns the data of an event of schema version n into that of version n + 1. */
export type Upcaster = (data: JsonObject) => JsonObject;

/** By type, then by the version that it starts from. Empty while every schema is at version 1. */
const upcasters: Readonly<Record<string, Readonly<Record<number, Upcaster>>>> = {};

/** Data of an event written at `version`, as today's schema has it. Throws on a future version. */
export function upcast(type: string, version: number, data: JsonObject): JsonObject {
  let current = data;
  for (let from = version; from < schemaVersion; from += 1) {
    const step = upcasters[type]?.[from];
    if (step === undefined) throw new Error(`${type} has no upcaster from schema version ${from}`);
    current = step(current);
  }
  if (version > schemaVersion) {
    throw new Error(`${type} has schema version ${version}; this software knows ${schemaVersion}`);
  }
  return current;
}
