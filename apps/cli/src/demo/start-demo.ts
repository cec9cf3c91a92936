import { join } from 'node:path';
import { OakringError, type EventLine, type JobAnswer } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { startWorker, type RunningWorker, type WorkerOptions } from '@oakring/worker';
import { linesOf } from '../client/lines.js';
import { ManagerClient } from '../client/manager-client.js';
import { startCluster, type RunningCluster } from '../cluster/start-cluster.js';
import { narrate } from '../render/narration.js';
import type { Terminal } from '../terminal.js';

const defaultFolder = 'oakring-demo';
const storyWithinMs = 20_000;
const lookEveryMs = 50;

const job = {
  id: 'hello',
  name: 'hello',
  image: 'demo/hello:1',
  technology: 'simulated',
  count: 3,
  resources: { cpuMillis: 500, memoryMiB: 256 },
} as const;

const workers = [
  {
    id: 'edge-amsterdam',
    capacity: { cpuMillis: 4000, memoryMiB: 8192 },
    labels: { zone: 'north' },
  },
  { id: 'edge-berlin', capacity: { cpuMillis: 2000, memoryMiB: 4096 }, labels: { zone: 'north' } },
  { id: 'edge-lisbon', capacity: { cpuMillis: 1000, memoryMiB: 2048 }, labels: { zone: 'south' } },
] as const;

/** Types of events that make the story; the others are left to `oakring events`. */
const told: ReadonlySet<string> = new Set([
  'ClusterFounded',
  'EpochOpened',
  'NodeRegistered',
  'NodeBecameReady',
  'JobSubmitted',
  'InstancesPlaced',
  'PlacementRefused',
  'CommandIssued',
  'CommandReopened',
  'CommandSucceeded',
]);

/** A cluster with three workers of ours and a job, told from its own event log as it happens. */
export async function startDemo(
  env: Readonly<Record<string, string | undefined>>,
  ports: Ports,
  terminal: Terminal,
): Promise<{ failed: Promise<never>; stop(): Promise<void> }> {
  const settings = { ...env, OAKRING_DATA: env['OAKRING_DATA'] ?? defaultFolder };
  const cluster = await startCluster(settings, ports);
  const running: RunningWorker[] = [];
  const story = new AbortController();
  const stop = async (): Promise<void> => {
    story.abort();
    await Promise.all(running.map((worker) => worker.stop()));
    await cluster.stop();
  };
  try {
    await tellStory(cluster, running, ports, terminal, story.signal, env['OAKRING_TOKEN'] ?? null);
  } catch (error) {
    await stop();
    throw error;
  }
  return { failed: cluster.failed, stop };
}

async function tellStory(
  cluster: RunningCluster,
  running: RunningWorker[],
  ports: Ports,
  terminal: Terminal,
  signal: AbortSignal,
  token: string | null,
): Promise<void> {
  const { colors, out } = terminal;
  const client = new ManagerClient(cluster.url, token);
  out(colors.bold(cluster.readyLine));
  out(
    cluster.positionBefore === 0
      ? 'A new cluster. Three workers join; a job comes; the log tells the story:'
      : `Found again: ${cluster.positionBefore} commits of history, with nodes and jobs. It goes on:`,
  );
  const narrator = narrateFrom(client, cluster.positionBefore + 1, terminal, signal);
  for (const worker of workers) {
    running.push(await startWorker(optionsOf(worker, cluster), ports, () => {}));
  }
  await until(ports, 'three workers to be ready', async () => {
    const { items } = await client.list<{ id: string; status: string }>('/api/v1/nodes');
    return workers.every(({ id }) =>
      items.some((node) => node.id === id && node.status === 'ready'),
    );
  });
  await client.post<JobAnswer>('/api/v1/jobs', job);
  await until(ports, 'three instances to run', async () => {
    const { instances } = await client.get<JobAnswer>(`/api/v1/jobs/${job.id}`);
    return instances.length > 0 && instances.every(({ status }) => status === 'running');
  });
  await narrator.reach((await client.get<{ position: number }>('/api/v1/ledger/head')).position);
  tellWhatToTry(terminal, cluster);
}

function optionsOf(worker: (typeof workers)[number], cluster: RunningCluster): WorkerOptions {
  return {
    id: worker.id,
    name: worker.id,
    mqttUrl: cluster.mqttUrl,
    username: null,
    password: null,
    dataFolder: join(cluster.dataFolder, 'workers', worker.id),
    runtimes: ['simulated'],
    capacity: worker.capacity,
    labels: worker.labels,
    ip: '127.0.0.1',
    port: 0,
    startDelayMs: 100,
    dockerHost: '',
  };
}

/** Tells events as they are committed. `reach` resolves once a position was told. */
function narrateFrom(
  client: ManagerClient,
  from: number,
  { out, colors }: Terminal,
  signal: AbortSignal,
): { reach(position: number): Promise<void> } {
  let reached = from - 1;
  let waiting: { position: number; resolve: () => void } | null = null;
  const tell = async (): Promise<void> => {
    const stream = await client.stream(`/api/v1/events?from=${from}&follow=true`, signal);
    for await (const line of linesOf(stream)) {
      // A line of the manager's own catalogue.
      const event = JSON.parse(line) as EventLine;
      if (told.has(event.type)) out(narrate(event, colors));
      reached = event.position;
      if (waiting !== null && reached >= waiting.position) waiting.resolve();
    }
  };
  const telling = tell().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return {
    async reach(position) {
      if (reached >= position) return;
      const arrived = new Promise<void>((resolve) => {
        waiting = { position, resolve };
      });
      await Promise.race([arrived, telling]);
    },
  };
}

function tellWhatToTry({ out, colors }: Terminal, cluster: RunningCluster): void {
  const url = cluster.url === 'http://127.0.0.1:10100' ? '' : ` --url ${cluster.url}`;
  out('');
  out(colors.bold('Three instances run. Try, in another terminal:'));
  out(`  npx oakring job show hello${url}        ${colors.dim('where each instance is, and why')}`);
  out(
    `  npx oakring job move hello 0 --wait${url}  ${colors.dim('the new place runs before the old one stops')}`,
  );
  out(
    `  npx oakring events --follow${url}       ${colors.dim('the whole story, from the first commit')}`,
  );
  out('');
  out(colors.dim(`Data: ${cluster.dataFolder}. Ctrl-C ends; the next start finds it again.`));
}

async function until(ports: Ports, what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadlineMs = ports.clock.monotonicMs() + storyWithinMs;
  while (!(await holds())) {
    if (ports.clock.monotonicMs() > deadlineMs) {
      throw new OakringError({
        code: 'internal',
        detail: `The demo waited ${storyWithinMs / 1000} s for ${what}.`,
      });
    }
    await ports.timers.sleep(lookEveryMs);
  }
}
