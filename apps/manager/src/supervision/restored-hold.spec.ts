import { beforeEach, describe, expect, it } from '@jest/globals';
import { defaultPolicy, workerComesBack, type NodeStatus } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { given, registerNode, restoredAs, type Given } from '../testing/given.js';
import { RestoredHold } from './restored-hold.js';

const marginMs = 5_000;
const anHourMs = 3_600_000;
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

  it('is 25 seconds from when its leader was connected first, before anything is placed', async () => {
    const hold = holdOver(restoredAs(given()));
    expect(hold.placesFromMs(plain)).toBe(25_400);
    // That the link breaks and comes again begins nothing anew.
    link.upSinceMs = 90_000;
    expect(hold.placesFromMs(plain)).toBe(25_400);
  });

  it('is longer than any worker stays away that was in an attempt which came to nothing', () => {
    const { attemptMs, mostMs } = workerComesBack;
    const heldMs = holdOver(restoredAs(given())).placesFromMs(plain) - (link.upSinceMs ?? 0);
    // Then it registers, and is asked what it runs.
    expect(heldMs).toBeGreaterThanOrEqual(attemptMs + mostMs + 5_000);
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
    expect(hold.placesFromMs(plain)).toBeGreaterThan(125_000);
  });

  it('is over for terms that begin later than that after a worker was heard, or found silent', () => {
    for (const status of ['suspect', 'disconnected', 'lost'] as const) {
      expect(holdOver(laterTerm(status, 24_999)).placesFromMs(plain)).toBe(25_400);
      expect(holdOver(laterTerm(status, 25_000)).placesFromMs(plain)).toBe(0);
    }
    const reconciled = { acknowledges: true };
    expect(holdOver(laterTerm('ready', 25_000, reconciled)).placesFromMs(plain)).toBe(0);
    expect(holdOver(laterTerm('ready', 64_999, reconciled)).startsFromMs(60_000)).toBe(65_400);
    expect(holdOver(laterTerm('ready', 65_000, reconciled)).startsFromMs(60_000)).toBe(0);
  });

  it('is not over because a term began that never was connected, however long ago', () => {
    const before = { takenUp: { epoch: 8, at: ports.clock.wallMs() - anHourMs } };
    expect(holdOver(restoredAs(given(), before)).placesFromMs(plain)).toBe(25_400);
    // Nor by what anybody may say over HTTP, nor by what the backup has.
    expect(holdOver(laterTerm('registered', 25_000)).placesFromMs(plain)).toBe(25_400);
    expect(holdOver(laterTerm('ready', 25_000)).placesFromMs(plain)).toBe(25_400);
    expect(holdOver(laterTerm('lost', anHourMs)).placesFromMs(plain)).toBe(25_400);
  });
});

/** One that begins an hour after the first since the restore; a node has its status for so long. */
function laterTerm(
  status: NodeStatus,
  sinceMs: number,
  body: Parameters<typeof registerNode>[1] = {},
): Given {
  const nowMs = ports.clock.wallMs();
  const cluster = given(registerNode('n1', body));
  for (const node of cluster.state.nodes.values()) {
    cluster.state.nodes.set(node.id, { ...node, status, since: nowMs - sinceMs });
  }
  return restoredAs(cluster, { takenUp: { epoch: 8, at: nowMs - anHourMs } });
}
