import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text as textOfStream } from 'node:stream/consumers';
import { systemPorts } from '@oakring/ports';
import { expectDocumented } from '../../../apps/manager/src/http/testing/documented.js';
import {
  startTestManager,
  type TestManager,
} from '../../../apps/manager/src/http/testing/test-manager.js';
import type { Target } from '../fuzz.js';
import { bytesOf, hold, textOf } from './holds.js';

/** A stream that is followed has no end, and a position that is not there yet is waited for. */
const waits = /follow|minPosition/i;

let manager: Promise<TestManager> | null = null;

/** The first line is method and address, the rest is the body. */
const requests: Target = {
  name: 'http-request',
  seeds: () => {
    // What we wrote.
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
      readonly paths: Readonly<
        Record<
          string,
          Readonly<
            Record<string, { readonly parameters?: readonly { in: string; name: string }[] }>
          >
        >
      >;
    };
    const lines = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => {
        const query = parameters
          .filter(({ in: place, name }) => place === 'query' && !waits.test(name))
          .map(({ name }) => `${name}=1`);
        const address = `${path.replaceAll(/\{\w+\}/g, '1')}${query.length === 0 ? '' : '?'}${query.join('&')}`;
        return `${method.toUpperCase()} ${address}\n{"count":1}`;
      }),
    );
    return bytesOf(...lines);
  },
  async read(input) {
    manager ??= startTestManager({ ports: systemPorts() });
    const { url } = await manager;
    const [line = '', ...rest] = textOf(input).split('\n');
    const [method = '', ...address] = line.split(' ');
    const path = `/${address.join('%20').replace(/^\//, '')}`;
    // What has no form of a request is Node's to refuse; what waits is asked by nobody here.
    if (!/^[A-Z]{3,7}$/.test(method) || method === 'CONNECT') return;
    if (!/^[!-~]+$/.test(path) || waits.test(path)) return;
    const { status, headers, text } = await answerOf(`${url}${path}`, method, rest.join('\n'));
    hold(status !== 500, `${method} ${path} is answered ${text}`);
    const shown = new Headers(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    );
    if (!/json/.test(shown.get('content-type') ?? '')) return;
    expectDocumented({ method, url: `${url}${path}`, status, text, headers: shown });
  },
};

const agent = new Agent({ keepAlive: true });

async function answerOf(url: string, method: string, body: string) {
  const { hostname, port } = new URL(url);
  const path = url.slice(url.indexOf('/', 'http://'.length));
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const asked = request({ hostname, port, path, method, headers, agent });
  asked.end(body);
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    text: await textOfStream(answer),
  };
}

export const requestTargets: readonly Target[] = [requests];
