import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { refused, type Refusal } from '@oakring/contracts';
import { maxMqttPayloadBytes, upKinds, type UpKind } from '@oakring/contracts/native';
import type { Ports } from '@oakring/ports';
import type { BrokerConnection } from '../../connection/broker-connection.js';
import type { DeadLetters } from '../../dead-letters/dead-letters.js';
import { MessageBuffer } from './message-buffer.js';
import { PacedLoop } from './paced-loop.js';
import { ShedReadings } from './shed-readings.js';
import { TopicAddresses } from './topic-addresses.js';
import { patternOf, type ReceivedReading, type WorkerMessage } from './worker-message.js';

const maxReadings = 100_000;
const maxReadingBytes = 64 * 1_048_576;
const maxControls = 20_000;
const maxControlBytes = 64 * 1_048_576;
/**
 * Handed over at once. More than a poll of the socket brings in, or what is left over would pile up
 * although there is time for it: libuv reads a socket up to 32 times in a row, 64 KiB each.
 */
const maxReadingsPerTurn = 16_384;
const maxControlsPerTurn = 4_096;

interface ControlMessage extends WorkerMessage {
  readonly kind: UpKind;
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
 * What workers say over MQTT, as a transport of Nest: handlers are methods with `@EventPattern`.
 *
 * Inside the socket's callback a message is only addressed and buffered (or refused). Two loops do
 * the work: readings are handed over in batches, all other messages one by one in the order they
 * came. A handler returns once its command is submitted, not once it is decided. When work cannot
 * keep up, the oldest readings are shed, counted and said; a control message that finds no room is a
 * dead letter, and the worker repeats it.
 */
export class MqttInbox extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('oakring-mqtt');
  readonly shed: ShedReadings;
  private readonly addresses = new TopicAddresses();
  private readonly readings = new MessageBuffer<ReceivedReading>(maxReadings, maxReadingBytes);
  private readonly controls = new MessageBuffer<ControlMessage>(maxControls, maxControlBytes);
  private readonly readingLoop: PacedLoop;
  private readonly controlLoop: PacedLoop;
  private handlers: Readonly<Record<UpKind, MessageHandler>> | null = null;

  constructor(
    private readonly connection: Pick<BrokerConnection, 'onMessage'>,
    private readonly deadLetters: DeadLetters,
    ports: Ports,
    private readonly unread: UnreadListener = nobody,
  ) {
    super();
    this.shed = new ShedReadings(ports.clock, (nodeId) => unread.shed(nodeId));
    const { timers } = ports;
    this.readingLoop = new PacedLoop(
      timers,
      () => this.readings.length > 0,
      () => this.handOverReadings(),
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
    this.connection.onMessage((topic, payload, retained) => this.receive(topic, payload, retained));
    callback();
  }

  /** Takes nothing more, and hands over what was taken. */
  async close(): Promise<void> {
    this.connection.onMessage(() => {});
    await this.controlLoop.drained();
    await this.readingLoop.drained();
  }

  /** There are no events to listen to: the connection has its own. */
  on(): void {}

  unwrap<T>(): T {
    // The caller names the type of what it knows to be there.
    return this.connection as T;
  }

  private receive(topic: string, payload: Buffer, retained: boolean): void {
    const address = this.addresses.of(topic);
    if (!address.ok) return this.refuse(topic, payload, null, address.refusal);
    const { nodeId, kind } = address;
    const refusal = refusalOf(kind, payload, retained);
    if (refusal !== null) {
      this.refuse(topic, payload, nodeId, refusal);
      return this.hear(kind, nodeId, retained);
    }
    if (kind === 'information') return this.receiveReading(nodeId, payload);
    if (this.controls.offer({ kind, nodeId, topic, payload, retained })) {
      this.controlLoop.wake();
    } else {
      const detail = `${this.controls.length} messages wait already; send it again.`;
      this.refuse(topic, payload, nodeId, { code: 'overloaded', detail });
      this.hear(kind, nodeId, retained);
    }
  }

  /** Too large, or too much: whoever says it lives all the same (signs-of-life.ts). */
  private hear(kind: UpKind, nodeId: string, retained: boolean): void {
    const mayBeAnothers = retained || kind === 'registration' || kind === 'status';
    if (!mayBeAnothers) this.unread.heard(nodeId);
  }

  private receiveReading(nodeId: string, payload: Buffer): void {
    const reading = { nodeId, payload };
    while (!this.readings.offer(reading)) {
      const oldest = this.readings.shift();
      if (oldest !== undefined) this.shed.count(oldest.nodeId);
    }
    this.readingLoop.wake();
  }

  private async handOverReadings(): Promise<void> {
    await this.handlers?.information(this.readings.take(maxReadingsPerTurn));
    this.shed.say();
  }

  private async handOverControls(): Promise<void> {
    for (let count = 0; count < maxControlsPerTurn; count += 1) {
      const message = this.controls.shift();
      if (message === undefined) return;
      // Awaited, so that the order of submissions is that of arrival by construction.
      await this.handlers?.[message.kind](message);
    }
  }

  private refuse(topic: string, payload: Buffer, nodeId: string | null, refusal: Refusal): void {
    const { code, detail } = refusal;
    this.deadLetters.record({ topic, code, reason: detail, payload, nodeId });
  }

  private handlerTable(): Readonly<Record<UpKind, MessageHandler>> {
    const entries = upKinds.map((kind) => {
      const handler = this.messageHandlers.get(patternOf(kind));
      if (handler === undefined) throw new Error(`no handler has the pattern ${patternOf(kind)}`);
      return [kind, handler];
    });
    // One entry for each kind, by the line above.
    return Object.fromEntries(entries) as Record<UpKind, MessageHandler>;
  }
}

function refusalOf(kind: UpKind, payload: Buffer, retained: boolean): Refusal | null {
  if (payload.byteLength > maxMqttPayloadBytes) {
    const detail = `The payload has ${payload.byteLength} bytes; ${maxMqttPayloadBytes} is the most.`;
    return refused('payload-too-large', detail).refusal;
  }
  if (retained && kind !== 'status') {
    return refused('retained-message', `A retained message on ${kind} is old news.`).refusal;
  }
  return null;
}
