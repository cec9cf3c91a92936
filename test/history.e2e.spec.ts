import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subjectOf } from '@oakring/events';
import { call, eventually, untilAll } from './kit/http.js';
import { temporaryFolder, up, type Cluster } from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

/** How often the manager is killed; `OAKRING_LONG=<rounds>` for more. */
const rounds = Number(process.env['OAKRING_LONG'] ?? '3');

interface Line {
  readonly position: number;
  readonly index: number;
  readonly stream: string;
  readonly version: number;
  readonly type: string;
}

describe('the log', () => {
  const folder = temporaryFolder();
  let cluster: Cluster;
  let worker: TestWorker;

  beforeAll(async () => {
    cluster = await up(folder.path);
    worker = await TestWorker.start(cluster.mqttUrl, 'w');
    const body = { id: 'j', name: 'j', image: 'j:1', technology: 'simulated', count: 3 };
    await call('POST', `${cluster.url}/api/v1/jobs`, body);
    await untilAll(cluster.url, 'j', 'running', 3);
  });

  afterAll(async () => {
    await worker.stop();
    await cluster.kill();
    folder.remove();
  });

  const lines = async (query: string): Promise<Line[]> => {
    const response = await fetch(`${cluster.url}/api/v1/events?${query}`);
    const text = await response.text();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };

  it('tells the whole story as NDJSON, dense and in order', async () => {
    const all = await lines('from=1');
    const types = all.map(({ type }) => type);
    for (const type of ['ClusterFounded', 'NodeRegistered', 'JobSubmitted', 'InstancesPlaced']) {
      expect(types).toContain(type);
    }
    expect([...new Set(all.map(({ position }) => position))]).toEqual(
      Array.from({ length: all.at(-1)?.position ?? 0 }, (_, index) => index + 1),
    );
    const story = all.filter(({ stream }) => stream === 'jobs/j');
    expect(story.map(({ version }) => version)).toEqual(story.map((_, index) => index + 1));
  });

  it('filters by stream and type, and begins where it is told', async () => {
    const placed = await lines('type=InstancesPlaced&stream=jobs/j');
    expect(placed.map(({ type }) => type)).toEqual(['InstancesPlaced']);
    const later = await lines(`from=${(placed[0]?.position ?? 0) + 1}`);
    expect(later.every(({ position }) => position > (placed[0]?.position ?? 0))).toBe(true);
  });

  it('follows live as server-sent events and resumes after Last-Event-ID', async () => {
    const all = await lines('from=1');
    const last = all.at(-2);
    const response = await fetch(`${cluster.url}/api/v1/events`, {
      headers: { accept: 'text/event-stream', 'last-event-id': `${last?.position}/${last?.index}` },
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await call('POST', `${cluster.url}/api/v1/jobs/j/replicate`, { count: 2 });
    const ids: string[] = [];
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      ids.splice(
        0,
        ids.length,
        ...[...text.matchAll(/^id: ?(.*)$/gm)].map((match) => match[1] ?? ''),
      );
      if (text.includes('JobScaled')) break;
    }
    const next = all.at(-1);
    expect(ids[0]).toBe(`${next?.position}/${next?.index}`);
    await untilAll(cluster.url, 'j', 'running', 2);
  });

  it('gives the same views after they were dropped, byte for byte', async () => {
    await worker.stop();
    // Its silence is on record before the views are compared: they tell of it.
    await eventually(
      () => call('GET', `${cluster.url}/api/v1/nodes/w`),
      ({ body }) => body.status === 'suspect',
    );
    const views = async (): Promise<string> => {
      const jobs = await call('GET', `${cluster.url}/api/v1/jobs/j`);
      const nodes = await call('GET', `${cluster.url}/api/v1/nodes/w`);
      const { used, lastSeen, status, since, reason, position, ...node } = nodes.body;
      return JSON.stringify([jobs.body, node]);
    };
    const before = await views();
    await cluster.stop();
    rmSync(join(folder.path, 'views'), { recursive: true });
    cluster = await up(folder.path);
    expect(await views()).toBe(before);
  });

  it('holds everything that was acknowledged when the manager is killed, again and again', async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const posting = Array.from({ length: 8 }, async (_, poster) => {
        for (let index = 0; ; index += 1) {
          const id = `r${round}-${poster}-${index}`;
          const body = { id, name: id, image: 'j:1', technology: 'simulated', count: 0 };
          try {
            const { status } = await call('POST', `${cluster.url}/api/v1/jobs`, body);
            if (status === 201) acknowledged.push(id);
          } catch {
            return;
          }
        }
      });
      const goal = acknowledged.length + 40;
      while (acknowledged.length < goal) await new Promise((resolve) => setImmediate(resolve));
      await cluster.kill();
      await Promise.all(posting);
      cluster = await up(folder.path);
      const submitted = new Set((await lines('type=JobSubmitted')).map(subjectOf));
      expect(acknowledged.filter((id) => !submitted.has(id))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(rounds * 25);
  });
});
