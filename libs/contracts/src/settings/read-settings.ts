import { idExpectation, isId } from '../parsing/parsing.js';
import { OakringError } from '../errors/oakring-error.js';
import { secretPartOf, shownUrl } from './shown-url.js';

/** One environment variable: how it is read, what it falls back to, and what it is for. */
export interface Setting<T> {
  readonly variable: string;
  readonly description: string;
  readonly fallback: string;
  /** The value, or a sentence that says what is wrong with the text. */
  read(text: string): { value: T } | { problem: string };
}

export type Settings<S extends Record<string, Setting<unknown>>> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/**
 * Reads every setting of a catalogue from `env` (the process's environment, or flags).
 * Throws `settings-invalid` naming every bad variable with its value.
 */
export function readSettings<S extends Record<string, Setting<unknown>>>(
  catalogue: S,
  env: Readonly<Record<string, string | undefined>>,
): Settings<S> {
  const values = new Map<string, unknown>();
  const problems: string[] = [];
  for (const [key, setting] of Object.entries(catalogue)) {
    const text = env[setting.variable] ?? setting.fallback;
    const read = setting.read(text);
    if ('problem' in read) problems.push(`${setting.variable}: ${read.problem}`);
    else values.set(key, read.value);
  }
  if (problems.length > 0) {
    throw new OakringError({
      code: 'settings-invalid',
      detail: `${problems.length} unusable ${problems.length === 1 ? 'setting' : 'settings'}:\n  ${problems.join('\n  ')}\n`,
    });
  }
  // The loop above filled every key of the catalogue.
  return Object.freeze(Object.fromEntries(values)) as Settings<S>;
}

export function textSetting(
  variable: string,
  fallback: string,
  description: string,
): Setting<string> {
  return { variable, fallback, description, read: (text) => ({ value: text }) };
}

/** A host, and a port where one was given with it. */
export interface Place {
  readonly host: string;
  readonly port: number | null;
}

const hostPattern = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/i;

/** A host by name or number, as such or as an address with scheme and port; or nothing. */
export function placeSetting(variable: string, description: string): Setting<Place | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      if (text === '') return { value: null };
      if (text.includes('@')) {
        return { problem: `"${shownUrl(text)}" was given with a user or password; leave it out` };
      }
      const [, , place = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)\/?$/i.exec(text) ?? [];
      const [, host = '', port = null] = /^(.*?)(?::(\d{1,5}))?$/.exec(place) ?? [];
      if (!hostPattern.test(host)) {
        return { problem: `"${shownUrl(text)}" is not a host name or address` };
      }
      if (port !== null && (Number(port) < 1 || Number(port) > 65_535)) {
        return { problem: `"${shownUrl(text)}" was given with a port that is not 1 to 65535` };
      }
      return { value: { host, port: port === null ? null : Number(port) } };
    },
  };
}

/** A TCP port, or nothing; where 0 may be said, that is none. */
export function knownPortSetting(
  variable: string,
  description: string,
  least = 1,
): Setting<number | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => (text === '' ? { value: null } : portIn(text, least)),
  };
}

/** True, false, or as something else says. */
export function choiceSetting(variable: string, description: string): Setting<boolean | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => (text === '' ? { value: null } : flagIn(text)),
  };
}

/** IP addresses and networks (`10.0.0.0/8`), separated by commas. */
export function networksSetting(variable: string, description: string): Setting<readonly string[]> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      const given = partsIn(text);
      const bad = given.find((each) => !isNetwork(each));
      if (bad === undefined) return { value: given };
      return { problem: `"${bad}" is not an IP address or a network such as 10.0.0.0/8` };
    },
  };
}

function isNetwork(text: string): boolean {
  const [, address = '', bits = '0'] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  if (address.includes(':')) return URL.canParse(`http://[${address}]/`) && Number(bits) <= 128;
  const parts = address.split('.');
  const isFour = parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part));
  return isFour && parts.every((part) => Number(part) <= 255) && Number(bits) <= 32;
}

/** A TCP port, 0 (any free one) to 65 535. */
export function portSetting(
  variable: string,
  fallback: number,
  description: string,
): Setting<number> {
  return {
    variable,
    fallback: String(fallback),
    description,
    read: (text) => portIn(text, 0),
  };
}

function portIn(text: string, least: number): { value: number } | { problem: string } {
  return /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= 65_535
    ? { value: Number(text) }
    : { problem: `"${text}" is not a port (${least} to 65535)` };
}

/** A number of things, from 1. */
export function countSetting(
  variable: string,
  fallback: number,
  description: string,
): Setting<number> {
  return {
    variable,
    fallback: String(fallback),
    description,
    read: (text) =>
      /^[1-9]\d{0,6}$/.test(text)
        ? { value: Number(text) }
        : { problem: `"${text}" is not a number from 1 to 9999999` },
  };
}

/** How many for one, as 1.5; or off. */
export function factorSetting(variable: string, description: string): Setting<number | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      if (text === '' || text === 'off') return { value: null };
      const isFactor = /^\d{1,4}(\.\d{1,3})?$/.test(text) && Number(text) > 0;
      return isFactor
        ? { value: Number(text) }
        : { problem: `"${text}" is neither off nor a number above 0, such as 4 or 1.5` };
    },
  };
}

