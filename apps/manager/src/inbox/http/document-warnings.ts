import { isObject, type FieldWarning, type JsonObject } from '@oakring/contracts';
import { warningsOf } from '@oakring/contracts/http';
import { labelsOf, type ClusterState } from '@oakring/model';

/** What is said to whoever submits a document, of what in it does perhaps not do what was meant. */
export function warningsTo(
  document: JsonObject,
  state: ClusterState,
): { readonly warnings?: readonly FieldWarning[] } {
  const { warnings = [] } = warningsOf(document);
  const all = [...warnings, ...meantForNodes(document, state)];
  return all.length === 0 ? {} : { warnings: all };
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
