import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { orderInstance } from '../testing/given.js';
import { NetworkRoot } from './network-root.js';
import type { Root } from './root.port.js';
import { founded } from './testing/given-root.js';
import { LedCluster } from './testing/led-cluster.js';
import { StrictRoot } from './testing/strict-root.js';

const stepMs = 500;
const minutesMs = 60_000;
const well = { grpc: null, http: null };

/** A manager that leads, and its root over real sockets. Time is simulated, and stands still while a call is on its way. */
class Scene {
  readonly ports = simulatedPorts();
  readonly led: LedCluster;
  readonly calls: { readonly what: 'registration' | 'report'; readonly atMs: number }[] = [];
  private onTheirWay = 0;
  mostOnTheirWay = 0;

  constructor(readonly strict: StrictRoot) {
    strict.sleep = (ms) => this.ports.timers.sleep(ms);
    this.led = new LedCluster(this.ports, founded(), this.root, 'keep');
  }

  /** The root orders it; whatever else the root does, it is in the log at once. */
  order(number: number): void {
    this.strict.know('r', number);
    this.led.order(orderInstance('r', number));
    expect(this.led.cluster.state.instances.get(`r/${number}`)?.status).toBe('pending');
  }

  async pass(ms: number): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
      await this.untilAnswered();
      await this.ports.advance(stepMs);
    }
    await this.untilAnswered();
  }

  gapsMs(what: 'registration' | 'report'): number[] {
    const atMs = this.calls.filter((call) => call.what === what).map((call) => call.atMs);
    return atMs.slice(1).map((each, at) => each - (atMs[at] ?? 0));
  }

  get isConnected(): boolean {
    return this.led.standing.now().isConnected;
  }

  /** Numbers that the root has heard of. */
  get heard(): number[] {
    const numbers = [...(this.strict.services.get('r')?.instances.keys() ?? [])];
    return numbers.filter((number) => 'status_detail' in this.strict.told('r', number));
  }

  /** But for what the root takes its time for, which is simulated. */
  private async untilAnswered(): Promise<void> {
    while (this.onTheirWay > this.strict.sleeping) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
  }

  private get root(): Root {
    const { httpPort, grpcPort } = this.strict;
    const root = new NetworkRoot({
      ...{ host: '127.0.0.1', httpPort, grpcPort, managerPort: () => 10_100, networkPort: 0 },
      ...{ clusterName: 'edge', clusterLocation: 'here' },
    });
    return {
      name: root.name,
      register: (ending) => this.counted('registration', () => root.register(ending)),
      report: (id, bytes, ending) => this.counted('report', () => root.report(id, bytes, ending)),
    };
  }

  private async counted<T>(what: 'registration' | 'report', call: () => Promise<T>): Promise<T> {
    this.calls.push({ what, atMs: this.ports.clock.monotonicMs() });
    this.onTheirWay += 1;
    this.mostOnTheirWay = Math.max(this.mostOnTheirWay, this.onTheirWay);
    return call().finally(() => void (this.onTheirWay -= 1));
  }
}

let strict: StrictRoot;
let scene: Scene;
beforeEach(async () => {
  strict = await StrictRoot.start();
});
afterEach(async () => {
  strict.slowMs = 0;
  await scene.led.supervisor.stop();
  await strict.stop();
});

/** Somebody is asked again, without haste and not as a clock. */
function expectJitter(gapsMs: readonly number[], { mostMs }: { readonly mostMs: number }): void {
  expect(Math.max(...gapsMs)).toBeLessThanOrEqual(mostMs);
  expect(new Set(gapsMs).size).toBeGreaterThan(3);
}

describe('A root at the other end of its wire', () => {
  it('that is away at the start is taken up within 20 s of its return, with all that it missed', async () => {
    await strict.stop();
    scene = new Scene(strict);
    for (const number of [0, 1, 2]) scene.order(number);
    await scene.pass(3 * minutesMs);
    expect(scene.isConnected).toBe(false);
    expect(scene.led.warned).toHaveLength(1);
    expectJitter(scene.gapsMs('registration'), { mostMs: 20_000 });
    await strict.comeBack();
    await scene.pass(20_000);
    expect(scene.heard).toEqual([0, 1, 2]);
    expect(scene.isConnected).toBe(true);
  });

  it('that is lost is known to be within 20 s, and knows all again 20 s after its return', async () => {
    scene = new Scene(strict);
    scene.order(0);
    await scene.pass(2_000);
    expect(scene.heard).toEqual([0]);
    await strict.stop();
    scene.order(1);
    await scene.pass(20_000);
    expect(scene.isConnected).toBe(false);
    await scene.pass(2 * minutesMs);
    scene.order(2);
    await strict.comeBack();
    await scene.pass(25_000);
    expect(scene.heard).toEqual([0, 1, 2]);
    expect(scene.isConnected).toBe(true);
    expect(strict.clusters.get('edge')?.registrations).toBeGreaterThanOrEqual(2);
  });

  it('that takes 9 s for each call has one at a time, and half of its time for others', async () => {
    strict.slowMs = 9_000;
    scene = new Scene(strict);
    for (let number = 0; number < 60; number += 1) {
      scene.order(number);
      await scene.pass(1_000);
    }
    await scene.pass(2 * minutesMs);
    expect(scene.heard).toHaveLength(60);
    expect([scene.mostOnTheirWay, strict.mostReportsAtOnce]).toEqual([1, 1]);
    expect(Math.min(...scene.gapsMs('report'))).toBeGreaterThanOrEqual(15_000);
    expect(scene.isConnected).toBe(true);
    expect(scene.led.warned).toEqual([]);
  });

  it.each([400, 413, 500])(
    'that answers reports with %i is asked for ever, with ever other waits, and goes on when it is well',
    async (http) => {
      scene = new Scene(strict);
      scene.order(0);
      await scene.pass(2_000);
      strict.instead = { ...well, http };
      scene.order(1);
      await scene.pass(4 * minutesMs);
      scene.order(2);
      const gapsMs = scene.gapsMs('report').slice(2);
      expectJitter(gapsMs, { mostMs: 30_000 });
      expect(Math.min(...gapsMs)).toBeGreaterThanOrEqual(7_500);
      strict.instead = well;
      await scene.pass(minutesMs);
      expect(scene.heard).toEqual([0, 1, 2]);
      expect([scene.mostOnTheirWay, strict.problems]).toEqual([1, []]);
      expect(scene.led.warned).toEqual([
        ...[expect.stringContaining(`status ${http}`), 'root: it goes on.'],
      ]);
    },
  );

  it.each(['UNIMPLEMENTED', 'INTERNAL', 'UNAVAILABLE'] as const)(
    'that does not take us in (%s) is asked for ever, and hears of us once it does',
    async (grpc) => {
      strict.instead = { ...well, grpc };
      scene = new Scene(strict);
      scene.order(0);
      await scene.pass(3 * minutesMs);
      expect(scene.gapsMs('report')).toEqual([]);
      expectJitter(scene.gapsMs('registration'), { mostMs: 20_000 });
      strict.instead = well;
      await scene.pass(20_000);
      expect(scene.heard).toEqual([0]);
    },
  );

  it('that does not take us in again is reported to all the same: it knows us', async () => {
    scene = new Scene(strict);
    await scene.pass(2_000);
    strict.instead = { ...well, grpc: 'INTERNAL' };
    await scene.pass(7 * minutesMs);
    expect(strict.reports).toBeGreaterThanOrEqual(27);
    expect(scene.gapsMs('registration').length).toBeGreaterThan(3);
    expect(scene.mostOnTheirWay).toBe(1);
  });
});
