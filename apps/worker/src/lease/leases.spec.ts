import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { graceOf, leaseOf, Leases } from './leases.js';

const limitMs = 20_000;

let ports: SimulatedPorts;
let leases: Leases;

beforeEach(() => {
  ports = simulatedPorts();
  leases = new Leases(ports.clock);
});

describe('A grant', () => {
  it('counts from when the reading was sent, not from when the answer came', async () => {
    leases.noteSent(1);
    await ports.advance(7_000);
    leases.grant(1);
    expect(leases.validUntilMs(limitMs)).toBe(limitMs);
  });

  it('is none before the first one: what lives on grants may not run at all', () => {
    leases.noteSent(1);
    expect(leases.validUntilMs(limitMs)).toBeNull();
  });

  it('of a reading that was never sent is ignored', async () => {
    leases.noteSent(1);
    await ports.advance(1_000);
    leases.grant(2);
    leases.grant(0);
    leases.grant(-1);
    leases.grant(Number.NaN);
    expect(leases.validUntilMs(limitMs)).toBeNull();
  });

  it('that comes twice counts once', async () => {
    leases.noteSent(1);
    leases.grant(1);
    await ports.advance(5_000);
    leases.grant(1);
    expect(leases.validUntilMs(limitMs)).toBe(limitMs);
  });

  it('of an older reading never shortens what a newer one gave', async () => {
    leases.noteSent(1);
    await ports.advance(2_000);
    leases.noteSent(2);
    leases.grant(2);
    leases.grant(1);
    expect(leases.validUntilMs(limitMs)).toBe(2_000 + limitMs);
  });

  it('lengthens when it answers a newer reading, over lost ones', async () => {
    for (const sequence of [1, 2, 3]) {
      leases.noteSent(sequence);
      await ports.advance(2_000);
    }
    leases.grant(1);
    leases.grant(3);
    expect(leases.validUntilMs(limitMs)).toBe(4_000 + limitMs);
  });

  it('is forgotten for the oldest of more than a thousand unanswered readings', () => {
    for (let sequence = 1; sequence <= 1_001; sequence += 1) leases.noteSent(sequence);
    leases.grant(1);
    expect(leases.validUntilMs(limitMs)).toBeNull();
    leases.grant(2);
    expect(leases.validUntilMs(limitMs)).toBe(limitMs);
  });
});

describe('Waiting for a grant', () => {
  it('ends with the grant', async () => {
    leases.noteSent(1);
    const wait = waiting();
    await ports.advance(1_000);
    expect(wait.isOver()).toBe(false);
    leases.grant(1);
    await ports.advance(0);
    expect(wait.isOver()).toBe(true);
  });

  it('is not needed while more than the grace is left', async () => {
    granted();
    await ports.advance(limitMs - graceOf(limitMs) - 1);
    const wait = waiting();
    await ports.advance(0);
    expect(wait.isOver()).toBe(true);
  });

  it('is needed when only the grace is left', async () => {
    granted();
    await ports.advance(limitMs - graceOf(limitMs));
    const wait = waiting();
    await ports.advance(limitMs);
    expect(wait.isOver()).toBe(false);
  });

  it('does not end with a grant that is too old to start anything', async () => {
    leases.noteSent(1);
    const wait = waiting();
    await ports.advance(limitMs - graceOf(limitMs));
    leases.grant(1);
    await ports.advance(0);
    expect(wait.isOver()).toBe(false);
    leases.noteSent(2);
    leases.grant(2);
    await ports.advance(0);
    expect(wait.isOver()).toBe(true);
  });

  it('is decided for each by its own limit', async () => {
    leases.noteSent(1);
    const [short, long] = [waiting(4_000), waiting(60_000)];
    await ports.advance(10_000);
    leases.grant(1);
    await ports.advance(0);
    expect([short.isOver(), long.isOver()]).toEqual([false, true]);
  });

  it('ends when it is cancelled, before or meanwhile', async () => {
    const cancel = new AbortController();
    const wait = waiting(limitMs, cancel.signal);
    await ports.advance(1_000);
    expect(wait.isOver()).toBe(false);
    cancel.abort();
    await ports.advance(0);
    expect(wait.isOver()).toBe(true);
    const late = waiting(limitMs, cancel.signal);
    await ports.advance(0);
    expect(late.isOver()).toBe(true);
  });
});

describe('The limit of a job', () => {
  it.each([
    [{ onDisconnect: { stopOnWorkerAfterMs: 15_000 } }, 15_000],
    [{ onDisconnect: { stopOnWorkerAfterMs: null } }, null],
    [{ onDisconnect: { stopOnWorkerAfterMs: 0 } }, null],
    [{ onDisconnect: { stopOnWorkerAfterMs: '15000' } }, null],
    [{ onDisconnect: {} }, null],
    [{ onDisconnect: null }, null],
    [{ onDisconnect: 'never' }, null],
    [{}, null],
  ])('of %j is %j', (job, expected) => {
    expect(leaseOf(job)).toBe(expected);
  });

  it.each([
    [4_000, 1_000],
    [20_000, 5_000],
    [3_600_000, 5_000],
  ])('of %d ms leaves %d ms to stop in', (limit, graceMs) => {
    expect(graceOf(limit)).toBe(graceMs);
  });
});

function granted(): void {
  leases.noteSent(1);
  leases.grant(1);
}

function waiting(forLimitMs = limitMs, signal = new AbortController().signal) {
  let over = false;
  void leases.untilGranted(forLimitMs, signal).then(() => {
    over = true;
  });
  return { isOver: () => over };
}
