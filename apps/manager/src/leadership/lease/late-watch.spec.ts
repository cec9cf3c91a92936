import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { watchLateness } from './late-watch.js';

describe('A lease that is late', () => {
  it('is told once, and once when it is held again', async () => {
    const ports = simulatedPorts();
    const lease = { isHeld: true };
    const lines: string[] = [];
    const watch = watchLateness(lease, ports.timers, (line) => lines.push(line));
    await ports.advance(2_000);
    expect(lines).toEqual([]);
    lease.isHeld = false;
    await ports.advance(5_000);
    expect(lines).toEqual([expect.stringContaining('could not be renewed in time')]);
    lease.isHeld = true;
    await ports.advance(5_000);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('held again');
    watch.cancel();
    lease.isHeld = false;
    await ports.advance(5_000);
    expect(lines).toHaveLength(2);
  });
});
