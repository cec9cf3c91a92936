import { applyDecorators, Header } from '@nestjs/common';

/**
 * What a page of ours loads, runs and asks: files from here alone, none of it written in the page itself. Forms lead
 * nowhere, and nobody frames it. Images may be `data:`, which style sheets draw with.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** On each method that answers with a page: everything else is none (`security-headers.ts`). */
export function Page(): MethodDecorator {
  return applyDecorators(
    Header('content-type', 'text/html; charset=utf-8'),
    Header('content-security-policy', policy),
  );
}
