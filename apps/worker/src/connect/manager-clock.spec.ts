import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { ManagerClock } from './manager-clock.js';

const minuteMs = 60_000;
const hourMs = 3_600_000;

let ports: SimulatedPorts;
/** By how much each wall clock was set, against the time that passes. */
let ours: number;
let theirs: number;
let clock: ManagerClock;

beforeEach(async () => {
  ports = simulatedPorts();
  [ours, theirs] = [0, 5_000];
  const { monotonicMs, wallMs } = ports.clock;
  clock = new ManagerClock({ monotonicMs, wallMs: () => wallMs() + ours });
  clock.connected();
});

const managerMs = (): number => ports.clock.wallMs() + theirs;
const managerIso = (): string => new Date(managerMs()).toISOString();

function ask(): void {
  clock.asked();
  clock.answered(managerIso());
}

/** Nothing tells the age by the connection any more. */
async function connectedForLong(): Promise<void> {
  ask();
  await ports.advance(hourMs);
}

describe('An order', () => {
  it('is never older than our connection, whatever the clocks say', async () => {
    await ports.advance(minuteMs);
    expect(clock.ageOf(managerMs() - hourMs)).toBe(minuteMs);
    ask();
    expect(clock.ageOf(managerMs() - hourMs)).toBe(minuteMs);
  });

  it('is as old as the manager’s clock says, as ours goes on', async () => {
    await connectedForLong();
    const sentMs = managerMs();
    await ports.advance(6 * minuteMs);
    expect(clock.ageOf(sentMs)).toBe(6 * minuteMs);
  });

  it('is young although a slow message was heard before it', async () => {
    await connectedForLong();
    clock.heard(new Date(managerMs() - 10 * minuteMs).toISOString());
    expect(clock.ageOf(managerMs())).toBe(0);
  });

  it('is young after the manager’s clock was set forward', async () => {
    await connectedForLong();
    theirs += 10 * minuteMs;
    clock.heard(managerIso());
    expect(clock.ageOf(managerMs())).toBe(0);
  });

  it('looks old after the manager’s clock was set back, until the time was asked for', async () => {
    await connectedForLong();
    theirs -= 10 * minuteMs;
    expect(clock.ageOf(managerMs())).toBe(10 * minuteMs);
    ask();
    expect(clock.ageOf(managerMs())).toBe(0);
  });

  it.each([10 * minuteMs, -10 * minuteMs])(
    'is in doubt after our own clock was set by %d ms, until the time was asked for',
    async (step) => {
      await connectedForLong();
      expect(clock.isInDoubt).toBe(false);
      ours += step;
      expect(clock.isInDoubt).toBe(true);
      expect(clock.ageOf(managerMs())).toBe(hourMs + Math.max(0, step));
      // What is only heard may have come before.
      clock.heard(managerIso());
      expect(clock.isInDoubt).toBe(true);
      ask();
      expect(clock.isInDoubt).toBe(false);
      expect(clock.ageOf(managerMs() - minuteMs)).toBe(minuteMs);
    },
  );

  it('is not made younger by a machine that slept', async () => {
    ask();
    const sentMs = managerMs();
    // Both wall clocks go on, our monotonic one does not.
    [ours, theirs] = [ours + hourMs, theirs + hourMs];
    expect(clock.ageOf(sentMs)).toBe(hourMs);
  });
});

describe('The clock of the manager', () => {
  it('is ours while it was never heard', () => {
    ours = 7_000;
    expect(clock.now()).toBe(new Date(ports.clock.wallMs() + 7_000).toISOString());
  });

  it('is known from its answer, and from that of the quickest message', async () => {
    ask();
    await ports.advance(1_000);
    expect(clock.now()).toBe(managerIso());
  });

  it('is not learnt from an answer that took long, nor from one that nobody asked for', async () => {
    await connectedForLong();
    theirs -= 10 * minuteMs;
    clock.answered(managerIso());
    clock.asked();
    const sent = managerIso();
    await ports.advance(11_000);
    clock.answered(sent);
    expect(clock.isAsked).toBe(false);
    expect(clock.ageOf(managerMs())).toBe(10 * minuteMs);
  });

  it.each([null, 'yesterday', ''])('does not learn from %j', (at) => {
    const before = clock.now();
    clock.heard(at);
    clock.asked();
    clock.answered(at);
    expect(clock.now()).toBe(before);
  });
});
