import type { Logger } from '@nestjs/common';
import type { Refusal } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { AedesOptions, Client, PublishPacket } from 'aedes';
import type { Speaker, WorkerAccess } from '../wires/access.js';
import { certifiedNode } from './certified-node.js';
import type { Door } from './door.js';
import type { GrantedFilters } from './granted-filters.js';
import type { OpenSockets } from './open-sockets.js';
import { RegistrationShare } from './registration-share.js';
import { RetainedRoom } from './retained-room.js';
import type { Session, Sessions } from './sessions.js';

const maxClientIdCharacters = 256;
/** A will is a status, which has a few dozen. */
const maxWillBytes = 1_024;
/** Where a refused message goes: nobody may subscribe to it. */
const discarded = '$oakring/discarded';

/** Who sent what was refused. */
export interface Sender {
  /** The node that it showed to be; null: none. */
  readonly node: string | null;
  /** Network address; empty where the connection has gone. */
  readonly address: string;
}

export type RefusedListener = (
  topic: string,
  payload: Uint8Array,
  refusal: Refusal,
  from: Sender,
) => void;

interface AccessOptions {
  readonly door: Door;
  readonly access: WorkerAccess;
  readonly ports: Pick<Ports, 'clock'>;
  readonly isRegistered?: (nodeId: string) => boolean;
  readonly onRefused?: RefusedListener;
}

/** What connections hold together. */
interface Held {
  readonly sockets: Pick<OpenSockets, 'trust' | 'addressOf'>;
  readonly filters: GrantedFilters<Client>;
  readonly sessions: Sessions<Client>;
}

/** What aedes asks before it lets a client in, takes a message or grants a subscription. */
export function accessRules(
  options: AccessOptions,
  { sockets, filters, sessions }: Held,
  logger: Logger,
): AedesOptions {
  const { door, access } = options;
  const tell = telling(options, logger);
  const confine = confining(options, tell);
  return {
    preConnect(_client, packet, done) {
      packet.clean = true;
      const willBytes = packet.will?.payload.length ?? 0;
      done(willBytes > maxWillBytes ? new Error(`a will of ${willBytes} bytes`) : null, true);
    },
    authenticate(client, username, password, done) {
      const { id: clientId } = client;
      if (clientId.length > maxClientIdCharacters) return done(rejection(2), false);
      const address = sockets.addressOf(client.conn);
      const certified = certifiedNode(client.conn);
      const judged = door.judge({ clientId, username, password, address, certified });
      if (!judged.admitted) {
        // Who guesses shall be seen: counted and kept as a dead letter, within their limits.
        tell({ topic: 'CONNECT', payload: '' }, judged.refusal, { node: null, address });
        return done(rejection(4), false);
      }
      sessions.admit(client, { ...judged, clientId, address, isOver: false });
      if (judged.speaker === null) sockets.trust(client.conn);
      // aedes ends whoever has the client id already: that must not be somebody else.
      client.id = `${judged.space}/${clientId}`;
      done(null, true);
    },
    authorizePublish(client, packet, done) {
      const session = client === null ? undefined : sessions.get(client);
      if (session?.speaker !== null) confine(packet, session);
      // An error here would close the connection: a refused message must not.
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const { topic } = subscription;
      const session = sessions.get(client);
      const allowed =
        session !== undefined &&
        (session.speaker === null ||
          (!session.isOver &&
            access.maySubscribe(topic, session.speaker) &&
            filters.grant(client, topic)));
      // Null is answered with the failure code 0x80 (MQTT 3.1.1 §3.9.3).
      done(null, allowed ? subscription : null);
    },
  };
}

type Tell = (
  message: Pick<PublishPacket, 'topic' | 'payload'>,
  refusal: Refusal,
  from: Sender,
) => void;

/** Makes of a worker's message what it may be: dropped, not retained, or as it is. */
function confining({ access, ports, isRegistered = () => true }: AccessOptions, tell: Tell) {
  const retained = new RetainedRoom();
  const share = new RegistrationShare(ports.clock);
  /** Who is one node registers that one: the rate of a node is its limit. */
  const beyondShare = (packet: PublishPacket, session: Session | undefined): Refusal | null => {
    if (session === undefined || session.speaker?.is === 'node') return null;
    const nodeId = access.registeredNodeOf(packet.topic);
    if (nodeId === null || isRegistered(nodeId)) return null;
    return share.refusal(session, nodeId, packet.payload.length);
  };
  return (packet: PublishPacket, session: Session | undefined): void => {
    const { topic } = packet;
    const refusal =
      session?.isOver === true
        ? over
        : (access.publishRefusal(topic, speakerOf(session)) ?? beyondShare(packet, session));
    if (refusal !== null) {
      tell(packet, refusal, senderOf(session));
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
  };
}

const over: Refusal = {
  code: 'unauthorized',
  detail:
    'The connection was ended here (its credential holds no more, or its node has newer ones), and with it what it left to be said.',
};
const nobody: Speaker = { is: 'nameless', clientId: '' };

function speakerOf(session: Session | undefined): Speaker {
  return session?.speaker ?? nobody;
}

function senderOf(session: Session | undefined): Sender {
  const speaker = speakerOf(session);
  return {
    node: speaker.is === 'node' ? speaker.node : null,
    address: session?.address ?? '',
  };
}

function telling({ onRefused }: AccessOptions, logger: Logger): Tell {
  return ({ topic, payload }, refusal, from) => {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    try {
      onRefused?.(topic, bytes, refusal, from);
    } catch (error) {
      logger.error(`a listener of refused messages failed: ${String(error)}`);
    }
  };
}

/** By the return codes of CONNACK. */
const rejections = {
  2: 'identifier rejected',
  4: 'bad user name or password',
} as const;

function rejection<C extends keyof typeof rejections>(returnCode: C): Error & { returnCode: C } {
  return Object.assign(new Error(rejections[returnCode]), { returnCode });
}
