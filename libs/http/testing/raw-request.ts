import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  /** 0: the connection ended without one. */
  readonly status: number;
  /** By names in small letters; several of a name are one, in lines. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Of the problem, where it is one. */
  readonly code: string | undefined;
}

/**
 * Sends exactly these bytes, and reads until the other side closes: no client of HTTP lets anybody choose Host and
 * Origin, which browsers set. `head` is request line and headers, without the empty line and without `connection`.
 */
export async function rawRequest(
  url: string,
  head: readonly string[],
  body = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[(.*)\]$/, '$1'));
  const isUpgrade = head.some((line) => /^connection:/i.test(line));
  const closing = isUpgrade ? [] : ['Connection: close'];
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  socket.write(`${[...head, ...closing, ...length].join('\r\n')}\r\n\r\n${body}`);
  // Whoever upgrades keeps the connection; this side has said everything.
  if (isUpgrade) socket.end();
  return answerIn(await text(socket));
}

function answerIn(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [line = '', ...lines] = answer.slice(0, Math.max(0, end)).split('\r\n');
  const headers = new Map<string, string>();
  for (const each of lines) {
    const [, name = '', value = ''] = /^([^:]+): *(.*)$/.exec(each) ?? [];
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}\n${value}`);
  }
  const body = answer.slice(end + 4);
  const [, status = '0'] = /^HTTP\/1\.1 (\d{3}) /.exec(line) ?? [];
  return { status: Number(status), headers, body, code: codeIn(body) };
}

function codeIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as { readonly code?: string }).code;
  } catch {
    return undefined;
  }
}
