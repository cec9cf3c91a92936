import { isObject, type JsonObject, type Page } from '@oakring/contracts';
import { CommandFailure, exitCodes } from '../exit-codes.js';

const answerWithinMs = 30_000;
const pageSize = 1000;

/** The manager's HTTP interface as the command line uses it. */
export class ManagerClient {
  constructor(
    readonly url: string,
    private readonly token: string | null,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path);
  }

  post<T>(path: string, body: JsonObject): Promise<T> {
    return this.request<T>('POST', path, body);
  }

  delete<T>(path: string): Promise<T> {
    return this.request<T>('DELETE', path);
  }

  /** Every item of a list, page by page. */
  async list<T>(path: string): Promise<{ items: T[]; position: number }> {
    const items: T[] = [];
    let cursor = '';
    for (;;) {
      const page = await this.get<Page<T>>(`${path}?limit=${pageSize}${cursor}`);
      items.push(...page.items);
      if (page.next === undefined) return { items, position: page.position };
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  }

  /** The answer's body as it streams in; ends with `signal`. */
  async stream(path: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.fetch('GET', path, undefined, signal);
    if (!response.ok || response.body === null) throw await refused(response);
    return response.body;
  }

  private async request<T>(method: string, path: string, body?: JsonObject): Promise<T> {
    const response = await this.fetch(method, path, body, AbortSignal.timeout(answerWithinMs));
    if (!response.ok) throw await refused(response);
    // The manager's contract; what is read of it is shown, not trusted.
    return (await response.json()) as T;
  }

  private async fetch(
    method: string,
    path: string,
    body: JsonObject | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        signal,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new CommandFailure(
        `No manager answers at ${this.url}: ${reasonOf(error)}. ` +
          `Start one with "oakring up", or name another with --url.`,
        exitCodes.unreachable,
      );
    }
  }
}

async function refused(response: Response): Promise<CommandFailure> {
  const text = await response.text();
  return new CommandFailure(problemText(text, response.status), exitCodes.refused);
}

/** A problem document as a person reads it. */
function problemText(text: string, status: number): string {
  let problem: unknown;
  try {
    problem = JSON.parse(text);
  } catch {
    return `The manager answered ${status}: ${text.slice(0, 300)}`;
  }
  if (!isObject(problem) || typeof problem['detail'] !== 'string') {
    return `The manager answered ${status}: ${text.slice(0, 300)}`;
  }
  const lines = [`${String(problem['title'])} [${String(problem['code'])}]`, problem['detail']];
  const { errors } = problem;
  if (Array.isArray(errors) && errors.length > 1) {
    for (const error of errors) if (isObject(error)) lines.push(`  - ${String(error['detail'])}`);
  }
  if (problem['remedy'] !== undefined) lines.push(String(problem['remedy']));
  return lines.join('\n');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return error.message;
}
