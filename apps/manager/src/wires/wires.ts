import { refused, type Parsed, type Refusal } from '@oakring/contracts';
import { idRefusal, unknownTopic } from './access.js';
import type { Dialect, Order, Publication, Said, SaidKind, UpTopic } from './dialect.port.js';
import { NodeTopics, topicOfNode } from './node-topics.js';

/** Topics remembered at once: 100 000 nodes with two each; more are worked out anew. */
const maxRemembered = 200_000;
/** Together they have this many characters at most: ids may be made up, and long. */
const maxRememberedCharacters = 8_000_000;

/** A dialect's topic: what a message there says, if its node speaks that dialect. */
interface Voice {
  readonly dialect: Dialect;
  readonly up: UpTopic;
}

/** Which node a topic is about, and what it may carry. */
export interface Address {
  readonly nodeId: string;
  readonly topic: string;
  readonly voices: readonly Voice[];
  /** The one that reads it whatever its node speaks; null: its node's. */
  readonly registering: Voice | null;
  /** Nothing else is said there: may be shed under overload, and is taken in batches. */
  readonly isReading: boolean;
  /** It is of a stream that somebody reads here: beside all reports. */
  readonly isStream: boolean;
  readonly mostPayloadBytes: number;
  readonly mayBeKept: boolean;
  /** Somebody else may say it in the node's name: the broker, or a machine that claims its id. */
  readonly mayBeAnothers: boolean;
}

/** What a message said; or about what it was, and why it cannot be read. */
export type Heard =
  | Extract<Parsed<Said>, { ok: true }>
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly about: SaidKind;
      readonly incarnation: number | null;
    };

/**
 * Every dialect that is spoken here, as one. A registration is read by the dialect whose topic it is:
 * it is what makes a node one of that dialect. All else is read by its node's dialect, or, where nobody
 * knows the node, by the first one that has the topic.
 */
export class Wires {
  private readonly topics: NodeTopics<Voice>;
  private readonly addresses = new Map<string, Address>();
  private characters = 0;
  private readonly inferred: ReadonlySet<string>;

  constructor(
    readonly dialects: readonly Dialect[],
    /** Name of a node's dialect; null: nobody knows the node. */
    readonly dialectOf: (nodeId: string) => string | null,
  ) {
    this.topics = new NodeTopics(
      dialects.flatMap((dialect) =>
        dialect.up.map((up) => ({ topic: up.topic, value: { dialect, up } })),
      ),
    );
    const shows = ({ up }: Dialect): boolean => up.some(({ says }) => says === 'sighting');
    this.inferred = new Set(dialects.filter(shows).map(({ name }) => name));
  }

  /** Its workers show what they have and do not acknowledge: what they leave unsaid is inferred. */
  isInferred({ dialect }: { readonly dialect: string }): boolean {
    return this.inferred.has(dialect);
  }

  /** All that may be said in one of them. */
  get kinds(): readonly SaidKind[] {
    return [...new Set(this.dialects.flatMap(({ up }) => up.map(({ says }) => says)))];
  }

  /** What the manager subscribes to: every message of every node. */
  get subscriptions(): ReadonlyMap<string, 0 | 1> {
    const filters = new Map<string, 0 | 1>();
    for (const { topic, qos } of this.dialects.flatMap(({ up }) => up)) {
      const filter = topicOfNode(topic, '+');
      filters.set(filter, qos === 1 ? 1 : (filters.get(filter) ?? 0));
    }
    return filters;
  }

  /**
   * A topic is taken apart once and then found by one look-up, which also gives every message of a node
   * the same id string.
   */
  addressOf(topic: string): Parsed<Address> {
    const known = this.addresses.get(topic);
    if (known !== undefined) return { ok: true, value: known };
    const found = this.topics.find(topic);
    const refusal = found === null ? unknownTopic(topic) : idRefusal(topic, found.nodeId);
    if (found === null || refusal !== null) {
      return { ok: false, refusal: refusal ?? unknownTopic(topic) };
    }
    const address = addressFrom(topic, found.nodeId, found.values);
    this.remember(address);
    return { ok: true, value: address };
  }

  decode(address: Address, payload: Uint8Array): Heard {
    const { nodeId, topic, voices } = address;
    const voice = this.voiceOf(address);
    if (voice === undefined) {
      const about = voices[0]?.up.says ?? 'status';
      const name = this.dialectOf(nodeId);
      const detail = `Node ${nodeId} speaks ${name}, which has no topic ${topic}.`;
      return { ...refused('topic-unknown', detail), about, incarnation: null };
    }
    const { dialect, up } = voice;
    const refusal = sizeRefusal(payload, dialect.mostPayloadBytes);
    const parsed = refusal === null ? up.decode(nodeId, payload) : undefined;
    if (parsed?.ok === true) return parsed;
    return {
      ok: false,
      refusal: parsed?.refusal ?? refusal ?? unknownTopic(topic),
      about: up.says,
      incarnation: refusal === null ? dialect.incarnationIn(payload) : null,
    };
  }

  /** As its node hears it. One that nobody knows is answered in the first dialect. */
  encode(nodeId: string, order: Order): Parsed<Publication> {
    const name = this.dialectOf(nodeId);
    const dialect =
      name === null ? this.dialects[0] : this.dialects.find((each) => each.name === name);
    if (dialect !== undefined) return dialect.encode(nodeId, order);
    return refused('topic-unknown', `Node ${nodeId} speaks ${name}, which is not spoken here.`);
  }

  private voiceOf({ nodeId, voices, registering }: Address): Voice | undefined {
    if (registering !== null) return registering;
    const name = this.dialectOf(nodeId);
    return name === null ? voices[0] : voices.find(({ dialect }) => dialect.name === name);
  }

  private remember(address: Address): void {
    const { topic } = address;
    const isFull = this.characters + topic.length > maxRememberedCharacters;
    if (isFull || this.addresses.size >= maxRemembered) {
      this.addresses.clear();
      this.characters = 0;
    }
    this.addresses.set(topic, address);
    this.characters += topic.length;
  }
}

function addressFrom(topic: string, nodeId: string, voices: readonly Voice[]): Address {
  const says = voices.map(({ up }) => up.says);
  return {
    ...{ nodeId, topic, voices },
    registering: voices.find(({ up }) => up.says === 'registration') ?? null,
    isReading: says.every((kind) => kind === 'reading'),
    isStream: says.every((kind) => kind === 'stream'),
    mostPayloadBytes: Math.max(...voices.map(({ dialect }) => dialect.mostPayloadBytes)),
    mayBeKept: voices.some(({ up }) => up.isKept === true),
    mayBeAnothers: says.some((kind) => kind === 'registration' || kind === 'status'),
  };
}

/** Why a payload is too large to be looked at; null when it is not. */
export function sizeRefusal({ byteLength }: Uint8Array, most: number): Refusal | null {
  if (byteLength <= most) return null;
  const detail = `The payload has ${byteLength} bytes; ${most} is the most.`;
  return { code: 'payload-too-large', detail };
}
