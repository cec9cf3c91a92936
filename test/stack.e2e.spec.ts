import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { connectAsync } from 'mqtt';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod } from '../infra/mongo/testing/mongod.js';
import {
  askedBy,
  readPage,
  readScrape,
  unanswered,
} from '../infra/prometheus/testing/prom-query.js';
import { panelQuestions, questions } from '../infra/prometheus/testing/questions.js';
import { typescriptArguments } from '../infra/typescript/typescript-arguments.js';
import { call, eventually, untilAll } from './kit/http.js';
import { endGroup, oakring, runProgram, temporaryFolder, type Running } from './kit/processes.js';
import { hasPrometheus, startPrometheus, type Prometheus } from './kit/prometheus.js';
import { figures, implausible, namesUnder, scrapeOf, type ScrapedFigures } from './kit/scrapes.js';

const itWithPrometheus = hasPrometheus ? it : it.skip;
if (!hasPrometheus) console.error('NOT RUN, there is no prometheus: alerts and dashboards');

/** What nobody has here: of a root, witnesses, certificates. By the page, which has all. */
const elsewhere = /^oakring_(root|witness|certificate)_/;
const page = readPage(readFileSync('docs/metrics.md', 'utf8'));
const notHere = [...page].filter(([name]) => elsewhere.test(name));

