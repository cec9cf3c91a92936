/** MQTT 3.1.1 packets as bytes, also such as no client would send. */

/** CONNECT, clean session, no keep-alive, client id "x". */
export const plainConnect = Buffer.from('100d00044d51545404020000000178', 'hex');

export function connectPacketWithWill(topic: string, willBytes: number): Buffer {
  // Clean session, a will of QoS 0, no keep-alive, client id "w".
  const start = Buffer.from('00044d51545404060000000177', 'hex');
  const will = Buffer.concat([twoBytes(willBytes), Buffer.alloc(willBytes)]);
  return packet(0x10, Buffer.concat([start, text(topic), will]));
}

/** `type`: the first byte, flags included. */
export function packet(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([header(type, body.length), body]);
}

export function header(type: number, remaining: number): Buffer {
  const bytes = [type];
  let rest = remaining;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** QoS 2, with the flag of a repetition or without; id 0: QoS 0. */
export function publishPacket(topic: string, payload: Uint8Array, id = 0, isAgain = false): Buffer {
  const number = id === 0 ? Buffer.alloc(0) : twoBytes(id);
  const type = 0x30 | (id === 0 ? 0 : 0x04) | (isAgain ? 0x08 : 0);
  return packet(type, Buffer.concat([text(topic), number, payload]));
}

export function subscribePacket(filters: readonly string[]): Buffer {
  const asked = filters.flatMap((filter) => [text(filter), Buffer.from([1])]);
  return packet(0x82, Buffer.concat([twoBytes(1), ...asked]));
}

function text(value: string): Buffer {
  return Buffer.concat([twoBytes(value.length), Buffer.from(value)]);
}

function twoBytes(value: number): Buffer {
  return Buffer.from([value >>> 8, value & 0xff]);
}
