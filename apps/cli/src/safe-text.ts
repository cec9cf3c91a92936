/** A colour of ours, or what a terminal would obey: any control character but line feed and tab. */
// oxlint-disable-next-line no-control-regex -- these characters are what is looked for
const obeyed = /\u001B\[\d{0,2}m|[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;

/**
 * The last look at what is printed: nothing in it moves a cursor, clears a screen or asks the terminal for anything.
 * What came from outside was made safe where a page was drawn from it (`printable`); where that was forgotten it is
 * seen as an escape here. In a document of JSON that is the same text.
 */
export function safeText(text: string): string {
  return text.replace(obeyed, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
