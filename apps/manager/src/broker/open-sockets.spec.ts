import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { OpenSockets } from './open-sockets.js';
import { packet, plainConnect } from './testing/packets.js';

Logger.overrideLogger(false);

const mebibyte = 1_048_576;

describe('the connections of the embedded broker', () => {
  let ports: SimulatedPorts;
  let sockets: OpenSockets;

  beforeEach(() => {
    ports = simulatedPorts();
    sockets = new OpenSockets(ports, new Logger('test'));
  });

  function opened(): TestSocket {
    const socket = new TestSocket();
    sockets.take(socket as unknown as Socket);
    return socket.receives(plainConnect);
  }

  it('hold 64 MiB of unfinished packets at most, all together; who holds most is closed', () => {
    const small = opened().receives(publishOf(1_000).subarray(0, 500));
    const unfinished = publishOf(mebibyte).subarray(0, mebibyte - 1);
    const large = Array.from({ length: 400 }, () => {
      const socket = opened().receives(unfinished);
      expect(sockets.keptBytes).toBeLessThanOrEqual(64 * mebibyte);
      return socket;
    });
    expect(large.filter(({ destroyed }) => destroyed)).toHaveLength(337);
    expect(small.destroyed).toBe(false);
  });

  it('hold nothing for a packet that is complete, or a connection that is gone', () => {
    const sent = publishOf(10_000);
    const socket = opened().receives(sent.subarray(0, 6_000));
    expect(sockets.keptBytes).toBe(6_000);
    socket.receives(sent.subarray(6_000));
    expect(sockets.keptBytes).toBe(0);
    opened().receives(sent.subarray(0, 7_000)).destroy();
    expect(sockets.keptBytes).toBe(0);
  });

  it('have 15 s for a packet, however slowly its bytes drip', async () => {
    const sent = publishOf(1_000);
    const slow = opened().receives(sent.subarray(0, 1));
    const steady = opened();
    for (let second = 1; second <= 15; second += 1) {
      await ports.advance(1_000);
      slow.receives(sent.subarray(second, second + 1));
      // Packets that are cut anywhere, one right after the other.
      steady.receives(
        Buffer.concat([sent.subarray(500), sent.subarray(0, 500)].slice(second === 1 ? 1 : 0)),
      );
    }
    await ports.advance(1_000);
    expect(slow.destroyed).toBe(true);
    expect(steady.destroyed).toBe(false);
  });

  it('never include the manager’s own when room is made', () => {
    const manager = opened();
    sockets.trust(manager);
    manager.receives(publishOf(mebibyte).subarray(0, mebibyte));
    for (let count = 0; count < 100; count += 1) {
      opened().receives(publishOf(mebibyte).subarray(0, 900_000));
    }
    expect(manager.destroyed).toBe(false);
    expect(sockets.keptBytes).toBeLessThanOrEqual(64 * mebibyte);
  });
});

class TestSocket extends EventEmitter {
  destroyed = false;
  private chunk: Buffer | null = null;

  setKeepAlive(): this {
    return this;
  }

  read(): Buffer | null {
    return this.chunk;
  }

  /** As aedes reads it. */
  receives(chunk: Buffer): this {
    this.chunk = chunk;
    this.read();
    return this;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function publishOf(remaining: number): Buffer {
  return packet(0x30, Buffer.alloc(remaining));
}
