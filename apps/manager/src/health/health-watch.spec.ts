import { describe, expect, it } from '@jest/globals';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { PartHealth, Standing } from '../injection/health.js';
import { HealthWatch, type HealthSources } from './health-watch.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Leader = Mutable<HealthSources['leadership']>;
type Given = Mutable<HealthSources> & { leadership: Leader };

const gibibyte = 1_073_741_824;
const leads: Standing = { role: 'leader', isHeld: true, reachesBroker: true };
const follows: Standing = {
  ...{ role: 'follower', isCurrent: true, hasSeenLeader: true, objection: null },
};
const aProcess = { keys: 1, oldestMs: 0, failures: 3 };

/** A manager, all of it well, and the watch over it. */
function given(standing: Standing = leads) {
  const ports = simulatedPorts();
  const leadership: Leader = {
    status: { ready: true, detail: standing.role === 'leader' ? 'leading' : 'following', standing },
    ...{ processes: [], underway: null, appendingMs: 0 },
  };
  const sources: Given = {
    ...{ leadership, several: false, damage: null, waiting: 0, root: null, rootMemory: null },
    obstacle: async () => null,
    clockError: async () => null,
    schedulerObstacle: async () => null,
    room: async () => ({ freeBytes: 10 * gibibyte, totalBytes: 32 * gibibyte }),
  };
  const watch = new HealthWatch(sources, ports);
  return { ports, sources, leadership, watch };
}

/** What it says once it has looked again. */
async function said({ watch, ports }: { watch: HealthWatch; ports: SimulatedPorts }) {
  await ports.advance(1_000);
  return watch.isReady();
}

function part(parts: readonly PartHealth[], name: string): PartHealth | undefined {
  return parts.find((one) => one.part === name);
}

describe('A manager that leads', () => {
  it('is ready while all of its parts are well, and says how each is', async () => {
    const { ready, detail, parts } = await said(given());
    expect({ ready, detail }).toEqual({ ready: true, detail: 'leading' });
    expect(parts.map(({ part: name, status }) => `${name} ${status}`)).toEqual([
      'log up',
      'broker up',
      'scheduler up',
      'disk up',
    ]);
  });

  it('is not ready while its log cannot be written, says since when, and is ready again by itself', async () => {
    const scene = given();
    scene.watch.start();
    await scene.ports.advance(60_000);
    scene.sources.obstacle = async () => 'the disk is full, 0 bytes left';
    await scene.ports.advance(30_000);
    const beganMs = scene.ports.clock.wallMs() - 28_000;
    const full = await said(scene);
    const detail = 'the event log cannot be written: the disk is full, 0 bytes left';
    expect(full).toMatchObject({ ready: false, code: 'log-unavailable', detail });
    expect(part(full.parts, 'log')).toMatchObject({ status: 'down', detail, sinceMs: beganMs });
    expect(part(full.parts, 'log')?.remedy).toContain('OAKRING_DATA');
    scene.sources.obstacle = async () => null;
    expect(await said(scene)).toMatchObject({ ready: true, detail: 'leading' });
    scene.watch.stop();
  });

  it.each<[string, (leader: Leader) => void, string]>([
    [
      'an append has been under way for long',
      (leader) => (leader.appendingMs = 7_000),
      'an append has been under way for 7 s',
    ],
    [
      'its lease is late',
      (leader) => {
        const standing = { ...leads, isHeld: false };
        leader.status = { ready: false, detail: 'late', standing };
      },
      'the store has not taken the renewal of our lease in time',
    ],
  ])('is not ready while %s', async (_, change, detail) => {
    const scene = given();
    change(scene.leadership);
    const { ready, parts } = await said(scene);
    expect(ready).toBe(false);
    expect(part(parts, 'log')).toMatchObject({ status: 'down', detail });
  });

  it('is not ready on a disk that does not answer', async () => {
    const scene = given();
    scene.sources.obstacle = () => new Promise(() => {});
    const asked = scene.watch.isReady();
    await scene.ports.advance(1_500);
    expect(await asked).toMatchObject({
      ready: false,
      detail: expect.stringMatching(/the disk does not answer$/),
    });
  });

  it('is not ready without its broker', async () => {
    const scene = given();
    const detail = 'not connected to the MQTT broker';
    const standing = { ...leads, reachesBroker: false };
    scene.leadership.status = { ready: false, detail, standing };
    const answer = await said(scene);
    expect(answer).toMatchObject({ ready: false, detail });
    expect(part(answer.parts, 'broker')).toMatchObject({
      status: 'down',
      remedy: expect.stringContaining('OAKRING_MQTT_URL'),
    });
  });

  it('is degraded without its scheduler, and not ready once instances wait for it for 10 s', async () => {
    const scene = given();
    const isAway = async () => 'it does not answer (ECONNREFUSED)';
    scene.sources.schedulerObstacle = isAway;
    await said(scene);
    await scene.ports.advance(20_000);
    const idle = await said(scene);
    expect(idle).toMatchObject({ ready: true, detail: 'leading; degraded: scheduler' });
    scene.sources.waiting = 2;
    const busy = await said(scene);
    expect(busy).toMatchObject({ ready: false });
    expect(part(busy.parts, 'scheduler')).toMatchObject({
      status: 'down',
      detail: 'it does not answer (ECONNREFUSED), and instances of 2 jobs wait for it',
    });
    scene.sources.schedulerObstacle = async () => null;
    expect(await said(scene)).toMatchObject({ ready: true, detail: 'leading' });
    // One that is only started again disturbs nobody.
    scene.sources.schedulerObstacle = isAway;
    expect(await said(scene)).toMatchObject({ ready: true });
  });

  it('is ready without its root, and shows since when it does not answer', async () => {
    const scene = given();
    scene.sources.root = { isConnected: true, sinceMs: 12 };
    const well = await said(scene);
    expect(part(well.parts, 'root')).toMatchObject({ status: 'up', sinceMs: 12 });
    scene.sources.root = { isConnected: false, sinceMs: null };
    const answer = await said(scene);
    expect(answer).toMatchObject({ ready: true, detail: 'leading; degraded: root' });
    expect(part(answer.parts, 'root')).toMatchObject({
      status: 'degraded',
      sinceMs: scene.ports.clock.wallMs(),
    });
  });

  it.each([
    [0.9, 32, 'degraded'],
    [1.1, 32, 'up'],
    [0.3, 8, 'degraded'],
    [0.5, 8, 'up'],
  ])('with %d GiB left of %d has a disk that is %s', async (free, total, status) => {
    const scene = given();
    const room = { freeBytes: free * gibibyte, totalBytes: total * gibibyte };
    scene.sources.room = async () => room;
    const answer = await said(scene);
    expect([answer.ready, part(answer.parts, 'disk')?.status]).toEqual([true, status]);
  });

  it('does its work though something fails again and again: it is named, and not told of', async () => {
    const scene = given();
    const trouble = { sinceMs: 5, reason: 'a secret path' };
    scene.leadership.processes = [
      { ...aProcess, name: 'seals', trouble },
      { ...aProcess, name: 'drains', trouble: null },
    ];
    scene.sources.damage = { sinceMs: 6, reason: 'a secret path' };
    scene.sources.rootMemory = { sinceMs: 7, reason: 'a name' };
    const { ready, detail, parts } = await said(scene);
    expect({ ready, detail }).toEqual({
      ready: true,
      detail: 'leading; degraded: ledger verification, root memory, seals',
    });
    expect(parts.filter(({ status }) => status === 'degraded').map((one) => one.sinceMs)).toEqual([
      6, 7, 5,
    ]);
    expect(JSON.stringify(parts)).not.toMatch(/secret|a name/);
  });

  it('says of a root that fails what is known of it, once', async () => {
    const scene = given();
    const trouble = { sinceMs: 5, reason: 'it refuses' };
    scene.leadership.processes = [{ ...aProcess, name: 'root', trouble }];
    scene.sources.root = { isConnected: true, sinceMs: 1 };
    const { parts } = await said(scene);
    expect(parts.filter((one) => one.part === 'root')).toMatchObject([
      { status: 'degraded', sinceMs: 5 },
    ]);
  });
});

