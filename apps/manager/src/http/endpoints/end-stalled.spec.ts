import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { endStalled } from './end-stalled.js';

function reader() {
  const socket = { bytesWritten: 0 };
  return {
    socket,
    writableLength: 0,
    destroyed: false,
    destroy() {
      this.destroyed = true;
    },
  };
}

describe('A reader of events', () => {
  it('is cut when it takes nothing of what waits for it for a minute and more', async () => {
    const ports = simulatedPorts();
    const raw = reader();
    raw.writableLength = 65_536;
    endStalled(raw, ports.timers);
    await ports.advance(59_000);
    expect(raw.destroyed).toBe(false);
    await ports.advance(31_000);
    expect(raw.destroyed).toBe(true);
  });

  it('may be slow, and may wait as long as nothing happens', async () => {
    const ports = simulatedPorts();
    const [slow, quiet] = [reader(), reader()];
    slow.writableLength = 65_536;
    for (const raw of [slow, quiet]) endStalled(raw, ports.timers);
    for (let minute = 0; minute < 10; minute += 1) {
      slow.socket.bytesWritten += 1;
      await ports.advance(45_000);
    }
    expect([slow.destroyed, quiet.destroyed]).toEqual([false, false]);
  });
});
