import { isObject, type JsonObject } from '../parsing/parsing.js';
import { parsePorts } from './job-ports.js';
import { secretsNamedIn } from './job-secrets.js';
import { lowPortsFeature, machineAsksOf, networkFeature } from './machine-asks.js';
import { portKey } from './port-keys.js';

/** Something beside starting and stopping that a worker must be able to do, and for which field. */
interface NeededFeature {
  /** `docker:ports`, as a worker names it. */
  readonly feature: string;
  readonly field: string;
}

/** What a document says by its fields of where its instances may run: nobody submits them as constraints. */
export type NeedConstraint =
  | {
      readonly type: 'features';
      readonly features: readonly NeededFeature[];
      /** Folders of the machine that its owner must allow. */
      readonly hostPaths: readonly string[];
      /** Names under which its owner must keep credentials. */
      readonly registries: readonly string[];
    }
  /** Ports of the node that nobody else there may have (`portKey`). */
  | { readonly type: 'ports'; readonly ports: readonly string[] };

/** By a field of a job document: the feature of `<technology>:…` that a worker needs to heed it. */
const featureOfField: readonly (readonly [field: string, feature: string])[] = [
  ['args', 'args'],
  ['workingDirectory', 'working-directory'],
  ['user', 'user'],
  ['pull', 'pull'],
  ['ports', 'ports'],
  ['volumes', 'volumes'],
  ['health', 'health'],
];

/** What a worker must be able to do for a document, in the order of its fields. */
export function neededFeatures(document: JsonObject): readonly NeedConstraint[] {
  // The documents that a root's jobs are translated to have their own words for it.
  if (document['numbering'] === 'given') return [];
  const technology = String(document['technology']);
  const features: NeededFeature[] = [];
  for (const [field, feature] of featureOfField) {
    if (isSaid(document[field])) features.push({ feature: `${technology}:${feature}`, field });
  }
  const { user } = document;
  // Of the machine, not of an image: its owner says whom.
  if (technology === 'process' && isSaid(user)) {
    features.push({ feature: `process:user:${String(user)}`, field: 'user' });
  }
  const { hostPaths, network, lowPorts } = machineAsksOf(document);
  if (hostPaths.length > 0) {
    features.push({ feature: `${technology}:host-paths`, field: 'volumes' });
  }
  if (lowPorts.length > 0) {
    features.push({ feature: `${technology}:${lowPortsFeature}`, field: 'ports' });
  }
  if (network !== null) {
    features.push({ feature: `${technology}:${networkFeature(network)}`, field: 'network' });
  }
  const { registryCredentials } = document;
  if (secretsNamedIn(document).length > 0) {
    const field = isObject(registryCredentials) ? 'registryCredentials' : 'environment';
    features.push({ feature: `${technology}:secrets`, field });
  }
  const registries = typeof registryCredentials === 'string' ? [registryCredentials] : [];
  const needs: NeedConstraint[] = [];
  if (features.length > 0 || registries.length > 0) {
    needs.push({ type: 'features', features, hostPaths, registries });
  }
  // What a document of before has there may be anything.
  const ports = parsePorts(document);
  const published = ports.ok ? ports.value.map(portKey) : [];
  if (published.length > 0) needs.push({ type: 'ports', ports: published });
  return needs;
}

/** Nothing, or an empty list: as if it were left out. */
function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}
