import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { countingSleep } from './counts-sleep.js';
import { Leases } from './leases.js';

let ports: SimulatedPorts;
let asleepMs: number;
beforeEach(() => {
  ports = simulatedPorts();
  asleepMs = 0;
});

const uptimeMs = (): number => 5_000 + ports.clock.monotonicMs() + asleepMs;

describe('A clock that counts sleep', () => {
  it('goes as the one that it is made of, while the machine is awake', async () => {
    const clock = countingSleep(ports.clock, uptimeMs);
    await ports.advance(1_234);
    expect(clock.monotonicMs()).toBe(ports.clock.monotonicMs());
  });

  it('is ahead by what the machine has slept', async () => {
    const clock = countingSleep(ports.clock, uptimeMs);
    asleepMs = 60_000;
    await ports.advance(10);
    expect(clock.monotonicMs()).toBe(ports.clock.monotonicMs() + 60_000);
  });

  it('never goes back by how inexactly uptime is read', () => {
    const clock = countingSleep(ports.clock, uptimeMs);
    const seen = [0, 12, 3, 999, 1_000, 990].map((late) => {
      asleepMs = late;
      return clock.monotonicMs();
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

describe('A grant that came before the machine slept and is read after it', () => {
  it('is none for what may have been started elsewhere meanwhile', async () => {
    const clock = countingSleep(ports.clock, uptimeMs);
    const leases = new Leases(clock);
    leases.noteSent(1);
    await ports.advance(50);
    asleepMs = 600_000;
    leases.grant(1);
    expect(leases.validUntilMs(30_000)).toBeLessThan(clock.monotonicMs());
  });
});
