import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Refusal } from '@oakring/contracts';
import type { Ports } from '@oakring/ports';
import type { BrokerConnection } from '../../connection/broker-connection.js';
import type { DeadLetters } from '../../dead-letters/dead-letters.js';
import type { SaidKind } from '../../wires/dialect.port.js';
import { MessageBuffer } from './message-buffer.js';
import { PacedLoop } from './paced-loop.js';
import { ShedReadings } from './shed-readings.js';
import { sizeRefusal, type Address, type Heard, type Wires } from '../../wires/wires.js';
import type {
  HeardMessage,
  MessageCounts,
  Pattern,
  ReceivedReading,
  WorkerMessage,
} from './worker-message.js';

const maxReadings = 100_000;
const maxReadingBytes = 64 * 1_048_576;
const maxControls = 20_000;
const maxControlBytes = 64 * 1_048_576;
/** What workers may have said at once on all streams together, and more (`streams/node-streams.ts`). */
const maxStreamMessages = 20_000;
const maxStreamBytes = 32 * 1_048_576;
/** Few: other work of the process has its turn in between. */
const maxStreamMessagesPerTurn = 64;
/**
 * Handed over at once. More than a poll of the socket brings in, or what is left over would pile up
 * although there is time for it: libuv reads a socket up to 32 times in a row, 64 KiB each.
 */
const maxReadingsPerTurn = 16_384;
const maxControlsPerTurn = 4_096;
/** Lists that come one after the other are handed over together: the way to a handler costs as much as one of them. */
const maxListsAtOnce = 64;

interface AddressedMessage extends WorkerMessage {
  readonly address: Address;
}

interface InboxParts {
  readonly connection: Pick<BrokerConnection, 'onMessage'>;
  readonly deadLetters: DeadLetters;
  readonly wires: Wires;
  /** Counts what is handed over, readable or not. */
  readonly messages: MessageCounts;
  readonly ports: Ports;
  /** Why what is said in a node's name counts for nothing; null: it counts. Null: the broker has asked. */
  readonly whyUnheard: ((nodeId: string) => Refusal | null) | null;
}

/** What is told of nodes whose messages go no further than here. */
export interface UnreadListener {
  /** A reading was given up under overload. */
  shed(nodeId: string): void;
  /** It speaks, whatever it said. */
  heard(nodeId: string): void;
}

const nobody: UnreadListener = { shed: () => {}, heard: () => {} };

/**
 * What workers say over MQTT, as a transport of Nest: handlers are methods with `@EventPattern`, named
 * by what was said.
 *
 * Inside the socket's callback a message is only addressed and buffered (or refused). Three loops do
 * the work: what comes on streams is handed over beside all else, readings are handed over in batches, all other messages are read and handed over in the order
 * they came, one by one, but for lists of what runs: as many of those as come in a row. A handler returns once its command is submitted, not once it is decided. When work cannot
 * keep up, the oldest readings are shed, counted and said; a control message that finds no room is a
 * dead letter, and the worker repeats it.
 */
