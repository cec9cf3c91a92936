import {
  Catch,
  HttpException,
  Logger,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import { OakringError, problemOf, systemCodeOf, type Refusal } from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Seconds until a request that found no answer now is worth repeating. */
const retryAfterSeconds = '1';
const maxShownPath = 256;

/** Every error, Fastify's own included, becomes an RFC 9457 problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('Scheduler');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    // The health check's own answer is a document already.
    if (error instanceof HttpException && request.url.startsWith('/health/')) {
      void reply.code(error.getStatus()).send(error.getResponse());
      return;
    }
    const refusal = refusalOf(error, request);
    if (refusal.code === 'internal') {
      this.logger.error(
        `${request.method} ${pathOf(request)} failed`,
        error instanceof Error ? error.stack : String(error),
      );
    }
    sendProblem(reply, refusal);
  }
}

function sendProblem(reply: FastifyReply, refusal: Refusal): void {
  const problem = problemOf(refusal);
  if (problem.status === 503) void reply.header('retry-after', retryAfterSeconds);
  void reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    // As bytes, so that Fastify leaves the media type as it is registered.
    .send(Buffer.from(JSON.stringify(problem)));
}

function refusalOf(error: unknown, request: FastifyRequest): Refusal {
  if (error instanceof OakringError) {
    const { code, message: detail, field, value } = error;
    return {
      code,
      detail,
      ...(field === undefined ? {} : { field }),
      ...(value === undefined ? {} : { value }),
    };
  }
  return refusalOfFramework(error, request) ?? unexpected;
}

/** What went wrong inside is for the log. */
const unexpected: Refusal = {
  code: 'internal',
  detail: 'The request failed unexpectedly; the log of the scheduler says more.',
};

/** Errors that Nest and Fastify raise themselves. Nest keeps Fastify's as the cause of its own. */
function refusalOfFramework(error: unknown, request: FastifyRequest): Refusal | null {
  switch (systemCodeOf(error) ?? systemCodeOf(error instanceof Error ? error.cause : null)) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { code: 'payload-too-large', detail: 'The body is larger than 8 MiB.' };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return {
        code: 'unsupported-media-type',
        detail: 'The body is not announced as application/json.',
        field: 'Content-Type',
      };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'ECONNRESET':
      return { code: 'request-malformed', detail: 'The body ended before Content-Length.' };
    default:
      return refusalOfStatus(error, request);
  }
}

function refusalOfStatus(error: unknown, request: FastifyRequest): Refusal | null {
  if (!(error instanceof HttpException) || error.getStatus() >= 500) return null;
  return error.getStatus() === 404
    ? {
        code: 'route-unknown',
        detail: `There is nothing at ${request.method} ${pathOf(request)}.`,
      }
    : { code: 'request-malformed', detail: error.message };
}

function pathOf(request: FastifyRequest): string {
  return (request.url.split('?', 1)[0] ?? '').slice(0, maxShownPath);
}
