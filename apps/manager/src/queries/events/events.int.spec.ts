import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventLine } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { get as request, type IncomingMessage } from 'node:http';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { registerNode, submitJob } from '../../testing/given.js';

let ports: SimulatedPorts;
let manager: TestManager;
beforeEach(async () => {
  ports = simulatedPorts();
  manager = await startTestManager({ ports });
});
afterEach(() => manager.close());

async function replay(query: string): Promise<EventLine[]> {
  const text = await (await manager.get(`/api/v1/events${query}`)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as EventLine);
}

/** A stream read piece by piece, until the text read so far passes. */
async function follow(query: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  const response = await fetch(`${manager.url}/api/v1/events${query}`, {
    headers,
    signal: leaving.signal,
  });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  return {
    response,
    async until(passes: (text: string) => boolean): Promise<string> {
      while (!passes(text)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the stream ended: ${text}`);
        text += Buffer.from(value).toString();
      }
      return text;
    },
    leave: () => leaving.abort(),
  };
}

const sse = { accept: 'text/event-stream' };

function idsIn(text: string): string[] {
  return [...text.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id);
}

describe('GET /api/v1/events', () => {
  beforeEach(async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web'));
    await manager.submit(submitJob('other'));
  });

  it('says on whose word and on account of what, and gives only those of one who is named', async () => {
    const headers = { 'idempotency-key': 'k1' };
    await manager.send('DELETE', '/api/v1/jobs/other', undefined, headers);
    const byRequest = await replay('?from=4&by=api/');
    expect(byRequest[0]).toMatchObject({
      ...{ type: 'JobDeletionOrdered', by: 'api/open' },
      cause: 'request:DELETE /api/v1/jobs/other#k1',
    });
    expect(await replay('?by=api')).toEqual([]);
    expect(await replay('?by=nodes/')).toEqual([]);
    expect((await replay('?by=api/open')).length).toBe(3 + byRequest.length);
  });

  it('says in which trace it was asked for, and is asked all the same where that is none', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await manager.send('DELETE', '/api/v1/jobs/other', undefined, { traceparent });
    const none = `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`;
    await manager.send('DELETE', '/api/v1/jobs/web', undefined, { traceparent: none });
    const asked = await replay('?from=4&type=JobDeletionOrdered');
    expect(asked.map(({ stream, trace }) => [stream, trace])).toEqual([
      ['jobs/other', traceparent],
      ['jobs/web', null],
    ]);
  });

  it('replays the ledger as lines', async () => {
    const response = await manager.get('/api/v1/events');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(response.headers.get('oakring-position')).toBe('3');
    const lines = await replay('');
    expect(lines.at(-1)).toEqual({
      position: 3,
      index: 0,
      stream: 'jobs/other',
      version: 1,
      type: 'JobSubmitted',
      at: '2026-01-01T00:00:00.000Z',
      ...{ by: 'api/open', cause: 'request:a test', deviceAt: null, trace: null },
      data: expect.objectContaining({ id: 'other', desired: 1 }),
    });
    expect(await replay('?from=0')).toEqual(lines);
    expect(await replay('?from=1')).toEqual(lines);
  });

  it.each([
    ['?from=3', ['3/0']],
    ['?from=4', []],
    ['?stream=jobs/web', ['2/0']],
    ['?stream=jobs/web&from=3', []],
    ['?type=JobSubmitted', ['2/0', '3/0']],
    ['?type=NodeRegistered,JobSubmitted&limit=2', ['1/0', '2/0']],
    ['?limit=1', ['1/0']],
  ])('%s gives what was asked for', async (query, ids) => {
    const lines = await replay(query);
    expect(lines.map(({ position, index }) => `${position}/${index}`)).toEqual(ids);
  });

  it.each([
    ['from=x', 'from'],
    ['from=-1', 'from'],
    ['type=Nothing', 'type'],
    ['type=', 'type'],
    ['stream=jobs', 'stream'],
    ['stream=jobs/a%20b', 'stream'],
    ['follow=1', 'follow'],
    ['limit=0', 'limit'],
    ['since=1', 'since'],
  ])('refuses ?%s, naming it', async (query, field) => {
    const response = await manager.get(`/api/v1/events?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ field });
  });

  it.each([
    ['?from=5', {}, 'from'],
    ['?from=5&follow=true', {}, 'from'],
    ['?from=99', { accept: 'text/event-stream' }, 'from'],
    ['', { accept: 'text/event-stream', 'last-event-id': '4/0' }, 'Last-Event-ID'],
  ])('says that the log ends before %s', async (query, headers, field) => {
    const response = await manager.get(`/api/v1/events${query}`, headers);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { detail: string };
    expect(problem).toMatchObject({ code: 'position-invalid', field });
    expect(problem.detail).toContain('The log ends at position 3');
  });

  it('answers HEAD without a body', async () => {
    const response = await manager.send('HEAD', '/api/v1/events?follow=true');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  it('follows what happens, line by line', async () => {
    const stream = await follow('?from=4&follow=true');
    for (const id of ['j1', 'j2']) {
      await manager.submit(submitJob(id));
      await stream.until((text) => text.includes(`"jobs/${id}"`));
    }
    stream.leave();
  });

  it('follows one stream past what does not concern it', async () => {
    const stream = await follow('?stream=jobs/mine&follow=true');
    await manager.submit(submitJob('theirs'));
    await manager.submit(submitJob('mine'));
    const text = await stream.until((got) => got.includes('\n'));
    expect(text).toContain('"jobs/mine"');
    expect(text).not.toContain('theirs');
    stream.leave();
  });

  it('ends a follower after the events asked for', async () => {
    const lines = replay('?from=4&follow=true&limit=1');
    await manager.submit(submitJob('j1'));
    expect(await lines).toHaveLength(1);
  });

  it('is read at the pace of a slow reader, and nobody waits for it', async () => {
    const response = await new Promise<IncomingMessage>((resolve) => {
      request(`${manager.url}/api/v1/events?follow=true&from=4`, resolve);
    });
    response.pause();
    const big = 'x'.repeat(100_000);
    const jobs = 60;
    // 6 MB, far beyond what sockets hold: the reader has not read a byte when all is written.
    for (let index = 0; index < jobs; index += 1) {
      await manager.submit(submitJob(`slow-${index}`, { big }));
    }
    expect(manager.projection.position).toBe(3 + jobs);
    let text = '';
    for await (const chunk of response) {
      text += String(chunk);
      if (text.split('\n').length > jobs) break;
    }
    const lines = text.split('\n').slice(0, jobs);
    const seen = lines.map((line) => (JSON.parse(line) as EventLine).stream);
    expect(seen).toEqual(Array.from({ length: jobs }, (_, index) => `jobs/slow-${index}`));
  });
});

