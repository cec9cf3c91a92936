import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { RootStanding } from './root-standing.js';

const report = { atMs: 0, tookMs: 5, builtMs: 1, bytes: 10, instances: 0 };

let ports: SimulatedPorts;
let standing: RootStanding;
beforeEach(() => {
  ports = simulatedPorts();
  standing = new RootStanding(ports.clock);
  standing.begin();
});

describe('The standing with a root', () => {
  it('is connected since the first answer, whatever is answered after it', async () => {
    const sinceMs = ports.clock.wallMs();
    standing.registered('5f1d2c3b4a59687766554433');
    await ports.advance(15_000);
    standing.taken(report);
    await ports.advance(15_000);
    expect(standing.now()).toMatchObject({ isConnected: true, sinceMs });
  });

  it('is connected anew after a failure', async () => {
    standing.registered('5f1d2c3b4a59687766554433');
    await ports.advance(1_000);
    standing.failed();
    expect(standing.now()).toMatchObject({ isConnected: false, sinceMs: null });
    await ports.advance(1_000);
    standing.taken(report);
    expect(standing.now()).toMatchObject({ isConnected: true, sinceMs: ports.clock.wallMs() });
  });

  it('is not connected 20 s after the newest answer', async () => {
    standing.registered('5f1d2c3b4a59687766554433');
    await ports.advance(20_000);
    expect(standing.now()).toMatchObject({ isConnected: false, sinceMs: null });
  });
});
