import { accepted } from './accepted.js';
import { ack } from './ack.js';
import { control } from './control.js';
import { documentMessage, message } from './frame.js';
import { grant } from './grant.js';
import { history } from './history.js';
import { registered } from './registered.js';
import { registration } from './registration.js';
import { request } from './request.js';
import { state } from './state.js';
import { status } from './status.js';
import { reading } from './telemetry.js';

/** What a worker says, on `nodes/<id>/<kind>` (docs/native-protocol.md). */
export const nativeUp = {
  registration: documentMessage(registration, { qos: 1 }),
  information: message(reading, { qos: 0 }),
  status: message(status, { qos: 1, retained: true }),
  acks: message(ack, { qos: 1 }),
  state: message(state, { qos: 1 }),
  history: message(history, { qos: 1 }),
};

/** What a worker hears. */
export const nativeDown = {
  registered: message(registered, { qos: 1 }),
  accepted: message(accepted, { qos: 1 }),
  leases: message(grant, { qos: 0 }),
  requests: message(request, { qos: 1 }),
  controls: message(control, { qos: 1 }),
};

export type UpKind = keyof typeof nativeUp;

/** What a worker says, by kind. */
export type UpSaid = { readonly [K in UpKind]: Parameters<(typeof nativeUp)[K]['encode']>[0] };

/** The payload of what a worker says. */
export function encodeUp<K extends UpKind>(kind: K, said: UpSaid[K]): string {
  const messages: { readonly [E in UpKind]: { encode(said: UpSaid[E]): string } } = nativeUp;
  return messages[kind].encode(said);
}

export type DownKind = keyof typeof nativeDown;

// The names of an object of ours, in its order.
export const upKinds = Object.keys(nativeUp) as readonly UpKind[];
export const downKinds = Object.keys(nativeDown) as readonly DownKind[];

export function topicOf(nodeId: string, kind: UpKind | DownKind): string {
  return `nodes/${nodeId}/${kind}`;
}

/** Payloads over this many bytes are refused by the manager. */
export const maxMqttPayloadBytes = 64 * 1024;
