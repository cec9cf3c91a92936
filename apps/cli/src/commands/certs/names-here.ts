import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';

/** What the settings say that a manager is reached by. */
export interface SaidNames {
  /** OAKRING_HOST. */
  readonly host: string;
  readonly advertiseUrl: string | null;
  readonly allowedHosts: readonly string[];
}

const loopback = ['localhost', '127.0.0.1', '::1'];
const wildcards = new Set(['0.0.0.0', '::']);
/** Of one link alone: nobody names them in an address. */
const linkLocal = /^(fe[89ab]|169\.254\.)/i;

/** The names and addresses that a manager here is reached by: this machine's own, and those that are said. */
export function namesHere({ host, advertiseUrl, allowedHosts }: SaidNames): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
  const advertised = advertiseUrl === null ? [] : [new URL(advertiseUrl).hostname];
  const all = [...loopback, hostname(), ...advertised, host, ...allowedHosts, ...own];
  const written = all.map((name) => name.replace(/^\[(.*)\]$/, '$1').toLowerCase());
  return [...new Set(written)].filter((name) => !wildcards.has(name) && !linkLocal.test(name));
}

const hostName =
  /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** Whether a certificate can be for it. */
export function isName(text: string): boolean {
  return isIP(text) !== 0 || (text.length <= 253 && hostName.test(text));
}
