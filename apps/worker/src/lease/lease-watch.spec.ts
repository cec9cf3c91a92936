import { beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { LeaseWatch, type Leased } from './lease-watch.js';
import { Leases } from './leases.js';

interface Named extends Leased {
  readonly name: string;
}

const web: Named = { name: 'web', leaseMs: 20_000 };

let ports: SimulatedPorts;
let leases: Leases;
let watch: LeaseWatch<Named>;
let ranOut: string[];
let sequence: number;

beforeEach(() => {
  ports = simulatedPorts();
  leases = new Leases(ports.clock);
  ranOut = [];
  sequence = 0;
  watch = new LeaseWatch(leases, ports, ({ name }, graceMs) => {
    ranOut.push(`${name} at ${ports.clock.monotonicMs()}, ${graceMs} ms left`);
  });
});

describe('The watch over what lives on grants', () => {
  it('tells early enough that there is time to stop before the limit', async () => {
    grant();
    watch.watch(web);
    await ports.advance(14_999);
    expect(ranOut).toEqual([]);
    await ports.advance(1);
    expect(ranOut).toEqual(['web at 15000, 5000 ms left']);
  });

  it('tells once', async () => {
    grant();
    watch.watch(web);
    await ports.advance(100_000);
    expect(ranOut).toHaveLength(1);
  });

  it('tells later after a newer grant, counted from its sending', async () => {
    grant();
    watch.watch(web);
    await ports.advance(6_000);
    leases.noteSent(7);
    await ports.advance(3_000);
    leases.grant(7);
    await ports.advance(11_999);
    expect(ranOut).toEqual([]);
    await ports.advance(1);
    expect(ranOut).toEqual(['web at 21000, 5000 ms left']);
  });

  it('never tells while grants go on', async () => {
    grant();
    watch.watch(web);
    for (let round = 0; round < 100; round += 1) {
      await ports.advance(10_000);
      grant();
    }
    expect(ranOut).toEqual([]);
  });

  it('does not tell again when a grant comes after it has told', async () => {
    grant();
    watch.watch(web);
    await ports.advance(15_000);
    grant();
    await ports.advance(100_000);
    expect(ranOut).toHaveLength(1);
  });

  it('never tells of what it is to forget', async () => {
    grant();
    watch.watch(web);
    await ports.advance(14_000);
    watch.forget(web);
    await ports.advance(100_000);
    expect(ranOut).toEqual([]);
    watch.forget(web);
  });

  it('has nothing to watch where there is no limit', async () => {
    watch.watch({ name: 'free', leaseMs: null });
    await ports.advance(1_000_000);
    expect(ranOut).toEqual([]);
  });

  it('tells at once where there never was a grant', () => {
    watch.watch(web);
    expect(ranOut).toEqual(['web at 0, 5000 ms left']);
  });

  it('watches each by its own limit', async () => {
    grant();
    watch.watch(web);
    watch.watch({ name: 'short', leaseMs: 4_000 });
    await ports.advance(20_000);
    expect(ranOut).toEqual(['short at 3000, 1000 ms left', 'web at 15000, 5000 ms left']);
  });

  it('watches once what it is told of twice', async () => {
    grant();
    watch.watch(web);
    await ports.advance(1_000);
    watch.watch(web);
    await ports.advance(100_000);
    expect(ranOut).toHaveLength(1);
  });
});

/** A reading that is answered at once. */
function grant(): void {
  sequence += 1;
  leases.noteSent(sequence);
  leases.grant(sequence);
}
