import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { problemOf, type ErrorCode } from '@oakring/contracts';

export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
  /** Parsed, when there was one. */
  readonly body: unknown;
}

/** Answers a request; the times that this route was asked before are given. */
export type Route = (request: Asked, answer: Answer, timesBefore: number) => void | Promise<void>;

export interface Answer {
  json(body: unknown, status?: number): void;
  problem(code: ErrorCode, detail: string, more?: { field?: string; value?: unknown }): void;
  /** Begins a stream of lines. */
  lines(lines: readonly unknown[]): void;
  /** Begins a stream of texts that are lines already; `position`: where the ledger ends. */
  texts(lines: readonly string[], position: number): void;
  end(): void;
  /** Cuts the connection. */
  destroy(): void;
}

export interface FakeManager {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

/** A manager that answers what a test says, by `METHOD /path` (without the query). */
export async function fakeManager(
  routes: Readonly<Record<string, Route>>,
  port = 0,
): Promise<FakeManager> {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      const { method = '', url = '', headers } = request;
      const question = { method, url, authorization: headers.authorization, body };
      asked.push(question);
      const name = `${method} ${url.split('?')[0] ?? ''}`;
      const before = counts.get(name) ?? 0;
      counts.set(name, before + 1);
      const answer = answerOf(response);
      const route = routes[name];
      if (route === undefined)
        return answer.problem('route-unknown', `There is nothing at ${name}.`);
      await route(question, answer, before);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // Listening on a port of TCP, it has such an address.
  const { port: listening } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${listening}`, asked, close: () => closed(server) };
}

function answerOf(response: ServerResponse): Answer {
  return {
    json(body, status = 200) {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    },
    problem(code, detail, more = {}) {
      const problem = problemOf({ code, detail, ...more });
      response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    },
    lines(lines) {
      if (!response.headersSent)
        response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.flushHeaders();
      for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    },
    texts(lines, position) {
      const headers = { 'content-type': 'text/plain', 'oakring-position': String(position) };
      response.writeHead(200, headers);
      response.write(lines.map((line) => `${line}\n`).join(''));
    },
    end: () => void response.end(),
    destroy: () => void response.destroy(),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
