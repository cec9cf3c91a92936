import { Readable } from 'node:stream';
import inMemory, { type AedesPersistence as Persistence } from 'aedes-persistence';

// Its types promise a default export inside of what a module of CommonJS exports.
const memory = inMemory as unknown as () => Persistence;
type StoreRetained = Persistence['storeRetained'];
type StoreIncoming = Persistence['incomingStorePacket'];
/** What is retained is a PUBLISH; the type says that it may be any packet. */
type Publish = Parameters<StoreRetained>[0] & { readonly topic: string; readonly payload: Buffer };

const isPattern = (topic: string): boolean => topic.includes('+') || topic.includes('#');

/**
 * The broker's memory, which looks at every retained message for each subscription. Ten thousand
 * workers that come back at once and each subscribe to three topics of their own would make it look
 * half a billion times: a subscription to one topic gets that topic's message.
 *
 * Of a QoS 2 message between PUBLISH and PUBREL only its number is kept: it was handed on already, and
 * what is asked later is whether it was. A retained payload is copied, because it is a part of what was
 * read from the socket, which would stay with it.
 */
export function persistenceByTopic(): Persistence {
  const persistence = memory();
  const retained = new Map<string, Publish>();
  const store: StoreRetained = persistence.storeRetained.bind(persistence);
  const search = persistence.createRetainedStreamCombi.bind(persistence);
  const storeIncoming: StoreIncoming = persistence.incomingStorePacket.bind(persistence);
  return Object.assign(persistence, {
    storeRetained: (...[given, ...rest]: Parameters<StoreRetained>) => {
      const received = given as Publish;
      const packet = { ...received, payload: Buffer.from(received.payload) };
      if (packet.payload.length === 0) retained.delete(packet.topic);
      else retained.set(packet.topic, packet);
      return store(packet, ...rest);
    },
    incomingStorePacket: (...[client, packet, ...rest]: Parameters<StoreIncoming>) =>
      storeIncoming(client, numberOf(packet as Publish), ...rest),
    createRetainedStreamCombi: (topics: string[]) =>
      topics.some(isPattern)
        ? search(topics)
        : Readable.from(topics.flatMap((topic) => retained.get(topic) ?? [])),
  });
}

/** Enough to know the message again. */
function numberOf(received: Publish): Publish {
  return { ...received, topic: '', payload: Buffer.alloc(0) };
}
