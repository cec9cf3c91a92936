import { ack, beside, jobDocument, ready, running, type Given } from './given.js';

export const checked = { health: { tcp: { port: 80 } } };

export function update(
  cluster: Given,
  image: string,
  rules: Record<string, unknown> = {},
  more: Record<string, unknown> = {},
): ReturnType<Given['when']> {
  const body = { id: 'j', image, update: { surge: 1, ...rules }, ...more };
  const { desired: count } = cluster.state.jobs.get('j') ?? { desired: 1 };
  const job = jobDocument({ count, ...body });
  const bodyHash = JSON.stringify(body);
  return cluster.when({ type: 'UpdateJob', id: 'j', job, bodyHash, ifPosition: null });
}

/** `j` runs on these nodes, beside another one, and is to run another image. */
export function updated(
  { rules = {}, more = {} }: { rules?: object; more?: object } = {},
  ...nodeIds: string[]
): Given {
  const cluster = running({ ...more }, ...(nodeIds.length === 0 ? ['a'] : nodeIds));
  for (const command of ready('b', { features: ['docker:health'] })) cluster.when(command);
  update(cluster, 'web:2', { ...rules }, { ...more });
  return cluster;
}

/** One is started beside instance 0, and its worker says that it runs. */
export function begun(cluster: Given, nodeId = 'b'): Given {
  beside(cluster, nodeId);
  cluster.when(ack(nodeId, startTo(cluster, nodeId), 'succeeded'));
  return cluster;
}

/** The newest order to start something there. */
export function startTo(cluster: Given, nodeId: string): string {
  const orders = [...cluster.state.commands.values()].filter(
    (each) => each.nodeId === nodeId && (each.kind === 'deploy' || each.kind === 'replicate'),
  );
  return orders.at(-1)?.id ?? '';
}

export function silence(cluster: Given, nodeId: string): void {
  const of = { nodeId, incarnation: cluster.state.nodes.get(nodeId)?.incarnation ?? 1 };
  cluster.when({ type: 'ObserveNode', ...of, seen: 'silent', reason: 'silent' });
}

export const complete = { type: 'CompleteSurge', id: 'j', instance: 0, generation: 2 } as const;
export const isOf = (cluster: Given) => cluster.state.jobs.get('j');
export const holding = (cluster: Given, nodeId: string) =>
  cluster.state.nodes.get(nodeId)?.placements;
