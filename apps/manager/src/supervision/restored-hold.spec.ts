import { beforeEach, describe, expect, it } from '@jest/globals';
import { defaultPolicy } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { given, restoredAs, type Given } from '../testing/given.js';
import { RestoredHold } from './restored-hold.js';

const marginMs = 5_000;
const plain = { policy: defaultPolicy };
const leased = {
  policy: {
    ...defaultPolicy,
    onDisconnect: { ...defaultPolicy.onDisconnect, stopOnWorkerAfterMs: 60_000 },
  },
};
let ports: SimulatedPorts;
let link: { upSinceMs: number | null };
beforeEach(() => {
  ports = simulatedPorts();
  link = { upSinceMs: 400 };
});

function holdOver({ state }: Given): RestoredHold {
  return new RestoredHold(link, () => state, ports.clock, marginMs);
}

describe('What a restored ledger waits for', () => {
  it('is nothing where the ledger never was restored', () => {
    const hold = holdOver(given());
    expect([hold.placesFromMs(leased), hold.startsFromMs(60_000)]).toEqual([0, 0]);
  });

  it('is ten seconds from when its leader was connected first, before anything is placed', async () => {
    const hold = holdOver(restoredAs(given()));
    expect(hold.placesFromMs(plain)).toBe(10_400);
    // That the link breaks and comes again begins nothing anew.
    link.upSinceMs = 90_000;
    expect(hold.placesFromMs(plain)).toBe(10_400);
  });

  it('is the end of every grant that a lost leader can have given, for what lives on grants', () => {
    const hold = holdOver(restoredAs(given()));
    expect(hold.startsFromMs(60_000)).toBe(65_400);
    expect(hold.placesFromMs(leased)).toBe(65_400);
    expect(hold.startsFromMs(null)).toBe(0);
  });

  it('is longer while nobody is connected', async () => {
    link.upSinceMs = null;
    const hold = holdOver(restoredAs(given()));
    await ports.advance(100_000);
    expect(hold.placesFromMs(plain)).toBeGreaterThan(110_000);
  });

  it('is over for terms that begin later', async () => {
    const wallMs = ports.clock.wallMs();
    const soon = restoredAs(given(), { takenUp: { epoch: 8, at: wallMs - 9_999 } });
    expect(holdOver(soon).placesFromMs(plain)).toBe(10_400);
    const later = restoredAs(given(), { takenUp: { epoch: 8, at: wallMs - 10_000 } });
    expect(holdOver(later).placesFromMs(plain)).toBe(0);
  });
});
