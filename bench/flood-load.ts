// A process that looks like a broker to one client and floods it with readings from a full socket.
// Arguments: number of nodes, number of readings. Sends {port}; floods when told to, once the client
// has subscribed.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tell } from './processes.js';

const [nodes = 0, readings = 0] = process.argv.slice(2).map(Number);
const packets = Buffer.concat(
  Array.from({ length: nodes }, (_, index) => {
    const topic = Buffer.from(`nodes/edge-${String(index).padStart(4, '0')}/information`);
    const payload = Buffer.from(
      JSON.stringify({
        cpu: 12.5 + (index % 50),
        memory: 40.25,
        incarnation: 1,
        sequence: index,
        at: '2026-11-23T08:00:00.000Z',
        instances: [{ job: 'hello', instance: 0, generation: 1, cpu: 2.5, memory: 1.25 }],
        pad: 'x'.repeat(20),
      }),
    );
    const remaining = 2 + topic.length + payload.length;
    const header = Buffer.from([0x30, (remaining & 0x7f) | 0x80, remaining >> 7]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(topic.length);
    return Buffer.concat([header, length, topic, payload]);
  }),
);

/** Kinds of packets, MQTT 3.1.1 §2.2.1. */
const [connect, subscribe, pingreq] = [1, 8, 12];
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => answer(socket, chunk));
});
let subscribed: Socket | null = null;
process.on('message', () => void flood());

function answer(socket: Socket, chunk: Buffer): void {
  for (let at = 0; at < chunk.length;) {
    const kind = chunk.readUInt8(at) >> 4;
    let length = 0;
    let shift = 0;
    let cursor = at + 1;
    for (;;) {
      const byte = chunk.readUInt8(cursor++);
      length |= (byte & 0x7f) << shift;
      shift += 7;
      if ((byte & 0x80) === 0) break;
    }
    if (kind === connect) socket.write(Buffer.from([0x20, 2, 0, 0]));
    if (kind === subscribe) {
      let filters = 0;
      for (let f = cursor + 2; f < cursor + length; filters += 1) f += 3 + chunk.readUInt16BE(f);
      const id = chunk.subarray(cursor, cursor + 2);
      socket.write(Buffer.concat([Buffer.from([0x90, 2 + filters]), id, Buffer.alloc(filters, 0)]));
      subscribed = socket;
      tell({ subscribed: true });
    }
    if (kind === pingreq) socket.write(Buffer.from([0xd0, 0]));
    at = cursor + length;
  }
}

async function flood(): Promise<void> {
  const socket = subscribed;
  if (socket === null) throw new Error('there is nobody to flood');
  for (let sent = 0; sent < readings; sent += nodes) {
    if (!socket.write(packets)) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

server.listen(0, '127.0.0.1', () => {
  // A TCP server that listens has an address with a port.
  const { port } = server.address() as AddressInfo;
  tell({ port });
});
