import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, eventually, untilAll } from './kit/http.js';
import {
  endGroup,
  oakring,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';

interface Span {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

/** Of OTLP what is looked at. */
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: object }[] };
    readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, 'service'>[] }[];
  }[];
}

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const rootsSpan = '00f067aa0ba902b7';
const folder = temporaryFolder();
const spans: Span[] = [];
let collector: Server;
let cluster: Cluster;
let worker: Running;

function take({ resourceSpans }: Sent): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const name = resource.attributes.find(({ key }) => key === 'service.name');
    const { stringValue: service = '' } = (name?.value ?? {}) as { stringValue?: string };
    for (const sent of scopeSpans) spans.push(...sent.spans.map((span) => ({ ...span, service })));
  }
}

beforeAll(async () => {
  collector = createServer((request, response) => {
    void json(request).then((body) => {
      take(body as Sent);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
  cluster = await up(`${folder.path}/manager`, env);
  worker = oakring(['worker', '--id', 'w1'], {
    OAKRING_WORKER_RUNTIMES: 'simulated',
    OAKRING_WORKER_DATA: `${folder.path}/w1`,
    OAKRING_MQTT_URL: cluster.mqttUrl,
    ...env,
  });
  await worker.prints(/registered as/);
});
afterAll(() => {
  for (const one of [worker, cluster]) endGroup(one);
  collector.close();
  collector.closeAllConnections();
  folder.remove();
});

describe('A job that is ordered in a trace', () => {
  it('is one trace through manager, scheduler and worker, whose spans all hang together', async () => {
    const body = { id: 'web', name: 'web', image: 'x', technology: 'simulated' };
    const traceparent = `00-${traceId}-${rootsSpan}-01`;
    await call('POST', `${cluster.url}/api/v1/jobs`, body, { traceparent });
    await untilAll(cluster.url, 'web', 'running', 1);
    const expected = [
      'oakring-manager: POST /api/v1/jobs',
      'oakring-manager: command SubmitJob',
      'oakring-manager: schedule',
      'oakring-scheduler: POST /api/v1/schedule',
      'oakring-scheduler: plan',
      'oakring-manager: command ApplyPlan',
      'oakring-manager: order deploy',
      'oakring-worker: start',
    ];
    const named = ({ service, name }: Span): string => `${service}: ${name}`;
    const seen = await eventually(
      async () => spans.filter((span) => span.traceId === traceId),
      (some) => expected.every((each) => some.map(named).includes(each)),
    );
    const known = new Set([rootsSpan, ...seen.map(({ spanId }) => spanId)]);
    expect(seen.filter(({ parentSpanId = '' }) => !known.has(parentSpanId)).map(named)).toEqual([]);
    expect(seen.find(({ name }) => name === 'POST /api/v1/jobs')?.parentSpanId).toBe(rootsSpan);
  });

  it('says so in the ledger and in the logs', async () => {
    const { body } = await call('GET', `${cluster.url}/api/v1/events?stream=jobs/web`);
    const lines = String(body).trim().split('\n');
    const traced = lines.map((line) => JSON.parse(line)).filter(({ trace }) => trace !== null);
    const types = traced.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['JobSubmitted', 'InstancesPlaced']));
    expect(new Set(traced.map(({ trace }) => trace.slice(3, 35)))).toEqual(new Set([traceId]));
    expect(cluster.output()).toContain(`"trace":"${traceId}"`);
    expect(worker.output()).toContain(`"trace":"${traceId}"`);
  });

  it('holds up nobody who ends, though what takes spans is gone', async () => {
    collector.close();
    collector.closeAllConnections();
    const body = { id: 'late', name: 'late', image: 'x', technology: 'simulated' };
    await call('POST', `${cluster.url}/api/v1/jobs`, body);
    await cluster.stop();
    expect(await cluster.ended).toBe(0);
    expect(cluster.output()).not.toContain('ended by force');
  });
});
