import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { OakringError, problemOf, type Refusal } from '@oakring/contracts';
import { inspect } from 'node:util';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AllowedMethods } from './allowed-methods.js';
import { InvalidBody } from './invalid-body.js';

/** Seconds until a request that found no answer now is worth repeating. */
const retryAfterSeconds = '1';
const maxShownPath = 256;

/** Every error of the HTTP side, Fastify's own included, as an RFC 9457 problem. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(private readonly methods: AllowedMethods) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.respond(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  respond(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // A stream that has begun cannot become a problem: the reader sees a broken connection.
    if (reply.sent) return void reply.raw.destroy();
    const refusal = this.located(request, reply, refusalOf(error));
    if (refusal.code === 'internal') this.report(request, error);
    const problem = problemOf(refusal);
    if (problem.status === 503) void reply.header('retry-after', retryAfterSeconds);
    const errors = error instanceof InvalidBody ? error.errors : [];
    const text = JSON.stringify(errors.length > 1 ? { ...problem, errors } : problem);
    void reply
      .code(problem.status)
      .header('content-type', 'application/problem+json')
      // As bytes, so that Fastify leaves the media type as it is registered.
      .send(Buffer.from(text));
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

function refusalOf(error: unknown): Refusal {
  if (error instanceof OakringError) {
    const { code, message: detail, field, value } = error;
    // What went wrong inside is for the log; it may hold what the caller must not see.
    if (code === 'internal') return unexpected;
    return {
      code,
      detail,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value }),
    };
  }
  return refusalOfFramework(error) ?? unexpected;
}

const unexpected: Refusal = {
  code: 'internal',
  detail: 'The request failed unexpectedly; the log of the manager says more.',
};

/** Errors that Nest and Fastify raise themselves. Nest keeps Fastify's as the cause of its own. */
function refusalOfFramework(error: unknown): Refusal | null {
  switch (codeOf(error) ?? codeOf(error instanceof Error ? error.cause : null)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'payload-too-large', detail: 'The body is larger than 256 KiB.' };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return {
        code: 'unsupported-media-type',
        detail: 'The body is not announced as application/json.',
        field: 'Content-Type',
      };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return {
        code: 'request-malformed',
        detail: 'The body is not as long as Content-Length says.',
        field: 'Content-Length',
      };
    case 'FST_ERR_BAD_URL':
      return { code: 'request-malformed', detail: 'The address is not well-formed.' };
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { code: 'route-unknown', detail: 'There is nothing at an address this long.' };
    default:
      break;
  }
  if (!(error instanceof HttpException) || error.getStatus() >= 500) return null;
  return error.getStatus() === 404
    ? { code: 'route-unknown', detail: 'There is nothing at this address.' }
    : { code: 'request-malformed', detail: error.message };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, maxShownPath);
}
