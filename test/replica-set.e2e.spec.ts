import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { seededRandomness } from '@oakring/ports';
import { freePort } from '../infra/machine/free-port.js';
import { describeWithMongod } from '../infra/mongo/testing/mongod.js';
import { ReplicaSet } from '../infra/mongo/testing/replica-set.js';
import { eventually } from './kit/http.js';
import { headAt, jobIds, leaderOf, Poster, Reader } from './kit/managers.js';
import {
  endGroup,
  oakring,
  runProgram,
  temporaryFolder,
  up,
  type Cluster,
  type Running,
} from './kit/processes.js';
import { TestWorker } from './kit/test-worker.js';

/** How long orders may wait for elections and for a manager to take over, on a slow machine. */
const patienceMs = 90_000;
const seed = Number(process.env['OAKRING_SEED'] ?? '20261128');

let set: ReplicaSet;
let mqttUrl = '';
const folder = temporaryFolder();
/** Ended after the tests, however those ended. */
const started: Running[] = [];
let worker: TestWorker | null = null;

describeWithMongod('Two managers on a replica set of three', () => {
  beforeAll(async () => {
    const port = await freePort();
    mqttUrl = `mqtt://127.0.0.1:${port}`;
    const broker = runProgram('mosquitto', ['-p', String(port)]);
    started.push(broker);
    await broker.prints(/running/);
    set = await ReplicaSet.start();
  }, 240_000);
  afterAll(async () => {
    await worker?.stop();
    for (const one of started) endGroup(one);
    await set.remove();
    folder.remove();
  });

  it('lose and double nothing, and show nothing that is not so, while its members are hurt', async () => {
    const chance = seededRandomness(seed);
    const managers = [await manager('a'), await manager('b')];
    const played = await TestWorker.start(mqttUrl, 'w1', {
      capacity: { cpuMillis: 1_000_000, memoryMiB: 1_000_000 },
    });
    worker = played;
    const poster = new Poster(() => managers.map(({ url }) => url));
    const readers = managers.map(({ url }) => new Reader(() => url));
    const pauses: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await more(poster, 5 + chance.integer(10));
      const hurt = hurts[round % hurts.length] ?? isolatePrimary;
      const since = performance.now();
      const heal = await hurt(managers);
      await more(poster, 5);
      pauses.push(`${hurt.name} ${Math.round(performance.now() - since)} ms`);
      await heal();
      // Two hurt at once are no majority: nothing can be promised then.
      await set.whole();
    }
    await poster.stop();
    console.info(`seed ${seed}: ${poster.acknowledged.length} acknowledged; ${pauses.join(', ')}`);
    const leader = await leaderOf(managers);
    const { body: head } = await headAt(leader.url);
    for (const [index, one] of managers.entries()) {
      const ids = await jobIds(one.url, head.position);
      expect(poster.acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
      expect(ids).toHaveLength(new Set(ids).size);
      await readers[index]?.stop();
      await readers[index]?.look();
    }
    const ledger = new Reader(() => leader.url);
    await ledger.look();
    await ledger.stop();
    for (const { seen, gaps } of readers) {
      const phantoms = [...seen].filter(([place, text]) => ledger.seen.get(place) !== text);
      expect({ phantoms, gaps }).toEqual({ phantoms: [], gaps: [] });
      expect(seen.size).toBeGreaterThan(poster.acknowledged.length);
    }
    const epochs = played.orders.map(({ epoch }) => epoch);
    expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
    for (const one of managers) await one.stop();
    const audit = oakring(['audit', 'verify', '--store', set.url('hurt')]);
    const code = await audit.ended;
    expect({ code, output: audit.output() }).toMatchObject({ code: 0 });
  }, 600_000);
});

async function manager(name: string): Promise<Cluster> {
  const running = await up(`${folder.path}/${name}`, {
    OAKRING_STORE: set.url('hurt'),
    OAKRING_MQTT_URL: mqttUrl,
    OAKRING_PORT: String(await freePort()),
  });
  started.push(running);
  if (running.child.pid !== undefined) set.clients.push(running.child.pid);
  return running;
}

async function more(poster: Poster, count: number): Promise<void> {
  const before = poster.acknowledged.length;
  await eventually(
    async () => poster.acknowledged.length,
    (now) => now >= before + count,
    patienceMs,
  );
}

type Heal = () => Promise<void>;

/** What happens to the set, each in turn. Heals once orders are acknowledged again. */
const hurts: readonly ((managers: readonly Cluster[]) => Promise<Heal>)[] = [
  isolatePrimary,
  killPrimary,
  resetLeader,
  freezePrimary,
  stepDownPrimary,
  slowMembers,
];

/** `OAKRING_LONG=<rounds>` for more of them. */
const rounds = Number(process.env['OAKRING_LONG'] ?? hurts.length);

async function killPrimary(): Promise<Heal> {
  const primary = await set.primary();
  await primary.process.kill();
  return async () => primary.process.launch();
}

async function stepDownPrimary(): Promise<Heal> {
  await set.stepDown(await set.primary());
  return async () => {};
}

async function freezePrimary(): Promise<Heal> {
  const primary = await set.primary();
  primary.process.freeze();
  return async () => primary.process.thaw();
}

/** Its managers reach it, and no write of theirs gets a majority there. */
async function isolatePrimary(): Promise<Heal> {
  set.isolate(await set.primary());
  return async () => set.lines.mend();
}

/** Every write gets its majority, and none of them soon. */
async function slowMembers(): Promise<Heal> {
  set.lines.delay((line) => (set.isBetweenMembers(line) ? 300 : 0));
  return async () => set.lines.delay(() => 0);
}

/** The leader's writes may have been done; it does not hear of it. */
async function resetLeader(managers: readonly Cluster[]): Promise<Heal> {
  const { child } = await leaderOf(managers);
  set.lines.reset(({ from }) => from === child.pid);
  return async () => {};
}
