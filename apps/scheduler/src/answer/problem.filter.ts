import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import {
  OakringError,
  problemOf,
  type ErrorCode,
  type Problem,
  type Refusal,
} from '@oakring/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-field',
  401: 'unauthorized',
  404: 'route-unknown',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

/** Every error becomes an RFC 9457 problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    // The health check's own answer is a document already.
    if (error instanceof HttpException && request.url.startsWith('/health/')) {
      void reply.code(error.getStatus()).send(error.getResponse());
      return;
    }
    sendProblem(reply, problemOfError(error));
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  void reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function problemOfError(error: unknown): Problem {
  if (error instanceof OakringError) return problemOf(refusalOf(error));
  const status = statusOf(error);
  const code = codeOfStatus[status] ?? 'internal';
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof SyntaxError) return problemOf({ code: 'invalid-json', detail });
  return problemOf({ code, detail });
}

function refusalOf(error: OakringError): Refusal {
  return {
    code: error.code,
    detail: error.message,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.value === undefined ? {} : { value: error.value }),
  };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error) return Number(error.statusCode);
  return 500;
}