describe('A manager that follows', () => {
  it('writes nothing and speaks to nobody: it is ready on a full disk, and without a scheduler', async () => {
    const scene = given(follows);
    scene.sources.several = true;
    scene.sources.obstacle = scene.sources.schedulerObstacle = async () => 'away';
    scene.sources.root = { isConnected: false, sinceMs: null };
    const { ready, detail, parts } = await said(scene);
    expect({ ready, detail }).toEqual({ ready: true, detail: 'following' });
    expect(parts.map(({ part: name, status }) => `${name} ${status}`)).toEqual([
      'log up',
      'lease up',
      'clock up',
      'disk up',
    ]);
  });

  it('is not ready before it has read the log, and while nobody has ever led', async () => {
    const scene = given(follows);
    scene.sources.several = true;
    const standing = { ...follows, isCurrent: false, hasSeenLeader: false };
    scene.leadership.status = { ready: false, detail: 'reading the log', standing };
    const { ready, detail, parts } = await said(scene);
    expect({ ready, detail }).toEqual({ ready: false, detail: 'reading the log' });
    expect(part(parts, 'log')?.status).toBe('down');
    expect(part(parts, 'lease')).toMatchObject({ status: 'down', detail: 'nobody leads yet' });
  });

  it('is degraded while it may not take over, and where its clock is wrong', async () => {
    const why = "this machine's clock is 60 s ahead of the store's: set both";
    const scene = given({ ...follows, objection: why });
    scene.sources.several = true;
    scene.sources.clockError = async () => why;
    const { ready, parts } = await said(scene);
    expect(ready).toBe(true);
    expect(part(parts, 'lease')).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining(why),
    });
    expect(part(parts, 'clock')).toMatchObject({ status: 'degraded', detail: why });
  });
});

describe('A restart would help a manager', () => {
  const what = 'an append to the event log';

  it('in which something has not come a step further for a minute that takes moments', async () => {
    const { watch, ports, leadership } = given();
    watch.start();
    leadership.underway = { key: 'append 1', what };
    await ports.advance(50_000);
    expect(watch.stuck).toBeNull();
    leadership.underway = { key: 'append 2', what };
    await ports.advance(60_000);
    expect(watch.stuck).toBeNull();
    await ports.advance(4_000);
    expect(watch.stuck).toMatch(
      /^an append to the event log has not come a step further for 6\d s$/,
    );
    leadership.underway = null;
    expect(watch.stuck).toBeNull();
    watch.stop();
  });

  it('never where it is known what it waits for', async () => {
    const { watch, ports, leadership, sources } = given();
    sources.obstacle = async () => 'the disk is full';
    watch.start();
    leadership.underway = { key: 'append 1', what };
    await ports.advance(300_000);
    expect(watch.stuck).toBeNull();
    watch.stop();
  });
});
