import { HttpException } from '@nestjs/common';
import { systemCodeOf, type Refusal } from '@oakring/contracts';
import type { IncomingMessage } from 'node:http';

interface Failed {
  /** How many bytes of a body are read. */
  readonly maxBodyBytes: number;
  readonly raw: Pick<IncomingMessage, 'complete' | 'destroyed'>;
}

/** Errors that Nest and Fastify raise themselves; null for any other. Nest keeps Fastify's as a cause. */
export function refusalOfFramework(error: unknown, failed: Failed): Refusal | null {
  const code = systemCodeOf(error) ?? systemCodeOf(error instanceof Error ? error.cause : null);
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE': {
      const detail = `The body is larger than ${sizeOf(failed.maxBodyBytes)}.`;
      return { code: 'payload-too-large', detail };
    }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
      return {
        code: 'unsupported-media-type',
        detail: 'The body is not announced as application/json.',
        field: 'Content-Type',
      };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return cutShort;
    case 'FST_ERR_BAD_URL':
      return { code: 'request-malformed', detail: 'The address is not well-formed.' };
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return { code: 'route-unknown', detail: 'There is nothing at an address this long.' };
    case 'ECONNRESET':
      // Of the caller's own connection; what we ask of others may break as well.
      if (failed.raw.destroyed && !failed.raw.complete) return cutShort;
      break;
    default:
      break;
  }
  if (!(error instanceof HttpException) || error.getStatus() >= 500) return null;
  return error.getStatus() === 404
    ? { code: 'route-unknown', detail: 'There is nothing at this address.' }
    : { code: 'request-malformed', detail: error.message };
}

const cutShort: Refusal = {
  code: 'request-malformed',
  detail: 'The body is not as long as Content-Length says.',
  field: 'Content-Length',
};

function sizeOf(bytes: number): string {
  const mebibytes = bytes / 1_048_576;
  return Number.isInteger(mebibytes) ? `${mebibytes} MiB` : `${bytes / 1_024} KiB`;
}
