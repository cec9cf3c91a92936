import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { ManagerClock } from './manager-clock.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');

describe('The clock of the manager', () => {
  it('judges no deadline while it is not known', () => {
    const { clock } = simulatedPorts(1, startMs);
    expect(new ManagerClock(clock).hasPassed('2020-01-01T00:00:00.000Z')).toBe(false);
  });

  it('is ours with the offset that it showed, and goes on with ours', async () => {
    const ports = simulatedPorts(1, startMs);
    const clock = new ManagerClock(ports.clock);
    clock.learn('2026-01-01T01:00:00.000Z');
    expect(clock.hasPassed('2026-01-01T01:00:01.000Z')).toBe(false);
    await ports.advance(1_001);
    expect(clock.hasPassed('2026-01-01T01:00:01.000Z')).toBe(true);
  });

  it.each([undefined, null, 7, 'yesterday', ''])('does not learn from %j', (at) => {
    const ports = simulatedPorts(1, startMs);
    const clock = new ManagerClock(ports.clock);
    clock.learn(at);
    expect(clock.hasPassed('2020-01-01T00:00:00.000Z')).toBe(false);
  });

  it('takes what is not a moment for one that has not passed', () => {
    const clock = new ManagerClock(simulatedPorts(1, startMs).clock);
    clock.learn('2026-01-01T00:00:00.000Z');
    expect(clock.hasPassed('soon')).toBe(false);
  });
});