describeWithMongod('The stack of docker-compose.yml without containers', () => {
  const folder = temporaryFolder();
  let stack: Running;
  let worker: Running | null = null;
  let prometheus: Prometheus | null = null;
  let [url, mqttUrl, schedulerUrl, mongoUrl, workerUrl] = ['', '', '', '', ''];

  beforeAll(async () => {
    const program = typescriptArguments('infra/stack/stack.ts');
    stack = runProgram(process.execPath, program, { CLUSTER_NAME: 'berlin' });
    const ready = /ready: (\S+) · MQTT (\S+) · scheduler (\S+) · MongoDB (\S+) ·/;
    [, url = '', mqttUrl = '', schedulerUrl = '', mongoUrl = ''] = await stack.prints(ready);
    const port = await freePort();
    workerUrl = `http://127.0.0.1:${port}`;
    worker = oakring(['worker', '--id', 'w1'], {
      OAKRING_WORKER_RUNTIMES: 'process,simulated',
      OAKRING_WORKER_DATA: folder.path,
      OAKRING_WORKER_HTTP_PORT: String(port),
      OAKRING_MQTT_URL: mqttUrl,
    });
    if (!hasPrometheus) return;
    const addresses = { manager: url, scheduler: schedulerUrl, worker: workerUrl };
    prometheus = await startPrometheus(addresses);
  }, 240_000);
  afterAll(async () => {
    await prometheus?.stop();
    if (worker !== null) endGroup(worker);
    endGroup(stack);
    folder.remove();
  });

  function submit(id: string, more: object) {
    // The machine may be busy with other tests: foreign load must not keep it away.
    const body = { id, name: id, image: 'j:1', resources: { cpuMillis: 0, memoryMiB: 1 }, ...more };
    return call('POST', `${url}/api/v1/jobs`, body);
  }

  it('runs a job over Mosquitto, by a scheduler apart, with its ledger in MongoDB', async () => {
    const accepted = await submit('j', { technology: 'simulated', count: 2 });
    expect(accepted.status).toBe(201);
    await untilAll(url, 'j', 'running', 2);
    expect((await call('GET', `${url}/health/ready`)).status).toBe(200);
    expect((await call('GET', `${schedulerUrl}/health/ready`)).status).toBe(200);
    const client = await new MongoClient(mongoUrl).connect();
    const founding = await client.db('oakring').collection('ledger').findOne({});
    await client.close();
    expect(String(founding?.['events'])).toContain('"name":"berlin"');
    const { body: head } = await call('GET', `${url}/api/v1/ledger/head`);
    expect(head).toMatchObject({ leading: true, leader: url });
  });

  it('tells Prometheus of each program all that is written down', async () => {
    await refuseSome();
    // What the first scrape itself leaves is there with the next.
    await scrapeOf(workerUrl);
    const manager = await scrapeOf(url);
    const scheduler = await scrapeOf(schedulerUrl);
    const ours = await scrapeOf(workerUrl);
    expect(unsaid('Manager', manager)).toEqual([]);
    expect([unsaid('Scheduler', scheduler), unsaid('Worker', ours)]).toEqual([[], []]);
    for (const scraped of [manager, scheduler, ours]) {
      expect([implausible(scraped), unsaid('Each program', scraped)]).toEqual([[], []]);
    }
    expect(figures(manager, 'oakring_leading')).toEqual({ '': 1 });
    expect(figures(manager, 'oakring_lease_margin_seconds')['']).toBeLessThanOrEqual(10);
    expect(figures(manager, 'oakring_nodes')).toEqual({ ready: 1 });
    expect(figures(manager, 'oakring_instances')).toEqual({ running: 2, pending: 1 });
    expect(figures(manager, 'oakring_instances_pending')).toEqual({ 'no-capacity': 1 });
    expect(figures(manager, 'oakring_start_seconds')).toEqual({ '': 2 });
    expect(figures(manager, 'oakring_order_ack_seconds')).toEqual({ '': 2 });
    expect(figures(manager, 'oakring_nodes_overcommitted')).toEqual({ '': 0 });
    const links = { broker: 1, database: 1, scheduler: 1 };
    expect(figures(manager, 'oakring_link_up')).toEqual(links);
    expect(figures(scheduler, 'oakring_link_up')).toEqual({ manager: 1 });
    expect(figures(ours, 'oakring_worker_instances')).toEqual({ 'simulated running': 2 });
    expect(figures(ours, 'oakring_worker_orders_total')).toEqual({ 'deploy succeeded': 2 });
  });

  /** What nobody has who is not told of it (a root, witnesses, certificates), and what does not happen just now. */
  const ofOthers = /^oakring_(root|witness|certificate)_|^nodejs_(gc|active)_/;

  /** Names that docs/metrics.md has under a heading and of which nothing is said. */
  function unsaid(heading: string, scraped: ScrapedFigures): readonly string[] {
    return namesUnder(heading).filter(
      (name) => !ofOthers.test(name) && (scraped.get(name)?.samples ?? []).length === 0,
    );
  }

  /** Something of each kind that is refused: a message, a page of another, a job without room. */
  async function refuseSome(): Promise<void> {
    const client = await connectAsync(mqttUrl);
    await client.publishAsync('nodes/w1/information', 'no reading', { qos: 1 });
    await client.endAsync();
    const stranger = { origin: 'http://elsewhere.example' };
    expect((await call('DELETE', `${url}/api/v1/jobs/j`, undefined, stranger)).status).toBe(403);
    await submit('large', { technology: 'simulated', resources: { memoryMiB: 1e9 } });
    await eventually(
      async () => figures(await scrapeOf(url), 'oakring_instances_pending')['no-capacity'],
      (count) => count === 1,
    );
    await eventually(
      async () => figures(await scrapeOf(url), 'oakring_dead_letters_total'),
      (counts) => Object.keys(counts).length > 0,
    );
  }

  itWithPrometheus('is watched by Prometheus: an alert fires, and ends', async () => {
    const name = 'OakringInstancesGivenUp';
    const crash = { technology: 'process', cmd: ['/bin/false'], restart: { limit: 0 } };
    const firing = async () => (await prometheus?.firing()) ?? [];
    expect(await firing()).not.toContain(name);
    expect((await submit('crash', crash)).status).toBe(201);
    await eventually(firing, (names) => names.includes(name));
    await call('DELETE', `${url}/api/v1/jobs/crash`);
    await eventually(firing, (names) => !names.includes(name));
  });

  itWithPrometheus('answers whatever dashboards, alerts and runbooks ask', async () => {
    await refuseSome();
    await eventually(problems, (found) => found.length === 0);
    for (const { query } of questions) await find(query);
    await eventually(emptyPanels, (empty) => empty.length === 0);
  });

  /** Metrics and labels that are asked for, and that no program has. */
  async function problems(): Promise<readonly string[]> {
    const texts = await Promise.all(
      [url, schedulerUrl, workerUrl].map(async (at) => (await fetch(`${at}/metrics`)).text()),
    );
    const scraped = new Map([...readScrape(texts), ...notHere]);
    return questions.flatMap(({ query, texts: shown }) => {
      const problem = unanswered(askedBy(query, shown), scraped);
      return problem === null ? [] : [problem];
    });
  }

  /** What Prometheus answers; `$__rate_interval` is what Grafana puts in. */
  async function find(query: string): Promise<readonly object[]> {
    return (await prometheus?.find(query.replaceAll('$__rate_interval', '1m'))) ?? [];
  }

  /** What panels ask and find nothing of, but for what there is elsewhere. */
  async function emptyPanels(): Promise<readonly string[]> {
    const queries = panelQuestions.map(({ query }) => query);
    const found = await Promise.all(queries.map(find));
    const empty = queries.filter((_, at) => found[at]?.length === 0);
    return empty.filter((query) => !/ALERTS|oakring_(root|witness|certificate)_/.test(query));
  }

  it('ends in order when it is told to', async () => {
    stack.child.kill('SIGTERM');
    expect(await stack.ended).toBe(0);
  });
});
