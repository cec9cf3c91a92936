import { withoutTokens, type ErrorCode, type OakringError } from '@oakring/contracts';
import type { Clock } from '@oakring/ports';
import type { FastifyRequest } from 'fastify';

/** Whoever guesses at tokens shall be seen, and shall not fill the log. */
const lineEveryMs = 60_000;
const maxShownPath = 256;

/** What is told of a request that was refused. `caller`: who asked; `knownAs`: whose token it was that holds no more. */
export interface RefusedRequest extends Pick<FastifyRequest, 'method' | 'url' | 'ip'> {
  readonly caller?: { readonly name: string } | undefined;
  readonly knownAs?: string | null;
}

type Listener = (problem: OakringError, request: RefusedRequest) => void;

/** Requests of those who may not speak to us: counted, and told to the log once a minute at most. */
export class Refusals {
  private readonly byCode = new Map<ErrorCode, number>();
  private saidAtMs = Number.NEGATIVE_INFINITY;
  private unsaid = 0;
  private readonly listeners: Listener[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly warn: (line: string) => void,
  ) {}

  /** Since the start, by code. */
  counts(): ReadonlyMap<ErrorCode, number> {
    return this.byCode;
  }

  /** Calls back with each, from now on. */
  onNoted(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Of the request nothing is told in which a secret may be: neither query nor headers. */
  note(problem: OakringError, request: RefusedRequest): void {
    const { code, message } = problem;
    const { method, url, ip } = request;
    for (const listener of this.listeners) listener(problem, request);
    this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1);
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.saidAtMs < lineEveryMs) {
      this.unsaid += 1;
      return;
    }
    const path = withoutTokens(url.split('?', 1)[0] ?? '').slice(0, maxShownPath);
    const others = this.unsaid === 0 ? '' : ` ${this.unsaid} others since the last such line.`;
    this.warn(`refused ${method} ${path} from ${ip} (${code}): ${message}${others}`);
    this.saidAtMs = nowMs;
    this.unsaid = 0;
  }
}
