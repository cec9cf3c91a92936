import type { JsonObject } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import { refusedWith, unreachable } from './manager-error.js';

/** The manager answers within 10 s or says 503; more than that is silence. */
const answerWithinMs = 30_000;

export interface Address {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
}

export interface Http {
  /** Throws a ManagerError when the answer is no success, or does not come. */
  ask<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: JsonObject): Promise<T>;
  /** Resolves once connected. The body as it comes in; it ends, without an error, with `signal`. */
  stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

export function httpOf(address: Address, ports: Ports): Http {
  return {
    ask: <T>(method: string, path: string, body?: JsonObject) =>
      ask<T>(address, ports, { method, path, body }),
    stream: (path, signal) => stream(address, path, signal),
  };
}

interface Question {
  readonly method: string;
  readonly path: string;
  readonly body: JsonObject | undefined;
}

async function ask<T>(address: Address, ports: Ports, question: Question): Promise<T> {
  const waiting = new AbortController();
  const limit = ports.timers.after(answerWithinMs, () =>
    waiting.abort(new Error(`no answer within ${answerWithinMs / 1000} s`)),
  );
  try {
    const response = await send(address, question, waiting.signal);
    return parsed<T>(response.status, await textOf(address, response));
  } finally {
    limit.cancel();
  }
}

function parsed<T>(status: number, text: string): T {
  try {
    // What the manager's contract says; a person or a program looks at it, nothing is decided by it.
    return JSON.parse(text) as T;
  } catch {
    throw refusedWith(status, text);
  }
}

async function stream(
  address: Address,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const { body } = await send(address, { method: 'GET', path, body: undefined }, signal);
  return body === null ? nothing() : untilAborted(address, body, signal);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* untilAborted(
  address: Address,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    if (!signal.aborted) throw unreachable(address.url, error);
  }
}

async function send(
  address: Address,
  { method, path, body }: Question,
  signal: AbortSignal,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${address.url}${path}`, {
      method,
      signal,
      headers: {
        // Every change needs it, also without a body.
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(address.token === null ? {} : { authorization: `Bearer ${address.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw unreachable(address.url, error);
  }
  if (response.ok) return response;
  throw refusedWith(response.status, await textOf(address, response));
}

async function textOf(address: Address, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(address.url, error);
  }
}
