import { expectDocumented } from '../../apps/manager/src/http/testing/documented.js';

/** The manager's HTTP interface as a test sees it. */
export interface Answer {
  readonly status: number;
  // Tests name what they expect of a body.
  readonly body: any; // oxlint-disable-line typescript/no-explicit-any
  readonly headers: Headers;
}

export async function call(
  method: string,
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(method === 'GET' ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers: told } = response;
  expectDocumented({ method, url, status, headers: told, text });
  return {
    status: response.status,
    body: text === '' ? null : parsed(text),
    headers: response.headers,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const patienceMs = 60_000;
const lookEveryMs = 25;

/** Looks until what is looked at holds; fails with the last look. No fixed wait. */
export async function eventually<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = patienceMs,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`never held; last seen: ${JSON.stringify(seen, null, 1)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

export function job(url: string, id: string): Promise<Answer> {
  return call('GET', `${url}/api/v1/jobs/${id}`);
}

/** Waits until every instance of a job has the status. */
export function untilAll(url: string, id: string, status: string, count: number): Promise<Answer> {
  return eventually(
    () => job(url, id),
    ({ body }) =>
      body.instances?.length === count &&
      body.instances.every((instance: { status: string }) => instance.status === status),
  );
}
