import { problemOf } from '@oakring/contracts';
import type { Socket } from 'node:net';

/** Answers what Node's HTTP parser refuses, before there is a request, and closes the connection. */
export function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = problemOf({ code: 'request-malformed', detail: `${reasonOf(error)}.` });
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function reasonOf(error: Error & { code?: string }): string {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'The headers are larger than the server reads';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'The request did not arrive in time';
    default:
      return `The request cannot be read: ${error.message}`;
  }
}
