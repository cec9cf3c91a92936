import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { PacketLimit } from './packet-limit.js';

describe('what a broker takes in one packet', () => {
  let ports: SimulatedPorts;
  let limit: PacketLimit;

  beforeEach(() => {
    ports = simulatedPorts();
    limit = new PacketLimit(ports.clock);
  });

  it('is learnt from two closes running at the same message', () => {
    limit.closed(100_000);
    expect(limit.refusal(100_000)).toBeNull();
    limit.closed(100_003);
    expect(limit.refusal(100_000)).toMatchObject({ code: 'message-too-large' });
    expect(limit.refusal(200_000)?.message).toContain('200000 bytes');
    expect(limit.refusal(99_999)).toBeNull();
  });

  it('is not learnt from a broker that ended while something was on its way', () => {
    limit.closed(100_000);
    limit.closed(0);
    limit.closed(100_000);
    limit.closed(50_000);
    for (let close = 0; close < 5; close += 1) limit.closed(1_000);
    expect(limit.refusal(1_000_000)).toBeNull();
  });

  it('is above everything that it took before', () => {
    limit.confirmed(100_000);
    limit.closed(90_000);
    limit.closed(90_000);
    expect(limit.refusal(90_000)).toBeNull();
  });

  it('is tried again after ten minutes: it may have been raised', async () => {
    limit.closed(100_000);
    limit.closed(100_000);
    await ports.advance(600_001);
    expect(limit.refusal(100_000)).toBeNull();
  });
});
