import { describe, expect, it } from '@jest/globals';
import { RetainedRoom } from './retained-room.js';

describe('what the broker retains', () => {
  it('is 16 MiB at most, topics included', () => {
    const room = new RetainedRoom();
    let granted = 0;
    for (let node = 0; node < 100_000; node += 1) {
      if (room.grant(`nodes/${'x'.repeat(100)}-${node}/status`, 512)) granted += 1;
    }
    expect(room.bytes).toBeLessThanOrEqual(16 * 1_048_576);
    expect(granted).toBeGreaterThan(20_000);
  });

  it('has no status of more than 512 bytes, and the newest of each node once', () => {
    const room = new RetainedRoom();
    expect(room.grant('nodes/a/status', 513)).toBe(false);
    for (const bytes of [20, 40, 30]) expect(room.grant('nodes/a/status', bytes)).toBe(true);
    expect(room.bytes).toBe('nodes/a/status'.length + 30);
    expect(room.grant('nodes/a/status', 0)).toBe(true);
    expect(room.bytes).toBe(0);
  });
});
