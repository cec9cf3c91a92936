import { problemOf, type ErrorCode, type Refusal } from '@oakring/contracts';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** Answers what Node's HTTP parser refuses, before there is a request, and closes the connection. */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  // Whoever does not speak TLS with us cannot be told anything.
  const isOfTls = /^ERR_(SSL|TLS)_/.test(error.code ?? '');
  if (error.code === 'ECONNRESET' || isOfTls || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf(refusalOf(error));
  const body = JSON.stringify(problem);
  const statusLine = `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`;
  // Whoever does not close his side would keep the connection for ever: it is not waited for.
  socket.write(
    `${statusLine}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  socket.destroySoon();
}

function refusalOf(error: Error & { code?: string }): Refusal {
  const refusal = (code: ErrorCode, detail: string): Refusal => ({ code, detail });
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return refusal('request-malformed', 'The headers are larger than the server reads.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return refusal('request-timeout', 'The request did not arrive in time.');
    default:
      return refusal('request-malformed', `The request cannot be read: ${error.message}.`);
  }
}
