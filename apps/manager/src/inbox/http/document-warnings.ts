import { InvalidBody } from '@oakring/http';
import { isObject, shortened, type FieldWarning, type JsonObject } from '@oakring/contracts';
import { warningsOf } from '@oakring/contracts/http';
import { labelsOf, type ClusterState } from '@oakring/model';
import { flag } from '../../http/endpoints/parameters.js';

export const strictly = flag('strict', 'Refuse a document of which something would not be used.');

/** What is said to whoever submits a document, of what in it does perhaps not do what was meant. */
export function warningsTo(
  document: JsonObject,
  state: ClusterState,
): { readonly warnings?: readonly FieldWarning[] } {
  const { warnings = [] } = warningsOf(document);
  const all = [...warnings, ...meantForNodes(document, state), ...onlyReserved(document, state)];
  return all.length === 0 ? {} : { warnings: all };
}

/** What would be warned about is refused, for who asks for that. Throws it. */
export function refuseUnused(document: JsonObject, state: ClusterState): void {
  const { warnings = [] } = warningsTo(document, state);
  const errors = warnings.map(({ field, detail }) => {
    const value = shortened(memberAt(document, field.split('.'))) ?? null;
    return { field, value, detail: detail.endsWith('?') ? detail : `${detail}.` };
  });
  const [first] = errors;
  if (first === undefined) return;
  const more = errors.length === 1 ? '' : ` ${errors.length - 1} more in errors.`;
  const detail = `${first.detail}${more} Without strict it is taken with a warning.`;
  throw new InvalidBody({ code: 'invalid-field', ...first, detail }, errors);
}

function memberAt(value: unknown, [name, ...below]: readonly string[]): unknown {
  if (name === undefined) return value;
  if (Array.isArray(value)) return memberAt(value[Number(name)], below);
  return isObject(value) ? memberAt(value[name], below) : undefined;
}

/** `labels` said once what a node must carry (ADR 30): where nodes carry such ones it is perhaps meant still. */
function meantForNodes(document: JsonObject, state: ClusterState): FieldWarning[] {
  const { labels, nodeLabels = null } = document;
  if (!isObject(labels) || nodeLabels !== null) return [];
  const names = Object.keys(labels).filter((name) => isOnNodes(name, state));
  return names.map((name) => {
    const field = `labels.${name}`;
    const detail = `${field} is a label of the job, and nodes have one of that name: what a node must carry is said in nodeLabels (an empty one says that this is meant)`;
    return { field, nearest: 'nodeLabels', detail };
  });
}

function isOnNodes(name: string, state: ClusterState): boolean {
  for (const node of state.nodes.values()) {
    if (Object.hasOwn(labelsOf(node), name)) return true;
  }
  return false;
}

/** As many as are named; the others are counted. */
const maxNodesNamed = 3;

/** What a process reserves is a limit only where its worker has cgroups for it. */
function onlyReserved({ technology, resources }: JsonObject, state: ClusterState): FieldWarning[] {
  if (technology !== 'process' || !isObject(resources)) return [];
  const said = ['cpu', 'cpuMillis', 'memory', 'memoryMiB'].some(
    (name) => (resources[name] ?? null) !== null,
  );
  if (!said) return [];
  const nodes = [...state.nodes.values()].filter(
    ({ technologies, features, status }) =>
      status !== 'lost' && technologies.includes('process') && !features.includes('process:limits'),
  );
  if (nodes.length === 0) return [];
  const named = nodes.slice(0, maxNodesNamed).map(({ id }) => id);
  const more = nodes.length - named.length;
  const where = `${named.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
  const detail = `resources are reserved and no limit on ${where}: what runs there may take more (oakring doctor worker says why)`;
  return [{ field: 'resources', nearest: null, detail }];
}
