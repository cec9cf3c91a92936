import { accepted } from './accepted.js';
import { ack } from './ack.js';
import { call } from './call.js';
import { control } from './control.js';
import { documentMessage, message } from './frame.js';
import { grant } from './grant.js';
import { history } from './history.js';
import { registered } from './registered.js';
import { registration } from './registration.js';
import { request } from './request.js';
import { state } from './state.js';
import { status } from './status.js';
import { stream } from './stream.js';
import { reading } from './telemetry.js';
import type { Parsed } from '../parsing/parsing.js';

/**
 * What a worker says, on `nodes/<id>/<kind>` (docs/native-protocol.md). Topics, subscriptions, who may
 * publish what, what is counted and what must be handled at either end follow from these two tables.
 */
export const nativeUp = {
  registration: documentMessage(registration, { what: 'registration', qos: 1 }),
  information: message(reading, { what: 'reading', qos: 0 }),
  status: message(status, { what: 'status', qos: 1, retained: true }),
  acks: message(ack, { what: 'ack', qos: 1 }),
  state: message(state, { what: 'state', qos: 1 }),
  history: message(history, { what: 'history', qos: 1 }),
  streams: message(stream, { what: 'stream', qos: 1 }),
};

/** What a worker hears. */
export const nativeDown = {
  registered: message(registered, { what: 'registered', qos: 1 }),
  accepted: message(accepted, { what: 'history-accepted', qos: 1 }),
  leases: message(grant, { what: 'grant', qos: 0 }),
  requests: message(request, { what: 'state-wanted', qos: 1 }),
  controls: message(control, { what: 'command', qos: 1 }),
  calls: message(call, { what: 'call', qos: 1 }),
};

type Up = typeof nativeUp;
type Down = typeof nativeDown;
export type UpKind = keyof Up;
export type DownKind = keyof Down;
type ReadOf<M> = M extends { decode(payload: Uint8Array): Parsed<infer T> } ? T : never;

/** What a worker says, by kind. */
export type UpSaid = { readonly [K in UpKind]: Parameters<Up[K]['encode']>[0] };
/** What a worker hears, by kind. */
export type DownHeard = { readonly [K in DownKind]: ReadOf<Down[K]> };
/** What is read of what a worker says, by what the core calls it. */
export type SaidByWorkers = { readonly [K in UpKind as Up[K]['what']]: ReadOf<Up[K]> };
/** What is said to a worker, by what the core calls it. */
export type SaidToWorkers = {
  readonly [K in DownKind as Down[K]['what']]: Parameters<Down[K]['encode']>[0];
};

// The names of an object of ours, in its order.
export const upKinds = Object.keys(nativeUp) as readonly UpKind[];
export const downKinds = Object.keys(nativeDown) as readonly DownKind[];

/** The payload of what a worker says. */
export function encodeUp<K extends UpKind>(kind: K, said: UpSaid[K]): string {
  const messages: { readonly [E in UpKind]: { encode(said: UpSaid[E]): string } } = nativeUp;
  return messages[kind].encode(said);
}

/** What a worker hears on the topic of this kind. Never throws. */
export function decodeDown<K extends DownKind>(kind: K, payload: Uint8Array): Parsed<DownHeard[K]> {
  const messages: {
    readonly [E in DownKind]: { decode(payload: Uint8Array): Parsed<DownHeard[E]> };
  } = nativeDown;
  return messages[kind].decode(payload);
}

// One entry for each word: that of the message which has it.
const downByWord = Object.fromEntries(
  downKinds.map((kind) => [nativeDown[kind].what, { kind, message: nativeDown[kind] }]),
) as unknown as {
  readonly [W in keyof SaidToWorkers]: {
    readonly kind: DownKind;
    readonly message: { readonly qos: 0 | 1; encode(said: SaidToWorkers[W]): string };
  };
};

/** Where and how that is said to a worker which the core calls `what`. */
export function encodeDown<W extends keyof SaidToWorkers>(
  what: W,
  said: SaidToWorkers[W],
): { readonly kind: DownKind; readonly qos: 0 | 1; readonly payload: string } {
  const { kind, message } = downByWord[what];
  return { kind, qos: message.qos, payload: message.encode(said) };
}

export function topicOf(nodeId: string, kind: UpKind | DownKind): string {
  return `nodes/${nodeId}/${kind}`;
}

/** Payloads over this many bytes are refused by the manager. */
export const maxMqttPayloadBytes = 64 * 1024;
