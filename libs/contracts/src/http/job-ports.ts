import { may, must, wordOf } from '../messages/codec.js';
import { integerOf, unlike, type JsonObject, type Parsed } from '../parsing/parsing.js';
import { listFrom, membersOf } from './members.js';

export const maxPorts = 64;
export const portRange = { minimum: 1, maximum: 65_535 } as const;
export const portProtocols = ['tcp', 'udp'] as const;

/** A port of the program that is reached through its node. */
export interface PublishedPort {
  readonly port: number;
  /** The node's own. */
  readonly published: number;
  readonly protocol: (typeof portProtocols)[number];
  /** Of the node, on which it listens alone; null: on all. */
  readonly address: string | null;
  readonly name: string | null;
}

/** `ports` of a job, each written out; empty where there are none. */
export function parsePorts(job: JsonObject): Parsed<readonly PublishedPort[]> {
  return listFrom(job, 'ports', maxPorts, (value, field) => {
    const whole = portAtLength(value);
    if (whole === null) return unlike(field, value, portForm);
    const read = readPort(whole, field);
    if (!read.ok) return read;
    const { published, ...port } = read.value;
    return { ok: true, value: { ...port, published: published ?? port.port } };
  });
}

export const portForm = '"8080:80", "127.0.0.1:8080:80/udp", "80" or {port, published, …}';
export const addressPattern = /^[0-9A-Fa-f:.]{2,45}$/;
/** Host, port of the node, port of the program, protocol. An IPv6 address stands in brackets. */
export const shortPort =
  /^(?:(?:(?:(\d[\d.]*)|\[([0-9A-Fa-f:.]+)\]):)?(\d{1,5}):)?(\d{1,5})(?:\/(\w+))?$/;

/** A port as an object: YAML reads `80` as a number. Null: it is written in no form that is known. */
export function portAtLength(value: unknown): JsonObject | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  const text = typeof value === 'number' ? String(value) : value;
  const parts = typeof text === 'string' ? shortPort.exec(text) : null;
  if (parts === null) return null;
  const [, v4, v6, published, port, protocol] = parts;
  const address = v4 ?? v6;
  return {
    port: Number(port),
    ...(published === undefined ? {} : { published: Number(published) }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(address === undefined ? {} : { address }),
  };
}

export function isAddress(value: unknown): value is string {
  return typeof value === 'string' && addressPattern.test(value);
}

export const addressExpectation = 'an address of the node such as 127.0.0.1';
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
export const nameExpectation = 'a name of 1 to 64 letters, digits, dots, underscores or dashes';

export function nameIn(value: unknown, field: string): Parsed<string> {
  return typeof value === 'string' && namePattern.test(value)
    ? { ok: true, value }
    : unlike(field, value, nameExpectation);
}

export function portNumberOf(value: unknown, field: string): Parsed<number> {
  return integerOf(value, field, portRange);
}

const readPort = membersOf<Omit<PublishedPort, 'published'> & { published: number | null }>({
  port: must(portNumberOf),
  published: may(portNumberOf, null),
  protocol: may(wordOf(portProtocols), 'tcp' as const),
  address: may(
    (value, field) =>
      isAddress(value) ? { ok: true, value } : unlike(field, value, addressExpectation),
    null,
  ),
  name: may(nameIn, null),
});
