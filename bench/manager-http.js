// What a benchmark asks a manager over HTTP.
import { performance } from 'node:perf_hooks';

export const now = () => performance.timeOrigin + performance.now();

export async function get(url, path) {
  return (await fetch(`${url}${path}`)).json();
}

export async function post(url, more) {
  const body = { name: 'x', image: 'x', technology: 'simulated', ...more };
  const resources = { cpuMillis: 100, memoryMiB: 64 };
  const answer = await fetch(`${url}/api/v1/jobs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resources, ...body }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

export async function removeJob(url, id) {
  await fetch(`${url}/api/v1/jobs/${id}`, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
  });
  await until(async () => (await fetch(`${url}/api/v1/jobs/${id}`)).status === 404, 20_000);
}

export function running(url, id) {
  return until(
    async () => (await get(url, `/api/v1/jobs/${id}`)).instances?.[0]?.status === 'running',
    20_000,
  );
}

export async function total(url) {
  const { items } = await get(url, '/api/v1/jobs?limit=1000');
  return items.reduce((sum, { counts }) => sum + (counts.running ?? 0), 0);
}

export async function everyNode(url) {
  const nodes = [];
  for (let cursor = ''; ;) {
    const page = await get(url, `/api/v1/nodes?limit=1000${cursor}`);
    nodes.push(...page.items);
    if (page.next === undefined) return nodes;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

export async function readyNodes(url) {
  return (await get(url, '/api/v1/cluster')).nodes.ready ?? 0;
}

export async function lost(url) {
  return (await events(url, 'InstanceLost')).length;
}

export async function events(url, type) {
  const text = await (await fetch(`${url}/api/v1/events?type=${type}`)).text();
  return text.trim() === ''
    ? []
    : text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
}

export async function until(holds, withinMs) {
  const deadline = now() + withinMs;
  while (!(await holds())) {
    if (now() > deadline) throw new Error(`never held: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** When a node was suspected after a moment, as the event stream tells it. */
export async function follow(url) {
  const answer = await fetch(`${url}/api/v1/events?type=NodeSuspected&follow=true`);
  const seen = [];
  const waiting = new Set();
  void (async () => {
    let text = '';
    for await (const chunk of answer.body) {
      text += Buffer.from(chunk).toString();
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) {
        if (line.trim() !== '') seen.push({ stream: JSON.parse(line).stream, at: now() });
      }
      for (const look of waiting) look();
    }
  })().catch(() => {});
  return (node, since) =>
    new Promise((resolve) => {
      const look = () => {
        const found = seen.find(({ stream, at }) => stream === `nodes/${node}` && at >= since);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found.at);
      };
      waiting.add(look);
      look();
    });
}