export class MqttInbox extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('oakring-mqtt');
  readonly shed: ShedReadings;
  private readonly readings = new MessageBuffer<ReceivedReading>(maxReadings, maxReadingBytes);
  private readonly controls = new MessageBuffer<AddressedMessage>(maxControls, maxControlBytes);
  private readonly streams = new MessageBuffer<AddressedMessage>(maxStreamMessages, maxStreamBytes);
  private readonly readingLoop: PacedLoop;
  private readonly streamLoop: PacedLoop;
  private readonly controlLoop: PacedLoop;
  private handlers: Readonly<Record<Pattern, MessageHandler>> | null = null;

  constructor(
    private readonly parts: InboxParts,
    private readonly unread: UnreadListener = nobody,
  ) {
    super();
    const { ports } = parts;
    this.shed = new ShedReadings(ports.clock, (nodeId) => unread.shed(nodeId));
    const { timers } = ports;
    this.readingLoop = new PacedLoop(
      timers,
      () => this.readings.length > 0,
      () => this.handOverReadings(),
    );
    this.streamLoop = new PacedLoop(
      timers,
      () => this.streams.length > 0,
      () => this.handOverStreams(),
    );
    this.controlLoop = new PacedLoop(
      timers,
      () => this.controls.length > 0,
      () => this.handOverControls(),
    );
  }

  /** Takes messages from now on. The connection is started by its owner. */
  listen(callback: () => void): void {
    this.handlers = this.handlerTable();
    this.parts.connection.onMessage((topic, payload, retained) =>
      this.receive(topic, payload, retained),
    );
    callback();
  }

  /** Takes nothing more, and hands over what was taken. */
  async close(): Promise<void> {
    this.parts.connection.onMessage(() => {});
    await this.controlLoop.drained();
    await this.readingLoop.drained();
    await this.streamLoop.drained();
  }

  /** There are no events to listen to: the connection has its own. */
  on(): void {}

  unwrap<T>(): T {
    // The caller names the type of what it knows to be there.
    return this.parts.connection as T;
  }

  private receive(topic: string, payload: Buffer, retained: boolean): void {
    const addressed = this.parts.wires.addressOf(topic);
    if (!addressed.ok) return this.refuse(topic, payload, null, addressed.refusal);
    const address = addressed.value;
    const { nodeId } = address;
    const unheard = this.parts.whyUnheard?.(nodeId) ?? null;
    if (unheard !== null) return this.refuse(topic, payload, nodeId, unheard);
    const refusal = refusalOf(address, payload, retained);
    if (refusal !== null) {
      this.refuse(topic, payload, nodeId, refusal);
      return this.hear(address, retained);
    }
    if (address.isReading) return this.receiveReading(address, payload);
    const { buffer, loop } = address.isStream
      ? { buffer: this.streams, loop: this.streamLoop }
      : { buffer: this.controls, loop: this.controlLoop };
    if (buffer.offer({ address, nodeId, topic, payload, retained })) loop.wake();
    else {
      const detail = `${buffer.length} messages wait already; send it again.`;
      this.refuse(topic, payload, nodeId, { code: 'overloaded', detail });
      this.hear(address, retained);
    }
  }

  /** Too large, or too much: whoever says it lives all the same (signs-of-life.ts). */
  private hear({ nodeId, mayBeAnothers }: Address, retained: boolean): void {
    if (!mayBeAnothers && !retained) this.unread.heard(nodeId);
  }

  private receiveReading(address: Address, payload: Buffer): void {
    const reading = { address, payload };
    while (!this.readings.offer(reading)) {
      const oldest = this.readings.shift();
      if (oldest !== undefined) this.shed.count(oldest.address.nodeId);
    }
    this.readingLoop.wake();
  }

  private async handOverReadings(): Promise<void> {
    const batch = this.readings.take(maxReadingsPerTurn);
    this.count('reading', batch.length);
    await this.handlers?.reading(batch);
    this.shed.say();
  }

  /** Beside the others: whoever says much on a stream holds up no report and no registration. */
  private async handOverStreams(): Promise<void> {
    for (const message of this.streams.take(maxStreamMessagesPerTurn)) {
      await this.handOver(message, this.read(message));
    }
  }

  private async handOverControls(): Promise<void> {
    const lists: HeardMessage<'sighting'>[] = [];
    for (let count = 0; count < maxControlsPerTurn; count += 1) {
      const message = this.controls.shift();
      if (message === undefined) break;
      const heard = this.read(message);
      const list = heard.ok && heard.value.what === 'sighting' ? heard.value.said : null;
      if (list !== null) lists.push({ message, said: list });
      // Awaited, so that the order of submissions is that of arrival by construction.
      if (list === null || lists.length === maxListsAtOnce) await this.handOverLists(lists);
      if (list === null) await this.handOver(message, heard);
    }
    await this.handOverLists(lists);
  }

  private read({ address, topic, payload, nodeId }: AddressedMessage): Heard {
    const heard = this.parts.wires.decode(address, payload);
    if (!heard.ok || heard.leftOut === undefined) return heard;
    for (const part of heard.leftOut) this.refuse(topic, payload, nodeId, part);
    return heard;
  }

  private async handOverLists(lists: HeardMessage<'sighting'>[]): Promise<void> {
    if (lists.length === 0) return;
    this.count('sighting', lists.length);
    await this.handlers?.sighting(lists.splice(0));
  }

  private async handOver(message: WorkerMessage, heard: Heard): Promise<void> {
    this.count(heard.ok ? heard.value.what : heard.about, 1);
    if (!heard.ok) return this.handlers?.unreadable({ message, heard });
    const { what, said } = heard.value;
    await this.handlers?.[what]({ message, said });
  }

  private count(what: SaidKind, more: number): void {
    const { messages } = this.parts;
    messages.set(what, (messages.get(what) ?? 0) + more);
  }

  private refuse(topic: string, payload: Buffer, nodeId: string | null, refusal: Refusal): void {
    const { code, detail } = refusal;
    this.parts.deadLetters.record({ topic, code, reason: detail, payload, nodeId });
  }

  private handlerTable(): Readonly<Record<Pattern, MessageHandler>> {
    const { kinds } = this.parts.wires;
    const entries = [...kinds, 'unreadable' as const].map((pattern) => {
      const handler = this.messageHandlers.get(pattern);
      if (handler === undefined) throw new Error(`no handler has the pattern ${pattern}`);
      return [pattern, handler];
    });
    // One entry for each pattern, by the line above.
    return Object.fromEntries(entries) as Record<Pattern, MessageHandler>;
  }
}

function refusalOf(address: Address, payload: Buffer, retained: boolean): Refusal | null {
  const refusal = sizeRefusal(payload, address.mostPayloadBytes);
  if (refusal !== null || !retained || address.mayBeKept) return refusal;
  const detail = `A retained message on ${address.topic} is old news.`;
  return { code: 'retained-message', detail };
}
