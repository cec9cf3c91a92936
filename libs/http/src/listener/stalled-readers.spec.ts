import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { EventEmitter } from 'node:events';
import { StalledReaders } from './stalled-readers.js';

/** As much of a socket as is looked at. */
class Connection extends EventEmitter {
  bytesWritten = 0;
  writableLength = 0;
  isOpen = true;

  destroy(): void {
    this.isOpen = false;
    this.emit('close');
  }
}

function listener() {
  const ports = simulatedPorts();
  const lines: string[] = [];
  const server = new EventEmitter();
  new StalledReaders(ports.timers, (line) => lines.push(line)).watch(server);
  return {
    ports,
    lines,
    connect(waiting: number, event = 'connection'): Connection {
      const connection = new Connection();
      connection.writableLength = waiting;
      server.emit(event, connection);
      return connection;
    },
  };
}

describe('A reader of answers', () => {
  it.each(['connection', 'secureConnection'])(
    'is cut when it takes nothing of what waits for it for a minute and more (%s)',
    async (event) => {
      const { ports, lines, connect } = listener();
      const stalled = connect(65_536, event);
      await ports.advance(76_000);
      expect(stalled.isOpen).toBe(true);
      await ports.advance(15_000);
      expect(stalled.isOpen).toBe(false);
      expect(lines).toEqual([
        'closed 1 connections whose readers took nothing of what lay ready for 60 s and more',
      ]);
    },
  );

  it('has longer for more: a page of a megabyte may come by 4 KiB a second', async () => {
    const { ports, connect } = listener();
    const reader = connect(1_048_576);
    await ports.advance(315_000);
    expect(reader.isOpen).toBe(true);
    await ports.advance(15_000);
    expect(reader.isOpen).toBe(false);
  });

  it('may be slow, and may wait as long as nothing happens', async () => {
    const { ports, connect } = listener();
    const [slow, quiet] = [connect(65_536), connect(0)];
    for (let minute = 0; minute < 10; minute += 1) {
      slow.bytesWritten += 1;
      await ports.advance(45_000);
    }
    expect([slow.isOpen, quiet.isOpen]).toEqual([true, true]);
  });
});
