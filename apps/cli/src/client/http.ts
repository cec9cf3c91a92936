import { Trust } from '@oakring/host';
import type { Ports } from '@oakring/ports';
import { refusedWith, unreachable } from './manager-error.js';

/** The manager answers within 10 s or says 503; more than that is silence. */
const answerWithinMs = 30_000;
/** Of health it is an answer in itself that none comes. */
const healthWithinMs = 5_000;

export interface Address {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string | null;
  /** Whose certificates are believed there; absent: those of this machine's Node. */
  readonly trust?: Trust;
}

/** Throws a ManagerError when the answer is no success, or does not come. */
type Ask = (request: Request) => Promise<Response>;

export interface Http {
  /** Resolves with the whole of an answer in JSON. */
  readonly ask: Ask;
  /** Resolves once connected. */
  readonly connect: Ask;
}

export function httpOf(address: Address, ports: Ports): Http {
  return {
    ask: (request) => ask(address, ports, request),
    connect: (request) => send(address, request, request.signal),
  };
}

/** What is answered at an address, as text; with our token where it is the manager's. */
export async function textAt(
  url: string,
  { url: manager, token, trust }: Address,
  ports: Ports,
): Promise<string> {
  const isManagers = token !== null && url.startsWith(`${manager}/`);
  const headers = isManagers ? { authorization: `Bearer ${token}` } : {};
  const waiting = new AbortController();
  const limit = ports.timers.after(answerWithinMs, () => waiting.abort());
  try {
    const place = url.startsWith(`${manager}/`) && trust !== undefined ? { url, trust } : { url };
    return await textOf(url, await send(place, new Request(url, { headers }), waiting.signal));
  } finally {
    limit.cancel();
  }
}

/**
 * A body as it comes in; it ends, without an error, with `signal`. The signal itself is waited for: `fetch` may
 * leave a read unsettled when it is aborted, and the process would end with nothing left to wait for.
 */
export async function* untilAborted(
  body: AsyncIterable<Uint8Array>,
  { url }: Address,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    while (!signal.aborted) {
      const next = await nextUnlessAborted(chunks, signal);
      if (next.done === true) return;
      yield next.value;
    }
  } catch (error) {
    if (!signal.aborted) throw unreachable(url, error);
  } finally {
    // Whoever has seen enough lets go of the connection; that it is gone already is no news.
    chunks.return?.().catch(() => {});
  }
}

function nextUnlessAborted<T>(
  items: AsyncIterator<T>,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve({ done: true, value: undefined });
    signal.addEventListener('abort', end);
    items
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', end));
  });
}

async function ask(place: Place, ports: Ports, request: Request): Promise<Response> {
  const waiting = new AbortController();
  const limit = ports.timers.after(answerWithinMs, () =>
    waiting.abort(new Error(`no answer within ${answerWithinMs / 1000} s`)),
  );
  try {
    const response = await send(place, request, waiting.signal);
    const text = await textOf(place.url, response);
    if (!isJson(text)) throw refusedWith(response.status, text);
    return new Response(text);
  } finally {
    limit.cancel();
  }
}

export type Place = Pick<Address, 'url' | 'trust'>;

async function send(
  { url, trust = Trust.in(null) }: Place,
  request: Request,
  signal: AbortSignal,
): Promise<Response> {
  // Every change needs it, also without a body.
  if (request.method !== 'GET') request.headers.set('content-type', 'application/json');
  let response: Response;
  try {
    response = await trust.fetch(request, { signal });
  } catch (error) {
    throw unreachable(url, error);
  }
  if (response.ok) return response;
  throw refusedWith(response.status, await textOf(url, response));
}

async function textOf(url: string, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(url, error);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a program of ours answers at `/health/ready`, ready or not; null: nobody does. */
export async function healthAt(
  { url, trust = Trust.in(null) }: Place,
  { timers }: Ports,
): Promise<unknown> {
  const waiting = new AbortController();
  const limit = timers.after(healthWithinMs, () => waiting.abort());
  try {
    const request = new Request(`${url}/health/ready`);
    const response = await trust.fetch(request, { signal: waiting.signal });
    return JSON.parse(await response.text());
  } catch {
    return null;
  } finally {
    limit.cancel();
  }
}
