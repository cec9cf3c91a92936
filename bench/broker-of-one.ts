// What looks like a broker to one client: it grants every subscription, sends what it is told to, and
// shows what that client publishes.
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Kinds of packets, MQTT 3.1.1 §2.2.1. */
const [connect, publish, subscribe, pingreq] = [1, 3, 8, 12];
const mostPacketId = 65_535;

export interface Heard {
  /** All of its subscriptions came in one packet. */
  subscribed(): void;
  published?(topic: string, payload: Buffer): void;
}

export class BrokerOfOne {
  private client: Socket | null = null;
  private rest = Buffer.alloc(0);

  constructor(private readonly heard: Heard) {}

  /** The port that it listens on. */
  listen(): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {});
      socket.on('data', (chunk) => this.take(socket, chunk));
    });
    return new Promise((resolve) => {
      // A TCP server that listens has an address with a port.
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  }

  /** Resolves once there is room for more. */
  async send(packets: Buffer): Promise<void> {
    const { client } = this;
    if (client === null) throw new Error('there is nobody to send to');
    if (!client.write(packets)) await new Promise((resolve) => client.once('drain', resolve));
  }

  private take(socket: Socket, chunk: Buffer): void {
    let from = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    for (let size = sizeOf(from); size !== null; size = sizeOf(from)) {
      const { head, whole } = size;
      this.answer(socket, from.readUInt8(0), from.subarray(head, whole));
      from = from.subarray(whole);
    }
    this.rest = Buffer.from(from);
  }

  private answer(socket: Socket, first: number, body: Buffer): void {
    const kind = first >> 4;
    // It speaks 3.1.1: the level of the protocol stands behind its name, "MQTT".
    const isRefused = kind === connect && body.readUInt8(6) > 4;
    if (kind === connect) socket.write(Buffer.from([0x20, 2, 0, isRefused ? 1 : 0]));
    if (kind === pingreq) socket.write(Buffer.from([0xd0, 0]));
    if (kind === subscribe) {
      let filters = 0;
      for (let at = 2; at < body.length; filters += 1) at += 3 + body.readUInt16BE(at);
      const granted = Buffer.concat([Buffer.from([0x90, 2 + filters]), body.subarray(0, 2)]);
      socket.write(Buffer.concat([granted, Buffer.alloc(filters, 1)]));
      this.client = socket;
      this.heard.subscribed();
    }
    if (kind === publish) {
      const end = 2 + body.readUInt16BE(0);
      const isConfirmed = (first & 0x06) !== 0;
      if (isConfirmed)
        socket.write(Buffer.concat([Buffer.from([0x40, 2]), body.subarray(end, end + 2)]));
      const payload = body.subarray(isConfirmed ? end + 2 : end);
      this.heard.published?.(body.subarray(2, end).toString(), payload);
    }
  }
}

/** Of the first packet: where its body begins and where it ends; null while it is not all there. */
function sizeOf(from: Buffer): { readonly head: number; readonly whole: number } | null {
  let length = 0;
  for (let at = 1; at < from.length; at += 1) {
    const byte = from.readUInt8(at);
    length |= (byte & 0x7f) << (7 * (at - 1));
    if ((byte & 0x80) === 0) {
      const [head, whole] = [at + 1, at + 1 + length];
      return whole <= from.length ? { head, whole } : null;
    }
  }
  return null;
}

/** A PUBLISH packet; with a number it is to be confirmed. */
export function publication(topic: string, payload: string, number: number | null): Buffer {
  const [name, content] = [Buffer.from(topic), Buffer.from(payload)];
  const numbered = number === null ? 0 : 2;
  const bytes: number[] = [number === null ? 0x30 : 0x32];
  for (let left = 2 + name.length + numbered + content.length; ; left >>= 7) {
    bytes.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
    if (left <= 0x7f) break;
  }
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length);
  const id = Buffer.alloc(numbered);
  if (number !== null) id.writeUInt16BE((number % mostPacketId) + 1);
  return Buffer.concat([Buffer.from(bytes), length, name, id, content]);
}
