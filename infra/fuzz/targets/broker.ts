import { once } from 'node:events';
import { connect } from 'node:net';
import { systemPorts } from '@oakring/ports';
import { PacketGuard } from '../../../apps/manager/src/broker/packet-guard.js';
import { startEmbeddedBroker } from '../../../apps/manager/src/broker/embedded-broker.js';
import { letAnyoneIn } from '../../../apps/manager/src/broker/testing/let-in.js';
import {
  connectPacketWithWill,
  plainConnect,
  publishPacket,
  subscribePacket,
} from '../../../apps/manager/src/broker/testing/packets.js';
import { accessOf } from '../../../apps/manager/src/wires/access.js';
import { spokenDialects } from '../../../apps/manager/src/wires/spoken.js';
import type { Target } from '../fuzz.js';
import { hold } from './holds.js';

const mostPublished = 4_096;

const streams = (): readonly Uint8Array[] => [
  Buffer.concat([plainConnect, publishPacket('nodes/n1/telemetry', Buffer.from('{}'))]),
  Buffer.concat([plainConnect, publishPacket('nodes/n1/acks', Buffer.from('{}'), 7, true)]),
  Buffer.concat([plainConnect, subscribePacket(['nodes/n1/controls', '#', '+/x'])]),
  Buffer.concat([connectPacketWithWill('nodes/n1/status', 8), Buffer.from('c000e000', 'hex')]),
  // UNSUBSCRIBE, PUBREL, and a CONNECT once more.
  Buffer.concat([
    plainConnect,
    Buffer.from('a2050001000178', 'hex'),
    Buffer.from('62020001', 'hex'),
  ]),
  Buffer.concat([plainConnect, plainConnect]),
];

/** What stands before the broker's parser: it must judge a stream alike however it is cut. */
const guard: Target = {
  name: 'mqtt-guard',
  seeds: streams,
  read(input) {
    const whole = new PacketGuard(mostPublished).accepts(input);
    for (const size of [1, 2, 7]) {
      const guard = new PacketGuard(mostPublished);
      let accepted = true;
      for (let at = 0; accepted && at < input.length; at += size)
        accepted = guard.accepts(input.subarray(at, at + size));
      hold(accepted === whole, `cut into ${size} it is ${accepted ? 'taken' : 'refused'}`);
      hold(guard.unfinishedBytes >= 0, `${guard.unfinishedBytes} bytes are unfinished`);
    }
  },
};

let port: Promise<number> | null = null;

/** The broker itself, on a socket: whatever comes, it ends the connection, and takes the next one. */
const broker: Target = {
  name: 'mqtt-broker',
  seeds: streams,
  async read(input) {
    port ??= startEmbeddedBroker({
      ...{ host: '127.0.0.1', port: 0, letIn: letAnyoneIn, ports: systemPorts() },
      internal: { username: 'manager', password: 'of nobody' },
      access: accessOf(spokenDialects),
    }).then((started) => started.port);
    const socket = connect(await port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.end(input);
    await once(socket, 'close');
  },
};

export const brokers: readonly Target[] = [guard, broker];
