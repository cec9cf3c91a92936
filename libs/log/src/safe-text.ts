import { withoutTokens } from '@oakring/contracts';

/** Characters of a text that are written: what came from outside has no end of its own. */
export const mostTextChars = 8_192;

const credentials = /\b([a-z][a-z0-9+.-]{0,31}:\/\/)[^/?#\s"'@]{1,512}@/gi;
const bearer = /\b(bearer\s+)[\w.~+/=-]{4,}/gi;

/**
 * A text as it may stand in a log: as long as it may be, without the user and password of an address and
 * without a bearer token or one of ours. Who logs takes care already; this is for what an error of a library quotes.
 */
export function safeText(text: string): string {
  const short =
    text.length > mostTextChars
      ? `${text.slice(0, mostTextChars)}… (${text.length - mostTextChars} more characters)`
      : text;
  return withoutTokens(short.replace(credentials, '$1***@').replace(bearer, '$1***'));
}
