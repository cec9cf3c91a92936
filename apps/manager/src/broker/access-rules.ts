import { createHash, timingSafeEqual } from 'node:crypto';
import type { Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import type { AedesOptions, Client, PublishPacket } from 'aedes';
import { mayRetain, maySubscribe, publishRefusal } from './access.js';

const maxClientIdCharacters = 256;
/** Nodes whose status is retained, and how large one may be. */
const maxRetainedTopics = 100_000;
const maxRetainedBytes = 4_096;
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
  readonly onRefused?: RefusedListener;
}

/** What aedes asks before it lets a client in, takes a message or grants a subscription. */
export function accessRules(options: AccessOptions, logger: Logger): AedesOptions {
  const internalClients = new WeakSet<Client>();
  const retained = new Set<string>();
  let internalClient: Client | null = null;
  return {
    preConnect(_client, packet, done) {
      packet.clean = true;
      done(null, true);
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
        return done(null, true);
      }
      const known =
        options.credentials === null || matches(options.credentials, username, password);
      return known ? done(null, true) : done(rejection(4), false);
    },
    authorizePublish(client, packet, done) {
      if (client === null || !internalClients.has(client)) {
        confine(packet, retained, options.onRefused, logger);
      }
      // An error here would close the connection: a refused message must not.
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const allowed = internalClients.has(client) || maySubscribe(subscription.topic);
      // Null is answered with the failure code 0x80 (MQTT 3.1.1 §3.9.3).
      done(null, allowed ? subscription : null);
    },
  };
}

/** Makes of a worker's message what it may be: dropped, not retained, or as it is. */
function confine(
  packet: PublishPacket,
  retained: Set<string>,
  onRefused: AccessOptions['onRefused'],
  logger: Logger,
): void {
  const { topic } = packet;
  const refusal = publishRefusal(topic);
  if (refusal !== null) {
    try {
      const { payload } = packet;
      onRefused?.(topic, typeof payload === 'string' ? Buffer.from(payload) : payload, refusal);
    } catch (error) {
      logger.error(`a listener of refused messages failed: ${String(error)}`);
    }
    packet.topic = discarded;
    packet.payload = '';
    packet.retain = false;
    return;
  }
  if (!packet.retain) return;
  const keeps = mayRetain(topic) && packet.payload.length <= maxRetainedBytes;
  if (!keeps || (!retained.has(topic) && retained.size >= maxRetainedTopics)) {
    packet.retain = false;
  } else if (packet.payload.length === 0) {
    retained.delete(topic);
  } else {
    retained.add(topic);
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

/** Return codes of CONNACK: 2 identifier rejected, 4 bad user name or password. */
function rejection(returnCode: 2 | 4): Error & { returnCode: 2 | 4 } {
  const message = returnCode === 2 ? 'identifier rejected' : 'bad user name or password';
  return Object.assign(new Error(message), { returnCode });
}