describe('server-sent events', () => {
  beforeEach(async () => {
    await manager.submit(registerNode('n1'));
    await manager.submit(submitJob('web'));
  });

  it('carry the address of each event, and go on', async () => {
    const stream = await follow('', sse);
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
    await stream.until((text) => idsIn(text).includes('2/0'));
    await manager.submit(submitJob('more'));
    const text = await stream.until((got) => idsIn(got).includes('3/0'));
    const [, data = ''] = /id: 2\/0\ndata: (.*)\n\n/.exec(text) ?? [];
    expect(JSON.parse(data)).toMatchObject({ position: 2, index: 0, stream: 'jobs/web' });
    stream.leave();
  });

  it('continue after the last one seen, whatever the address says', async () => {
    const events = await replay('');
    const [first] = events;
    const lastSeen = `${first?.position}/${first?.index}`;
    const stream = await follow('?from=1', { ...sse, 'last-event-id': lastSeen });
    const text = await stream.until((got) => idsIn(got).includes('2/0'));
    const after = events.slice(1).map(({ position, index }) => `${position}/${index}`);
    expect(idsIn(text)).toEqual(after);
    stream.leave();
  });

  it('are kept alive every 15 s', async () => {
    const stream = await follow('?from=3', sse);
    await stream.until((text) => text.includes(': following'));
    await ports.advance(15_000);
    await stream.until((text) => text.includes(': still here'));
    stream.leave();
  });

  it('do not continue after what is no event', async () => {
    const response = await manager.get('/api/v1/events', { ...sse, 'last-event-id': 'x' });
    expect(await response.json()).toMatchObject({ status: 400, field: 'Last-Event-ID' });
  });
});
