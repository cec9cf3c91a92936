import {
  isObject,
  placeIn,
  type JsonObject,
  type Place,
  type RootConstraint,
} from '@oakring/contracts';
import { textsOf, type ServiceReader } from './service-reader.js';

/** Where this cluster is, and what it is called. */
export interface Here {
  readonly clusterName: string;
  readonly clusterPlace: Place | null;
}

/** What a root's document says about where, as rules of ours. */
export function placementRules(reader: ServiceReader, here: Here): readonly RootConstraint[] {
  const constraints = reader.objects('constraints').flatMap((entry, index) => {
    const rule = ruleOf(reader, entry, { name: `constraints.${index}`, here });
    return rule === null ? [] : [rule];
  });
  const allowed = reader.texts('arch').filter((each) => each !== '');
  const drivers = driversOf(reader);
  return [
    ...constraints,
    ...(allowed.length === 0 ? [] : [{ type: 'architectures', allowed } as const]),
    ...(drivers.length === 0 ? [] : [{ type: 'drivers', needs: drivers } as const]),
  ];
}

interface Where {
  readonly name: string;
  readonly here: Here;
}

function ruleOf(
  reader: ServiceReader,
  entry: JsonObject,
  { name, here }: Where,
): RootConstraint | null {
  switch (entry['type']) {
    case 'direct':
      return directRule(reader, entry, { name, here });
    case 'addons': {
      const needs = namesIn(reader, entry['needs'], `${name}.needs`);
      return needs.length === 0 ? null : { type: 'addons', needs };
    }
    case 'clusters': {
      const allowed = namesIn(reader, entry['allowed'], `${name}.allowed`);
      if (allowed.length > 0 && !allowed.includes(here.clusterName)) {
        const others = allowed.join(', ');
        reader.problems.push(`${name} allows ${others}; this cluster is ${here.clusterName}`);
      }
      return null;
    }
    case 'geo':
      return geoRule(reader, entry, { name, here });
    case 'latency':
      reader.unkept.push(`${name} (latency) is not looked at: nothing is measured here`);
      return null;
    default: {
      const type = JSON.stringify(entry['type']) ?? 'missing';
      reader.unkept.push(
        `${name} is of the type ${type}, which is not known, and is not looked at`,
      );
      return null;
    }
  }
}

/** A machine by its name; `n1;n2`: either. None is any. */
function directRule(
  reader: ServiceReader,
  { cluster = null, node = null }: JsonObject,
  { name, here }: Where,
): RootConstraint | null {
  if (typeof cluster === 'string' && cluster !== '' && cluster !== here.clusterName) {
    reader.problems.push(`${name} names the cluster ${cluster}; this one is ${here.clusterName}`);
  } else if (cluster !== null && typeof cluster !== 'string') {
    reader.problem(`${name}.cluster`, cluster, 'a text');
  }
  if (node === null) return null;
  if (typeof node !== 'string') {
    reader.problem(`${name}.node`, node, 'a text');
    return null;
  }
  const hosts = node.split(';').flatMap((each) => each.trim() || []);
  return hosts.length === 0 ? null : { type: 'host', hosts };
}

const metresPerKilometre = 1_000;
const mostKilometres = 100_000;

function geoRule(
  reader: ServiceReader,
  { location, threshold }: JsonObject,
  { name, here }: Where,
): RootConstraint | null {
  const place = typeof location === 'string' ? placeIn(location) : null;
  if (place === null) {
    reader.problem(`${name}.location`, location, 'longitude;latitude (or latitude,longitude)');
  }
  const isDistance = typeof threshold === 'number' && threshold >= 0 && threshold <= mostKilometres;
  if (!isDistance) {
    reader.problem(`${name}.threshold`, threshold, `kilometres from 0 to ${mostKilometres}`);
  }
  if (place === null || !isDistance) return null;
  const withinMetres = Math.round(threshold * metresPerKilometre);
  return { type: 'geo', place, withinMetres, cluster: here.clusterPlace };
}

function driversOf(reader: ServiceReader): readonly string[] {
  const drivers = new Set<string>();
  for (const [index, volume] of reader.objects('volumes').entries()) {
    const name = `volumes.${index}`;
    for (const member of ['volume_id', 'csi_driver', 'mount_path'] as const) {
      const value = volume[member] ?? null;
      if (value !== null && typeof value !== 'string') {
        reader.problem(`${name}.${member}`, value, 'a text');
      }
    }
    const config = volume['config'] ?? {};
    const isConfig =
      isObject(config) && Object.values(config).every((value) => typeof value === 'string');
    if (!isConfig) reader.problem(`${name}.config`, config, 'an object of texts');
    const { csi_driver: driver } = volume;
    if (typeof driver === 'string' && driver !== '') drivers.add(driver);
  }
  return [...drivers];
}

function namesIn(reader: ServiceReader, value: unknown, name: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.length <= 64) return textsOf(reader, name, value);
  reader.problem(name, value, 'a list of at most 64 names');
  return [];
}
