import { isLoopbackAddress } from '@oakring/host';
import { OakringError } from '@oakring/contracts';
import type { FastifyInstance } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { Refusals } from './refusals.js';

/** Answering these changes nothing. */
const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Keeps web pages of others out, which a browser on the operator's machine lets speak to us:
 *
 * - A page whose name was made to point at our address (DNS rebinding) counts as ours for the browser.
 *   Its requests name it as `Host`, which is none of our names: 421.
 * - A page of another origin says so in `Origin` or `Sec-Fetch-Site`: 403. Browsers ask nobody before they open a
 *   WebSocket, and send its origin as well.
 * - A form or a script that a browser does not ask about first cannot send `application/json`, so
 *   every change needs it, also without a body: 415. Of a DELETE a browser always asks first, so it may
 *   say nothing of what it does not have.
 *
 * Our names are the address that was connected to, the loopback names, and `names` (the address that
 * we tell others, and OAKRING_ALLOWED_HOSTS). Who reaches us by a network may also write any address
 * as a number: behind a published port we do not know ours, and a number cannot be made to point
 * elsewhere. Ports are not compared: tunnels and published ports change them.
 *
 * A request is judged by one name alone: it names one Host, and nothing beside it, and asks for a path. A whole
 * address is what one asks of a proxy; RFC 9112 would let it count instead of Host, and we refuse it: no client of
 * ours sends one.
 */
export function speakWithOurOwnOnly(
  server: FastifyInstance,
  names: readonly string[],
  refusals: Refusals,
): void {
  const ours = new Set(names.map((name) => name.toLowerCase()));
  server.addHook('onRequest', (request, _reply, done) => {
    const { method, url, headers, is404, raw } = request;
    const { localAddress = '' } = request.socket;
    const hosts = countOf('host', raw.rawHeaders);
    const problem = foreignness({ method, url, hosts, headers, is404, localAddress }, ours);
    if (problem === null) return done();
    // A change that is announced wrongly is a mistake rather.
    if (problem.code !== 'unsupported-media-type') refusals.note(problem, request);
    done(problem);
  });
}

/** What a request shows of who sends it. */
export interface Sent {
  readonly method: string;
  /** As it was asked for, before it leads to a route. */
  readonly url: string;
  /** How many headers of that name there are: Node keeps the first, and a proxy may have judged another. */
  readonly hosts: number;
  readonly headers: IncomingHttpHeaders;
  readonly is404: boolean;
  /** Our end of the connection. */
  readonly localAddress: string;
}

/** Why a request is not for us, or not from our own; null when it may be answered. */
export function foreignness(sent: Sent, ours: ReadonlySet<string>): OakringError | null {
  return problemOfHost(sent, ours) ?? problemOfOrigin(sent, ours) ?? problemOfChange(sent);
}

export interface Naming {
  /** OAKRING_HOST as it was given. */
  readonly host: string;
  readonly advertiseUrl?: string | null;
  readonly allowedHosts: readonly string[];
}

/** The names of a listener that is bound to `address`. */
export function ownNames(
  address: string,
  { host, advertiseUrl = null, allowedHosts }: Naming,
): readonly string[] {
  const names = [...allowedHosts];
  if (isIP(host) === 0) names.push(host);
  if (advertiseUrl !== null) names.push(new URL(advertiseUrl).hostname);
  // Nobody but this machine reaches loopback, and here the machine's name is not needed.
  if (!isLoopbackAddress(address)) names.push(hostname());
  return names;
}

function problemOfHost(sent: Sent, ours: ReadonlySet<string>): OakringError | null {
  const { host } = sent.headers;
  if (sent.hosts > 1) return misdirected('The request names several Hosts.');
  // `*` is asked of the server as a whole.
  if (!sent.url.startsWith('/') && sent.url !== '*') {
    return misdirected('The request asks for a whole address, as a proxy is asked: we are none.');
  }
  const name = host === undefined ? null : hostnameOf(host);
  if (name !== null && (ours.has(name) || isOurAddress(name, sent))) return null;
  const value = host === undefined ? {} : { value: host.slice(0, 256) };
  return misdirected(
    `The request names ${shown(host)} as its Host, which is no name of ours.`,
    value,
  );
}

function misdirected(detail: string, value: { readonly value?: string } = {}): OakringError {
  return new OakringError({ code: 'misdirected-request', detail, field: 'Host', ...value });
}

function isOurAddress(name: string, { localAddress }: Sent): boolean {
  const literal = name.replace(/^\[(.*)\]$/, '$1');
  if (name === 'localhost' || isLoopbackAddress(literal)) return true;
  return !isLoopbackAddress(localAddress) && isIP(literal) !== 0;
}

function problemOfOrigin({ headers }: Sent, ours: ReadonlySet<string>): OakringError | null {
  const { origin, host, 'sec-fetch-site': site } = headers;
  // A page of ours, or an address that somebody typed; whatever else a browser may come to say is not ours.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return foreign(`A page of another site sends the request (Sec-Fetch-Site: ${shown(site)}).`);
  }
  if (origin === undefined) return null;
  // Not an extension's or a file's that happens to have a name of ours.
  const url = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin) : null;
  // A proxy in front may have changed Host and scheme: then the name it serves us by is listed.
  const isHere = origin === `http://${host}` || origin === `https://${host}`;
  const isOurs = isHere || (url !== null && ours.has(url.hostname));
  return isOurs ? null : foreign(`A page of ${shown(origin)} sends the request.`);
}

function foreign(detail: string): OakringError {
  return new OakringError({ code: 'origin-foreign', detail, field: 'Origin' });
}

function problemOfChange({ method, headers, is404 }: Sent): OakringError | null {
  // What is not there is told as not there.
  if (reads.has(method) || is404) return null;
  const given = headers['content-type'];
  if (method === 'DELETE' && given === undefined) return null;
  const media = given?.split(';', 1)[0]?.trim().toLowerCase();
  if (media === 'application/json') return null;
  // Of a DELETE the body may be left out, and then it is announced as nothing.
  const unless = method === 'DELETE' ? 'or have no content type' : 'also without a body';
  return new OakringError({
    code: 'unsupported-media-type',
    detail: `A ${method} must be announced as application/json, ${unless}; this one has ${shown(given)}.`,
    field: 'Content-Type',
  });
}

/** A name or address, and a port: a URL would take `user@` before it and a path after it as well. */
const hostForm = /^(?:\[[\da-f:.]+\]|[^\s/?#@%\\:[\]]+)(?::\d{0,5})?$/i;

/** The name without its port, in small letters, numbers as they are usually written; null for what is none. */
function hostnameOf(host: string): string | null {
  if (!hostForm.test(host)) return null;
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : null;
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  // Names and values in turn.
  return rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === name).length;
}

function shown(value: string | undefined): string {
  return value === undefined ? 'none' : `"${value.slice(0, 100)}"`;
}
