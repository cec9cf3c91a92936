import { afterEach, describe, expect, it } from '@jest/globals';
import { listed } from '@oakring/metrics';
import { readScrape, type ScrapedMetric } from '@oakring/metrics/testing';
import { simulatedPorts } from '@oakring/ports';
import { freshKey } from '@oakring/events/testing';
import { signCheckpoint } from '@oakring/events';
import { standing } from '@oakring/model';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { ack, plan, ready, submitJob } from '../../testing/given.js';
import { managerFigures } from './manager-figures.js';
import type { MetricSources } from './metric-sources.js';

const ports = simulatedPorts();
const key = freshKey();
let manager: TestManager;
afterEach(() => manager.close());

async function start(options: Parameters<typeof startTestManager>[0] = {}): Promise<void> {
  manager = await startTestManager({ ports, leaders: [key], ...options });
}

async function scrape(): Promise<ReadonlyMap<string, ScrapedMetric>> {
  return readScrape(await (await manager.get('/metrics')).text());
}

/** A figure by the values of its labels, in the order of their names. */
async function figuresOf(name: string): Promise<Readonly<Record<string, number>>> {
  const samples = (await scrape()).get(name)?.samples ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [Object.values(labels).join(' '), value]),
  );
}

async function figureOf(name: string): Promise<number | undefined> {
  return (await figuresOf(name))[''];
}

/** A job of two on each of some nodes: running, starting and pending ones, and one that failed. */
async function givenNodes(count: number, from = 0): Promise<void> {
  for (let number = from; number < from + count; number += 1) {
    const [node, job] = [`sentinel-node-${number}`, `sentinel-job-${number}`];
    for (const command of ready(node)) await manager.submit(command);
    await manager.submit(submitJob(job, { count: 4 }));
    await manager.submit(plan(job, node, node, node));
    const phases = ['received', 'succeeded', 'failed'] as const;
    const orders = [...manager.projection.state.commands.values()].slice(-3);
    for (const [at, { id }] of orders.entries()) {
      await manager.submit(ack(node, id, phases[at] ?? 'received'));
    }
    await manager.submit({ type: 'RefusePlacement', id: job, code: 'no-capacity', detail: 'none' });
    await manager.get(`/api/v1/nodes/${node}`);
    await manager.get(`/api/v1/jobs/${job}`);
    await manager.get(`/nothing/${node}`);
  }
}

describe('GET /metrics', () => {
  it('has every metric that is written down, each with what to do', async () => {
    await start();
    const scraped = await scrape();
    // Nothing of the sources is read before a scrape.
    const written = listed((book) => managerFigures(book, {} as MetricSources));
    for (const { name, type } of written)
      expect([name, scraped.get(name)?.type]).toEqual([name, type]);
    for (const [name, { help }] of scraped) {
      expect([name, help]).toEqual([name, expect.stringMatching(/^.+\. Remedy: .+\.$/)]);
    }
  });

  it('has no id of a node, job or instance in any label, and no more lines for ten nodes than for one', async () => {
    await start();
    await givenNodes(1);
    const linesOf = (metrics: ReadonlyMap<string, ScrapedMetric>): readonly string[] =>
      Array.from(metrics, ([name, { samples }]) =>
        samples.map(({ labels }) => `${name} ${JSON.stringify(labels)}`),
      )
        .flat()
        .filter((line) => line.startsWith('oakring_'))
        .sort();
    // What a request leaves is there with the next scrape.
    await scrape();
    const one = linesOf(await scrape());
    await givenNodes(9, 1);
    const ten = linesOf(await scrape());
    expect(ten).toEqual(one);
    expect(ten.filter((line) => /sentinel/.test(line))).toEqual([]);
  });

  it('counts requests by what they are about, whatever address they name', async () => {
    await start();
    await givenNodes(2);
    expect(await figuresOf('oakring_http_request_seconds')).toMatchObject({
      'oakring_http_request_seconds_count Nodes GET 2xx': 2,
      'oakring_http_request_seconds_count Jobs GET 2xx': 2,
      'oakring_http_request_seconds_count none GET 4xx': 2,
    });
  });

  it('counts commands, placements and refusals', async () => {
    await start();
    await givenNodes(2);
    expect(await figuresOf('oakring_commands_total')).toMatchObject({
      'SubmitJob accepted': 2,
      'RecordAck accepted': 6,
    });
    expect(await figureOf('oakring_placements_total')).toBe(6);
    expect(await figuresOf('oakring_placement_refusals_total')).toEqual({ 'no-capacity': 2 });
    expect(await figuresOf('oakring_instances_pending')).toEqual({ 'no-capacity': 2 });
    expect(await figuresOf('oakring_instances')).toMatchObject({ running: 2, starting: 2 });
    expect(await figuresOf('oakring_capacity')).toMatchObject({ cpu: 8, gpu: 0 });
  });

  it('says how old the newest checkpoint is while there is news after it', async () => {
    await start();
    expect(await figureOf('oakring_seal_age_seconds')).toBeNaN();
    const note = signCheckpoint(standing(manager.projection.state), key);
    await manager.submit({ type: 'SealLedger', note });
    await ports.advance(90_000);
    expect(await figureOf('oakring_seal_age_seconds')).toBe(0);
    await manager.submit(submitJob('news'));
    expect(await figureOf('oakring_seal_age_seconds')).toBe(90);
    expect(await figureOf('oakring_sealed_position')).toBe(1);
  });

  it('tells links apart', async () => {
    await start({ measured: { obstacle: async () => 'the disk is full' } });
    expect(await figuresOf('oakring_link_up')).toEqual({ broker: 1, database: 0, scheduler: 1 });
  });

  it('says of a follower what it knows: no lease, no link, how far it is behind', async () => {
    const leadership = { status: { leading: false, leader: 'http://127.0.0.1' }, processes: [] };
    const stands = { leaseMarginMs: null, lagMs: 400, reachesStore: true, reachesBroker: null };
    await start({ leadership, measured: { leadership: stands } });
    await manager.submit(submitJob('j'));
    expect(await figureOf('oakring_leading')).toBe(0);
    expect(await figureOf('oakring_lease_margin_seconds')).toBeNaN();
    expect(await figureOf('oakring_projection_lag_seconds')).toBe(0.4);
    expect(await figureOf('oakring_projection_lag_positions')).toBe(0);
    expect(await figuresOf('oakring_link_up')).toEqual({ database: 1, scheduler: 1 });
    expect(await figuresOf('oakring_events_total')).toMatchObject({ JobSubmitted: 1 });
  });

  it('does not wait for a store that does not answer', async () => {
    const stands = { leaseMarginMs: null, lagMs: 400, reachesStore: false, reachesBroker: null };
    await start({ measured: { leadership: stands, obstacle: () => new Promise(() => {}) } });
    const scraping = scrape();
    let isDone = false;
    void scraping.then(() => (isDone = true));
    while (!isDone) await ports.advance(500);
    expect((await scraping).get('oakring_link_up')?.samples).toMatchObject([
      { labels: { link: 'database' }, value: 0 },
      { labels: { link: 'scheduler' }, value: 1 },
    ]);
  });
});
