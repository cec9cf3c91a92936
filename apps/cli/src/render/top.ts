import type { InstanceSummary, Node } from '../client/documents.js';
import type { Look } from '../terminal.js';
import { ageText, barOf, percentText } from './measures.js';
import { statusText } from './nodes.js';
import { colorStatus } from './status.js';
import { renderTable } from './table.js';

export const topOrders = ['cpu', 'memory', 'name'] as const;
export type TopOrder = (typeof topOrders)[number];

export interface TopPage {
  readonly nodes: readonly Node[];
  readonly instances: readonly InstanceSummary[];
}

/** Nodes and instances by what they use. */
export function renderTop({ nodes, instances }: TopPage, order: TopOrder, look: Look): string {
  const { colors, width, nowMs } = look;
  const counted = `${nodes.length} nodes, ${instances.length} instances`;
  const heading = colors.dim(`${counted}, by ${order}; percent are of the node`);
  const shares = ({ used }: { readonly used: Node['used'] }): string[] =>
    used === null
      ? ['-', '-']
      : [used.cpu, used.memory].map((share) => `${barOf(share, 100)} ${percentText(share)}`);
  const machines = renderTable(
    ['NODE', 'STATUS', 'CPU', 'MEMORY', 'INST'],
    inOrder(nodes, order).map((node) => [
      node.id,
      statusText(node, colors),
      ...shares(node),
      String(node.instances),
    ]),
    width,
  );
  const copies = renderTable(
    ['INSTANCE', 'STATUS', 'CPU', 'MEM', 'RESTARTS', 'AGE', 'NODE'],
    inOrder(instances, order).map(({ id, status, used, restarts, since, nodeId }) => [
      id,
      colorStatus(status, colors),
      percentText(used?.cpu),
      percentText(used?.memory),
      String(restarts),
      ageText(since, nowMs),
      nodeId ?? '-',
    ]),
    width,
  );
  return [heading, '', machines, '', copies].join('\n');
}

interface Using {
  readonly id: string;
  readonly used: Node['used'];
}

/** The greatest first, and what nobody measures last; by name where they are alike. */
function inOrder<T extends Using>(all: readonly T[], order: TopOrder): readonly T[] {
  const share = ({ used }: T): number => (order === 'name' ? 0 : (used?.[order] ?? -1));
  return all.toSorted((a, b) => share(b) - share(a) || (a.id < b.id ? -1 : Number(a.id > b.id)));
}
