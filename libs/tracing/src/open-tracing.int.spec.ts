import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { openTracing } from './open-tracing.js';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const { timers } = systemPorts();
const before = { ...process.env };
let server: Server | null = null;

afterEach(() => {
  process.env = { ...before };
  server?.close();
  server?.closeAllConnections();
  server = null;
});

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly object[] };
    readonly scopeSpans: readonly { readonly spans: readonly object[] }[];
  }[];
}

/** Somebody who takes spans, or answers with that status, or with nothing at all. */
async function collector(status: number | null) {
  const taken: Sent[] = [];
  server = createServer((request, response) => {
    void json(request).then((body) => {
      taken.push(body as Sent);
      if (status !== null) response.writeHead(status).end('{}');
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${port}`;
  const warnings: string[] = [];
  const warn = (line: string): void => void warnings.push(line);
  const tracing = await openTracing(process.env, 'oakring-test', { timers, warn });
  return { taken, warnings, tracing };
}

describe('Spans of a program', () => {
  it('are sent to whom its settings name, as part of the trace that they were begun in', async () => {
    process.env['OTEL_RESOURCE_ATTRIBUTES'] = 'deployment.environment.name=cellar';
    const { taken, tracing } = await collector(200);
    const whole = tracing.tracer.begin('whole', parent, 'server', { 'oakring.job': 'web' });
    const part = tracing.tracer.begin('part', whole.traceparent);
    part.end({}, 'it failed');
    whole.end({ 'oakring.jobs': 1 });
    await tracing.close();
    const [sent] = taken.flatMap(({ resourceSpans }) => resourceSpans);
    expect(sent?.resource.attributes).toEqual(
      expect.arrayContaining([
        { key: 'service.name', value: { stringValue: 'oakring-test' } },
        { key: 'deployment.environment.name', value: { stringValue: 'cellar' } },
      ]),
    );
    const [, traceId, spanId] = (whole.traceparent ?? '').split('-');
    expect(traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(sent?.scopeSpans[0]?.spans).toMatchObject([
      { name: 'part', traceId, parentSpanId: spanId, status: { code: 2, message: 'it failed' } },
      { name: 'whole', traceId, spanId, parentSpanId: '00f067aa0ba902b7' },
    ]);
  });

  it('begin a trace of their own where they are part of none', async () => {
    const { tracing } = await collector(200);
    const span = tracing.tracer.begin('alone', null);
    expect(span.traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    span.end();
    await tracing.close();
  });

  it('that nobody takes are lost, and counted', async () => {
    const { tracing, warnings } = await collector(400);
    for (const name of ['a', 'b']) tracing.tracer.begin(name, parent).end();
    await tracing.close();
    expect(warnings).toEqual([
      expect.stringMatching(/^2 spans could not be sent since the start: /),
    ]);
  });

  it('are not waited for by who ends, though nobody ever answers', async () => {
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '1100';
    const { tracing, taken } = await collector(null);
    tracing.tracer.begin('a', parent).end();
    await tracing.close();
    expect(taken.length).toBeLessThanOrEqual(1);
  });
});

describe('A program of which nobody asks for spans', () => {
  const program = 'libs/tracing/testing/programs/count-loaded.ts';
  const run = (env: Record<string, string>): unknown => {
    const args = ['--import', './infra/typescript/register.js', program];
    const { PATH = '' } = process.env;
    const { stdout } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { PATH, ...env },
    });
    return JSON.parse(stdout);
  };
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };

  it('loads no module for it', () => {
    expect(run({})).toEqual({ isOn: false, modules: 0 });
    expect(run({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toEqual({ isOn: false, modules: 0 });
    const asked = run(endpoint);
    expect(asked).toMatchObject({ isOn: true });
    expect(asked).not.toMatchObject({ modules: 0 });
  });
});
