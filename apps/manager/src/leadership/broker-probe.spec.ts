import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { BrokerProbe } from './broker-probe.js';

function probeOf(attempt: () => Promise<boolean>) {
  const ports = simulatedPorts(1);
  let attempts = 0;
  const counted = (): Promise<boolean> => {
    attempts += 1;
    return attempt();
  };
  const probe = new BrokerProbe(counted, ports);
  return { ports, probe, attempts: () => attempts };
}

describe('Whether the broker is reached', () => {
  it('is known at the second look, also where a look takes as long as a slow store makes it', async () => {
    for (const lookMs of [100, 1_000, 3_000, 4_500]) {
      const { ports, probe } = probeOf(async () => true);
      const first = probe.reaches();
      await ports.advance(lookMs);
      expect([lookMs, first, probe.reaches()]).toEqual([lookMs, false, true]);
    }
  });

  it('is found out anew after five seconds', async () => {
    let isThere = true;
    const { ports, probe } = probeOf(async () => isThere);
    probe.reaches();
    await ports.advance(100);
    isThere = false;
    await ports.advance(5_100);
    expect(probe.reaches()).toBe(false);
    await ports.advance(100);
    expect(probe.reaches()).toBe(false);
  });

  it('is tried once a second at most, one attempt at a time', async () => {
    const failing = probeOf(async () => Promise.reject(new Error('refused')));
    const hanging = probeOf(() => new Promise(() => {}));
    for (const { probe, ports } of [failing, hanging]) {
      for (let tenth = 0; tenth < 50; tenth += 1) {
        expect(probe.reaches()).toBe(false);
        await ports.advance(100);
      }
    }
    expect([failing.attempts(), hanging.attempts()]).toEqual([5, 1]);
  });
});
