// What a benchmark asks a manager over HTTP.
import { performance } from 'node:perf_hooks';
import type {
  ClusterAnswer,
  EventLine,
  JobAnswer,
  JobSummary,
  NodeAnswer,
  Page,
} from '@oakring/contracts';

export const now = (): number => performance.timeOrigin + performance.now();

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The answer to a GET; whoever asks knows which that is. */
export async function get<Answer>(url: string, path: string): Promise<Answer> {
  return (await (await fetch(`${url}${path}`)).json()) as Answer;
}

/** Submits a small job of simulated instances; `more` says what is not as usual. */
export function post(url: string, more: { readonly id: string } & Record<string, unknown>) {
  const usual = { name: 'x', image: 'x', technology: 'simulated' };
  const resources = { cpuMillis: 100, memoryMiB: 64 };
  return send(url, '/api/v1/jobs', { ...usual, resources, ...more });
}

export async function send(url: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
}

/** Orders the end of a job; it has ended when the job is not found any more. */
export async function orderDeletion(url: string, id: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/jobs/${id}`, { method: 'DELETE', headers });
  await answer.arrayBuffer();
}

export async function removeJob(url: string, id: string): Promise<void> {
  await orderDeletion(url, id);
  await until(async () => (await fetch(`${url}/api/v1/jobs/${id}`)).status === 404, 20_000);
}

export function jobAt(url: string, id: string): Promise<JobAnswer> {
  return get(url, `/api/v1/jobs/${id}`);
}

export function running(url: string, id: string): Promise<void> {
  return until(async () => (await jobAt(url, id)).instances[0]?.status === 'running', 20_000);
}

export async function total(url: string): Promise<number> {
  const { items } = await get<Page<JobSummary>>(url, '/api/v1/jobs?limit=1000');
  return items.reduce((sum, { counts }) => sum + (counts.running ?? 0), 0);
}

export async function everyNode(url: string): Promise<NodeAnswer[]> {
  const nodes: NodeAnswer[] = [];
  for (let cursor = ''; ;) {
    const page = await get<Page<NodeAnswer>>(url, `/api/v1/nodes?limit=1000${cursor}`);
    nodes.push(...page.items);
    if (page.next === undefined) return nodes;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

export async function readyNodes(url: string): Promise<number> {
  return (await get<ClusterAnswer>(url, '/api/v1/cluster')).nodes.ready ?? 0;
}

export async function lost(url: string): Promise<number> {
  return (await events(url, 'InstanceLost')).length;
}

export async function events(url: string, type: string): Promise<EventLine[]> {
  const text = await (await fetch(`${url}/api/v1/events?type=${type}`)).text();
  return linesIn(text);
}

export async function until(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = now() + withinMs;
  while (!(await holds())) {
    if (now() > deadline) throw new Error(`never held: ${holds}`);
    await pause(50);
  }
}

/** When a node was suspected after a moment, as the event stream tells it. */
export type Suspected = (node: string, since: number) => Promise<number>;

export async function follow(url: string): Promise<Suspected> {
  const { body } = await fetch(`${url}/api/v1/events?type=NodeSuspected&follow=true`);
  if (body === null) throw new Error('the event stream has no body');
  const seen: { stream: string; at: number }[] = [];
  const waiting = new Set<() => void>();
  void (async () => {
    let text = '';
    for await (const chunk of body) {
      text += Buffer.from(chunk).toString();
      const end = text.lastIndexOf('\n') + 1;
      for (const { stream } of linesIn(text.slice(0, end))) seen.push({ stream, at: now() });
      text = text.slice(end);
      for (const look of waiting) look();
    }
  })().catch(() => {});
  return (node, since) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = seen.find(({ stream, at }) => stream === `nodes/${node}` && at >= since);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found.at);
      };
      waiting.add(look);
      look();
    });
}

function linesIn(text: string): EventLine[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => JSON.parse(line) as EventLine);
}
