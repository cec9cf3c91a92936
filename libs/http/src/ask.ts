import { cutText, systemCodeOf, type Problem } from '@oakring/contracts';
import { Trust } from '@oakring/host';

/** Of an answer that is no problem of ours. */
const maxShown = 200;

interface Question {
  readonly url: string;
  readonly token: string | null;
  /** Whose certificates are believed; absent: those of this machine's Node. */
  readonly trust?: Trust;
  readonly withinMs: number;
  /** Sent with a POST; without it a GET asks. */
  readonly body?: object;
  /** W3C `traceparent` to hand on. */
  readonly trace?: string | null;
}

/** Nobody answered in time, or it was no success. */
export class NoAnswer extends Error {
  constructor(
    message: string,
    /** Null: no answer came at all. */
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'NoAnswer';
  }
}

/** Asks another program of ours: the document that it answers with. Throws a NoAnswer. */
export async function ask({
  url,
  token,
  trust = Trust.in(null),
  withinMs,
  body,
  trace = null,
}: Question): Promise<unknown> {
  try {
    const request = new Request(url, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(trace === null ? {} : { traceparent: trace }),
      },
      // None of ours sends anybody elsewhere, least of all with a token.
      redirect: 'error',
    });
    const response = await trust.fetch(request, { signal: AbortSignal.timeout(withinMs) });
    if (response.ok) return await response.json();
    throw new NoAnswer(problemIn(response.status, await response.text()), response.status);
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(reasonOf(error, withinMs), null, { cause: error });
  }
}

interface ByteQuestion {
  readonly url: string;
  readonly body: Uint8Array;
  /** Media type of the body. */
  readonly type: string;
  readonly withinMs: number;
  readonly maxAnswerBytes: number;
  readonly ending: AbortSignal;
}

/** As `exchangeBytes`, where every other answer than a success is none. */
export async function askForBytes(question: ByteQuestion): Promise<Uint8Array> {
  const { ok, status, bytes } = await exchangeBytes(question);
  if (ok) return bytes;
  throw new NoAnswer(`status ${status}`, status);
}

interface ByteAnswer {
  /** It is a success. */
  readonly ok: boolean;
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** Asks somebody else's program, with bytes for bytes: no more of them than we can use. Throws a NoAnswer. */
export async function exchangeBytes(question: ByteQuestion): Promise<ByteAnswer> {
  const { url, body, type, withinMs, maxAnswerBytes, ending } = question;
  try {
    const response = await fetch(url, {
      ...{ method: 'POST', body: Buffer.from(body), redirect: 'error' },
      headers: { 'content-type': type },
      signal: AbortSignal.any([ending, AbortSignal.timeout(withinMs)]),
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > maxAnswerBytes) {
        throw new NoAnswer(`more than ${maxAnswerBytes} bytes`, response.status);
      }
      chunks.push(chunk);
    }
    const { ok, status } = response;
    return { ok, status, bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof NoAnswer) throw error;
    throw new NoAnswer(reasonOf(error, withinMs), null, { cause: error });
  }
}

function problemIn(status: number, text: string): string {
  try {
    const { code, detail } = JSON.parse(text) as Partial<Problem>;
    if (code !== undefined && detail !== undefined) return `${status} ${code}: ${detail}`;
  } catch {
    // Somebody else's answer, a proxy's for example.
  }
  return `${status} ${cutText(text, maxShown)}`;
}

/** `fetch` hides what happened in its error's cause: a code of the system, or a sentence. */
function reasonOf(error: unknown, withinMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${withinMs} ms`;
  const { cause } = error;
  return systemCodeOf(cause) ?? (cause instanceof Error ? cause.message : error.message);
}
