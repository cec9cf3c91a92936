// A process that looks like a broker to one client and floods it with readings from a full socket.
// Arguments: number of nodes, number of readings. Sends {port}; floods when told 'flood' once both the
// client has subscribed.
import { createServer } from 'node:net';

const [nodes, readings] = process.argv.slice(2).map(Number);
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

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => answer(socket, chunk));
});
let subscribed = null;
process.on('message', () => void flood(subscribed));

function answer(socket, chunk) {
  for (let at = 0; at < chunk.length;) {
    const type = chunk[at] >> 4;
    let length = 0;
    let shift = 0;
    let cursor = at + 1;
    for (;;) {
      const byte = chunk[cursor++];
      length |= (byte & 0x7f) << shift;
      shift += 7;
      if ((byte & 0x80) === 0) break;
    }
    if (type === 1) socket.write(Buffer.from([0x20, 2, 0, 0]));
    if (type === 8) {
      let filters = 0;
      for (let f = cursor + 2; f < cursor + length; filters += 1) f += 3 + chunk.readUInt16BE(f);
      socket.write(
        Buffer.concat([
          Buffer.from([0x90, 2 + filters, chunk[cursor], chunk[cursor + 1]]),
          Buffer.alloc(filters, 0),
        ]),
      );
      subscribed = socket;
      process.send({ subscribed: true });
    }
    if (type === 12) socket.write(Buffer.from([0xd0, 0]));
    at = cursor + length;
  }
}

async function flood(socket) {
  for (let sent = 0; sent < readings; sent += nodes) {
    if (!socket.write(packets)) await new Promise((resolve) => socket.once('drain', resolve));
  }
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