/** The first one, unless another is said. */
export function oneOfSetting<N extends string>(
  variable: string,
  choices: readonly [N, ...N[]],
  description: string,
): Setting<N> {
  return {
    variable,
    fallback: choices[0],
    description,
    read: (text) => {
      const chosen = choices.find((choice) => choice === text);
      if (chosen !== undefined) return { value: chosen };
      return { problem: `"${text}" is none of ${choices.join(', ')}` };
    },
  };
}

/** Milliseconds, up to a day. */
export function timeSetting(
  variable: string,
  { fallbackMs, leastMs }: { readonly fallbackMs: number; readonly leastMs: number },
  description: string,
): Setting<number> {
  const mostMs = 86_400_000;
  return {
    variable,
    fallback: String(fallbackMs),
    description,
    read: (text) => {
      const isTime = /^\d{1,8}$/.test(text) && Number(text) >= leastMs && Number(text) <= mostMs;
      return isTime
        ? { value: Number(text) }
        : { problem: `"${text}" is not a number of milliseconds from ${leastMs} to ${mostMs}` };
    },
  };
}

export function flagSetting(variable: string, description: string): Setting<boolean> {
  return {
    variable,
    fallback: 'false',
    description,
    read: flagIn,
  };
}

function flagIn(text: string): { value: boolean } | { problem: string } {
  return text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : { problem: `"${text}" is neither true nor false` };
}

/** Host names without scheme and port, separated by commas. */
export function namesSetting(variable: string, description: string): Setting<readonly string[]> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      const given = partsIn(text);
      const bad = given.find((name) => !/^[a-z0-9._-]+$/i.test(name));
      if (bad === undefined) return { value: given };
      return { problem: `"${bad}" is not a host name; write it without scheme and port` };
    },
  };
}

/** Schemes of an address, and where the credentials go that must not be in it. */
export interface UrlKind {
  readonly schemes: readonly string[];
  readonly credentials: string;
}

/** A URL of the kind, or nothing. It is shown and stored, so no secret may be in it. */
export function urlSetting(
  variable: string,
  { schemes, credentials }: UrlKind,
  description: string,
): Setting<string | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      if (text === '') return { value: null };
      if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol)) {
        return {
          problem: `"${shownUrl(text)}" is not a URL with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
        };
      }
      const secret = secretPartOf(text);
      if (secret === null) return { value: text.replace(/(?<!\/)\/+$/, '') };
      const problem = `"${shownUrl(text)}" was given with ${secret}; credentials go into ${credentials}`;
      return { problem };
    },
  };
}

/** A secret: never shown in an error. */
export function secretSetting(variable: string, description: string): Setting<string | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => ({ value: text === '' ? null : text }),
  };
}

/** An id, or nothing. */
export function idSetting(variable: string, description: string): Setting<string | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      if (text === '') return { value: null };
      return isId(text) ? { value: text } : { problem: `"${text}" is ${idExpectation}` };
    },
  };
}

/** A whole number, or nothing. */
export function wholeSetting(variable: string, description: string): Setting<number | null> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      if (text === '') return { value: null };
      return /^\d{1,15}$/.test(text)
        ? { value: Number(text) }
        : { problem: `"${text}" is not a whole number` };
    },
  };
}

/** Some of the names that there are, separated by commas; in the order in which they are offered. */
export function choicesSetting<N extends string>(
  variable: string,
  offered: readonly N[],
  fallback: N,
  description: string,
): Setting<readonly N[]> {
  return {
    variable,
    fallback,
    description: `${description}: ${offered.join(', ')}`,
    read: (text) => {
      const named = text.split(',').map((part) => part.trim());
      const unknown = named.filter((name) => !offered.some((one) => one === name));
      if (unknown.length === 0) return { value: offered.filter((one) => named.includes(one)) };
      return { problem: `"${unknown.join(', ')}" is not among ${offered.join(', ')}` };
    },
  };
}

/** Texts, separated by commas. */
export function listSetting(variable: string, description: string): Setting<readonly string[]> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => ({ value: partsIn(text) }),
  };
}

function partsIn(text: string): readonly string[] {
  return text.split(',').flatMap((part) => part.trim() || []);
}

/** `key=value`, separated by commas. */
export function labelsSetting(
  variable: string,
  description: string,
): Setting<Readonly<Record<string, string>>> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      const parts = text.split(',').filter((label) => label !== '');
      const bad = parts.find((part) => part.indexOf('=') < 1);
      if (bad !== undefined) return { problem: `"${bad}" is not key=value` };
      const pairs = parts.map((part) => {
        const at = part.indexOf('=');
        return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
      });
      return { value: Object.fromEntries(pairs) };
    },
  };
}

/** A folder, or a MongoDB URL. */
export function storeSetting(variable: string, description: string): Setting<string> {
  return {
    variable,
    fallback: '',
    description,
    read: (text) => {
      const scheme = /^([a-z+]+):\/\//.exec(text)?.[1];
      if (scheme === undefined) return { value: text };
      const isMongodb = scheme === 'mongodb' || scheme === 'mongodb+srv';
      const shown = shownUrl(text);
      if (isMongodb && /^[^/]+:\/\/[^/]*\/[^?]*@/.test(text)) {
        const problem = `"${shown}" was given with a / before its @; write it percent-encoded, as %2F`;
        return { problem };
      }
      if (isMongodb && text.length > `${scheme}://`.length) return { value: text };
      return { problem: `"${shown}" is neither a folder nor mongodb://<host>:<port>/<database>` };
    },
  };
}
