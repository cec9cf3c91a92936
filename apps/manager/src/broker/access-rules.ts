import { createHash, timingSafeEqual } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { WorkerAccess } from '../wires/access.js';
import type { GrantedFilters } from './granted-filters.js';
import type { OpenSockets } from './open-sockets.js';
import { RetainedRoom } from './retained-room.js';

const maxClientIdCharacters = 256;
/** A will is a status, which has a few dozen. */
const maxWillBytes = 1_024;
/** Where a refused message goes: nobody may subscribe to it. */
const discarded = '$oakring/discarded';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export type RefusedListener = (topic: string, payload: Uint8Array, refusal: Refusal) => void;

interface AccessOptions {
  readonly credentials: Credentials | null;
  readonly internal: Credentials;
  readonly access: WorkerAccess;
  readonly isRegistered?: (nodeId: string) => boolean;
  readonly onRefused?: RefusedListener;
}

/** What connections hold together. */
interface Held {
  readonly sockets: Pick<OpenSockets, 'trust'>;
  readonly filters: GrantedFilters<Client>;
}

/** What aedes asks before it lets a client in, takes a message or grants a subscription. */
export function accessRules(
  options: AccessOptions,
  { sockets, filters }: Held,
  logger: Logger,
): AedesOptions {
  const internalClients = new WeakSet<Client>();
  const retained = new RetainedRoom();
  let internalClient: Client | null = null;
  return {
    preConnect(_client, packet, done) {
      packet.clean = true;
      const willBytes = packet.will?.payload.length ?? 0;
      done(willBytes > maxWillBytes ? new Error(`a will of ${willBytes} bytes`) : null, true);
    },
    authenticate(client, username, password, done) {
      const internal = matches(options.internal, username, password);
      if (client.id.length > maxClientIdCharacters) return done(rejection(2), false);
      // Nobody may push the manager off its own broker by taking its client id.
      if (!internal && internalClient?.closed === false && internalClient.id === client.id) {
        return done(rejection(2), false);
      }
      if (internal) {
        internalClients.add(client);
        internalClient = client;
        sockets.trust(client.conn);
        return done(null, true);
      }
      const known =
        options.credentials === null || matches(options.credentials, username, password);
      if (known) return done(null, true);
      // Who guesses shall be seen: counted and kept as a dead letter, within their limits.
      const detail = `Client ${JSON.stringify(client.id)} did not present the credentials of this broker.`;
      const refusal: Refusal = { code: 'unauthorized', detail };
      tell(options, { topic: 'CONNECT', payload: '' }, refusal, logger);
      done(rejection(4), false);
    },
    authorizePublish(client, packet, done) {
      if (client === null || !internalClients.has(client)) {
        confine(packet, retained, { ...options, clientId: client?.id ?? '' }, logger);
      }
      // An error here would close the connection: a refused message must not.
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const { topic } = subscription;
      const allowed =
        internalClients.has(client) ||
        (options.access.maySubscribe(topic, client.id) && filters.grant(client, topic));
      // Null is answered with the failure code 0x80 (MQTT 3.1.1 §3.9.3).
      done(null, allowed ? subscription : null);
    },
  };
}

/** Makes of a worker's message what it may be: dropped, not retained, or as it is. */
function confine(
  packet: PublishPacket,
  retained: RetainedRoom,
  options: AccessOptions & { readonly clientId: string },
  logger: Logger,
): void {
  const { access, clientId, isRegistered = () => true } = options;
  const { topic } = packet;
  const refusal = access.publishRefusal(topic, clientId);
  if (refusal !== null) {
    tell(options, packet, refusal, logger);
    packet.topic = discarded;
    packet.payload = '';
    packet.retain = false;
    return;
  }
  if (!packet.retain) return;
  const nodeId = access.keptNodeOf(topic);
  // What is retained already may always be cleared.
  const keeps = nodeId !== null && (packet.payload.length === 0 || isRegistered(nodeId));
  packet.retain = keeps && retained.grant(topic, packet.payload.length);
}

function tell(
  { onRefused }: AccessOptions,
  { topic, payload }: Pick<PublishPacket, 'topic' | 'payload'>,
  refusal: Refusal,
  logger: Logger,
): void {
  try {
    onRefused?.(topic, typeof payload === 'string' ? Buffer.from(payload) : payload, refusal);
  } catch (error) {
    logger.error(`a listener of refused messages failed: ${String(error)}`);
  }
}

/** Both parts are always compared, in time that does not depend on where they differ. */
function matches(
  expected: Credentials,
  username: string | undefined,
  password: Uint8Array | undefined,
): boolean {
  const sameName = sameSecret(expected.username, username ?? '');
  const samePassword = sameSecret(expected.password, password ?? '');
  return sameName && samePassword;
}

function sameSecret(expected: string, presented: string | Uint8Array): boolean {
  return timingSafeEqual(digest(expected), digest(presented));
}

function digest(value: string | Uint8Array): Buffer {
  return createHash('sha256').update(value).digest();
}

/** By the return codes of CONNACK. */
const rejections = {
  2: 'identifier rejected',
  4: 'bad user name or password',
} as const;

function rejection<C extends keyof typeof rejections>(returnCode: C): Error & { returnCode: C } {
  return Object.assign(new Error(rejections[returnCode]), { returnCode });
}
