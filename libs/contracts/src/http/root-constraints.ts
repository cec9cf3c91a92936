import {
  integerOf,
  isObject,
  refused,
  textOf,
  type JsonObject,
  type Parsed,
} from '../parsing/parsing.js';
import { noResources, resourcesOf } from '../resources/resources.js';
import type { Resources } from '../resources/catalogue.js';

/** A place, in millionths of a degree: decisions are made of whole numbers. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Rules about where the instances of a root's job may run, as its document is translated. Nobody submits
 * them: the body of `POST /api/v1/jobs` knows none of them.
 */
export type RootConstraint =
  /** A node whose machine is called one of these. */
  | { readonly type: 'host'; readonly hosts: readonly string[] }
  /** A node of one of these. */
  | { readonly type: 'architectures'; readonly allowed: readonly string[] }
  /** A node that offers all of these. */
  | { readonly type: 'addons'; readonly needs: readonly string[] }
  /** A node that has all of these drivers of volumes. */
  | { readonly type: 'drivers'; readonly needs: readonly string[] }
  /** A node as large as that, however much of it is reserved. */
  | { readonly type: 'size'; readonly resources: Resources }
  /** A node within a distance. One that says no position of its own is where the cluster is. */
  | {
      readonly type: 'geo';
      readonly place: Place;
      readonly withinMetres: number;
      readonly cluster: Place | null;
    };

/** Null: its type is none of these. */
export function rootConstraintOf(entry: JsonObject, field: string): Parsed<RootConstraint> | null {
  switch (entry['type']) {
    case 'host':
      return namesOf(entry, 'hosts', field, (hosts) => ({ type: 'host', hosts }));
    case 'architectures':
      return namesOf(entry, 'allowed', field, (allowed) => ({ type: 'architectures', allowed }));
    case 'addons':
      return namesOf(entry, 'needs', field, (needs) => ({ type: 'addons', needs }));
    case 'drivers':
      return namesOf(entry, 'needs', field, (needs) => ({ type: 'drivers', needs }));
    case 'size': {
      const resources = resourcesOf(entry['resources'], `${field}.resources`, noResources);
      if (!resources.ok) return resources;
      return { ok: true, value: { type: 'size', resources: resources.value } };
    }
    case 'geo':
      return geoOf(entry, field);
    default:
      return null;
  }
}

const maxNames = 64;

function namesOf(
  entry: JsonObject,
  member: string,
  field: string,
  made: (names: readonly string[]) => RootConstraint,
): Parsed<RootConstraint> {
  const list = entry[member];
  const name = `${field}.${member}`;
  if (!Array.isArray(list) || list.length > maxNames) {
    return refused('invalid-field', `${name} is not a list of at most ${maxNames}.`, name, list);
  }
  const names: string[] = [];
  for (const [index, each] of list.entries()) {
    const text = textOf(each, `${name}.${index}`, 256);
    if (!text.ok) return text;
    names.push(text.value);
  }
  return { ok: true, value: made(names) };
}

function geoOf(entry: JsonObject, field: string): Parsed<RootConstraint> {
  const place = placeOf(entry['place'], `${field}.place`);
  if (!place.ok) return place;
  const withinMetres = integerOf(entry['withinMetres'], `${field}.withinMetres`, {
    ...{ minimum: 0, maximum: 100_000_000 },
  });
  if (!withinMetres.ok) return withinMetres;
  const cluster = entry['cluster'] ?? null;
  const there = cluster === null ? null : placeOf(cluster, `${field}.cluster`);
  if (there !== null && !there.ok) return there;
  const within = { place: place.value, withinMetres: withinMetres.value };
  return { ok: true, value: { type: 'geo', ...within, cluster: there?.value ?? null } };
}

function placeOf(value: unknown, field: string): Parsed<Place> {
  if (!isObject(value)) return refused('invalid-field', `${field} is not an object.`, field, value);
  const [latitude, longitude] = [
    integerOf(value['latitude'], `${field}.latitude`, { minimum: -90e6, maximum: 90e6 }),
    integerOf(value['longitude'], `${field}.longitude`, { minimum: -180e6, maximum: 180e6 }),
  ];
  if (!latitude.ok) return latitude;
  if (!longitude.ok) return longitude;
  return { ok: true, value: { latitude: latitude.value, longitude: longitude.value } };
}

/**
 * A position as people write it: `48.2,11.6` is latitude, longitude, as `CLUSTER_LOCATION` has it;
 * `11.6;48.2` is longitude; latitude, as the descriptions of services have it. Where a number can only be a
 * longitude (beyond 90) it is taken as one. What follows the two is not looked at. Null: no position.
 */
export function placeIn(text: string): Place | null {
  const separator = text.includes(';') ? ';' : ',';
  const [first, second] = text.split(separator).map(degreesOf);
  if (first === undefined || second === undefined) return null;
  const [said, other] = separator === ',' ? [first, second] : [second, first];
  const isTurned = Math.abs(said) > 90 && Math.abs(other) <= 90;
  const [latitude, longitude] = isTurned ? [other, said] : [said, other];
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return null;
  return { latitude: Math.round(latitude * 1e6), longitude: Math.round(longitude * 1e6) };
}

function degreesOf(text: string): number {
  return /^\s*[+-]?\d{1,3}(\.\d{1,15})?\s*$/.test(text) ? Number(text) : Number.NaN;
}
