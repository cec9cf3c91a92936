import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { OakringError, problemOf, type Refusal } from '@oakring/contracts';
import { inspect } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from './allowed-methods.js';
import { refusalOfFramework } from './framework-errors.js';
import { InvalidBody } from './invalid-body.js';

/** Seconds until a request that found no answer now is worth repeating. */
const retryAfterSeconds = '1';
/** Of what is refused for now, and not for good. */
const comesAgain: ReadonlySet<number> = new Set([429, 503]);
const maxShownPath = 256;

/** Whose problems they are. */
interface Answering {
  /** As a sentence names it: manager, scheduler. */
  readonly name: string;
  /** What the log's lines stand under. */
  readonly logContext: string;
  readonly maxBodyBytes: number;
}

/** Every error of the HTTP side, Fastify's own included, as an RFC 9457 problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger: Logger;

  constructor(
    private readonly answering: Answering,
    private readonly methods: AllowedMethods,
  ) {
    this.logger = new Logger(answering.logContext);
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.respond(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  respond(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // A stream that has begun cannot become a problem: the reader sees a broken connection.
    if (reply.sent) return void reply.raw.destroy();
    const refusal = this.located(request, reply, this.refusalOf(error, request));
    if (refusal.code === 'internal') this.report(request, error);
    const problem = problemOf(refusal);
    if (comesAgain.has(problem.status)) void reply.header('retry-after', retryAfterSeconds);
    const errors = error instanceof InvalidBody ? error.errors : [];
    const text = JSON.stringify(errors.length > 1 ? { ...problem, errors } : problem);
    void reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      // As bytes, so that Fastify leaves the media type as it is registered.
      .send(Buffer.from(text));
  }

  private refusalOf(error: unknown, { raw }: FastifyRequest): Refusal {
    const { name, maxBodyBytes } = this.answering;
    // What went wrong inside is for the log; it may hold what the caller must not see.
    const detail = `The request failed unexpectedly; the log of the ${name} says more.`;
    const unexpected: Refusal = { code: 'internal', detail };
    if (!(error instanceof OakringError)) {
      return refusalOfFramework(error, { maxBodyBytes, raw }) ?? unexpected;
    }
    const { code, message, field, value } = error;
    if (code === 'internal') return unexpected;
    return {
      code,
      detail: message,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value }),
    };
  }

  /** Says where there is nothing, or which methods the address takes instead. */
  private located(request: FastifyRequest, reply: FastifyReply, refusal: Refusal): Refusal {
    if (refusal.code !== 'route-unknown') return refusal;
    const path = pathOf(request);
    const allowed = this.methods.of(path);
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return { code: 'route-unknown', detail: `There is nothing at ${request.method} ${path}.` };
    }
    void reply.header('allow', allowed.join(', '));
    const detail = `${path} answers to ${allowed.join(', ')}, not to ${request.method}.`;
    return { code: 'method-not-allowed', detail };
  }

  private report(request: FastifyRequest, error: unknown): void {
    // With the stack of each cause: of a command that could not be decided, only that tells why.
    this.logger.error(`${request.method} ${pathOf(request)} failed: ${inspect(error)}`);
  }
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, maxShownPath);
}
