import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { given, ready } from '../testing/given.js';
import { Sight } from './sight.js';

/** Nodes `late` and `prompt`, and a link that goes up and down. */
function scene(awayMs = 0) {
  const ports = simulatedPorts();
  const { state } = given(...ready('late'), ...ready('prompt'));
  const listeners = { up: () => {}, down: () => {} };
  const link = {
    upSinceMs: null as number | null,
    onUp: (listener: () => void) => void (listeners.up = listener),
    onDown: (listener: () => void) => void (listeners.down = listener),
  };
  const seenMs = new Map<string, number>();
  const hearing = {
    lastSeenMonotonicMs: (nodeId: string) => seenMs.get(nodeId) ?? null,
    usualIntervalMs: () => null,
  };
  const late = { comesLate: (nodeId: string) => nodeId === 'late', awayMs };
  const sight = new Sight(link, ports.clock, hearing, () => state, late);
  return {
    ...{ ports, sight },
    up: () => {
      link.upSinceMs = ports.clock.monotonicMs();
      listeners.up();
    },
    down: () => {
      link.upSinceMs = null;
      listeners.down();
    },
    hear: (nodeId: string) => void seenMs.set(nodeId, ports.clock.monotonicMs()),
    /** The storm that an outage is has ended. */
    calm: () => sight.guard.calm(),
  };
}

describe('The silence of a worker that comes back later the longer the broker was away', () => {
  it('does not count after an outage until as much time and 5 s have passed', async () => {
    const { ports, sight, up, down, calm } = scene();
    up();
    await ports.advance(60_000);
    down();
    await ports.advance(40_000);
    up();
    calm();
    await ports.advance(44_900);
    expect([sight.verdictOn('late'), sight.verdictOn('prompt')]).toEqual(['not yet', 'may']);
    await ports.advance(200);
    expect(sight.verdictOn('late')).toBe('may');
  });

  it('counts as anybody else’s once it was heard after the outage', async () => {
    const { ports, sight, up, down, calm, hear } = scene();
    up();
    await ports.advance(60_000);
    down();
    await ports.advance(300_000);
    up();
    calm();
    await ports.advance(20_000);
    expect(sight.verdictOn('late')).toBe('not yet');
    hear('late');
    expect(sight.verdictOn('late')).toBe('may');
  });

  it('does not count for as long as nobody was there before us, and until our link came up', async () => {
    const { ports, sight, up } = scene(10_000);
    await ports.advance(30_000);
    up();
    await ports.advance(44_900);
    expect(sight.verdictOn('late')).toBe('not yet');
    await ports.advance(200);
    expect(sight.verdictOn('late')).toBe('may');
  });

  it('does not count for all the time since the first outage, where it may have missed what lay between', async () => {
    const { ports, sight, up, down, calm } = scene();
    up();
    await ports.advance(60_000);
    down();
    await ports.advance(20_000);
    up();
    await ports.advance(10_000);
    down();
    await ports.advance(2_000);
    up();
    calm();
    await ports.advance(36_900);
    expect(sight.verdictOn('late')).toBe('not yet');
    await ports.advance(200);
    expect(sight.verdictOn('late')).toBe('may');
  });

  it('counts sooner where it was heard between two outages', async () => {
    const { ports, sight, up, down, calm, hear } = scene();
    up();
    await ports.advance(60_000);
    down();
    await ports.advance(200_000);
    up();
    await ports.advance(10_000);
    hear('late');
    down();
    await ports.advance(14_000);
    up();
    calm();
    await ports.advance(18_900);
    expect(sight.verdictOn('late')).toBe('not yet');
    await ports.advance(200);
    expect(sight.verdictOn('late')).toBe('may');
  });

  it('does not count for ten minutes and no longer, however long nobody was there', async () => {
    const { ports, sight, up } = scene(86_400_000);
    up();
    await ports.advance(599_000);
    expect(sight.verdictOn('late')).toBe('not yet');
    await ports.advance(2_000);
    expect(sight.verdictOn('late')).toBe('may');
  });
});
