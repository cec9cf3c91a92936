import { byTest } from '../testing/given.js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeEvents, type JsonObject } from '@oakring/events';
import { MemoryEventLog } from '@oakring/stores';
import { seededRandomness, simulatedPorts, systemPorts } from '@oakring/ports';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandWriter } from '../commands/writer.js';
import { randomCommand } from '../testing/random-commands.js';
import { ClusterState, stateAsText, foldCommit, foldVersion } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { differenceOf } from './difference.js';
import { positionOf } from './moment.js';
import { PastStates } from './past-states.js';
import { linesOf } from './snapshot-keeper.js';
import { SnapshotStore } from './snapshot-store.js';

const seed = 20_261_123;
const commits = 300;
const log = new MemoryEventLog();
const ports = simulatedPorts(seed);
const projection = new Projection(new ClusterState(false), ports);
/** `texts[p]`: the views after commit p. */
const texts: string[] = [];
let folder: string;
let snapshots: SnapshotStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oakring-past-'));
  snapshots = await SnapshotStore.open(folder);
  if (texts.length > 0) return;
  const chance = seededRandomness(seed);
  const writer = new CommandWriter(log, projection, { epoch: 1, isHeld: true }, ports, () => {});
  while (projection.position < commits) {
    await writer.submit(randomCommand(projection.state, chance), byTest);
    await ports.advance(1_000);
  }
  await writer.stop();
  const state = new ClusterState(false);
  texts.push(stateAsText(state));
  for (const commit of await log.read({ from: 1, limit: commits })) {
    foldCommit(state, commit, decodeEvents(commit));
    texts.push(stateAsText(state));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

function past(): PastStates {
  // A projection that stands at the beginning: nothing can be taken from the present.
  const present = new Projection(new ClusterState(false), ports);
  return new PastStates(log, present, snapshots, systemPorts());
}

async function save(position: number): Promise<void> {
  const state = await past().atPosition(position);
  await snapshots.save(state.head, foldVersion, linesOf(state, systemPorts()));
}

describe('the views of the past', () => {
  it('let 32 questions wait, and refuse what comes beyond them', async () => {
    const states = past();
    const asked = Array.from({ length: 40 }, () => states.atPosition(50));
    const refused = (await Promise.allSettled(asked)).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'overloaded' } });
    // They wait no more.
    expect(stateAsText(await states.atPosition(50))).toBe(texts[50]);
  });

  it('are the fold of what was written till then, from whatever is nearest', async () => {
    const chance = seededRandomness(seed);
    for (const position of [50, 120, 121, 290]) await save(position);
    const states = past();
    for (let question = 0; question < 60; question += 1) {
      const position = 1 + chance.integer(commits);
      const state = await states.atPosition(position);
      expect({ seed, position, same: stateAsText(state) === texts[position] }).toEqual({
        ...{ seed, position },
        same: true,
      });
    }
  });

  it('do not change when a snapshot is damaged, missing, or of another log', async () => {
    for (const position of [50, 120]) await save(position);
    const [first = '', second = ''] = readdirSync(folder).toSorted();
    writeFileSync(join(folder, first), 'garbage');
    rmSync(join(folder, second));
    expect(stateAsText(await past().atPosition(130))).toBe(texts[130]);
    const foreign = await past().atPosition(99);
    const head = { ...foreign.head, hash: 'f'.repeat(64) };
    await snapshots.save(head, foldVersion, linesOf(new ClusterState(false), systemPorts()));
    expect(stateAsText(await past().atPosition(99))).toBe(texts[99]);
    expect(stateAsText(await past().atPosition(110))).toBe(texts[110]);
  });

  it('are found again after a start, and thinned out in time', async () => {
    const state = await past().atPosition(7);
    for (let count = 0; count < 300; count += 1) {
      const head = { ...state.head, position: state.head.position + count };
      await snapshots.save(head, foldVersion, linesOf(state, systemPorts()));
    }
    expect(snapshots.list().length).toBeLessThanOrEqual(256);
    expect(snapshots.newest).toBe(306);
    const again = await SnapshotStore.open(folder);
    expect(again.list()).toEqual(snapshots.list());
  });

  it('differ by what happened in between, and by nothing when nothing did', async () => {
    const states = past();
    const from = await states.atPosition(40);
    const to = await states.atPosition(280);
    const { items, more } = differenceOf(from, to, 100_000);
    expect(more).toBe(false);
    expect(differenceOf(from, from, 10)).toEqual({ items: [], more: false });
    expect(differenceOf(from, to, 3)).toMatchObject({ more: true });
    for (const view of ['nodes', 'jobs', 'instances', 'placements', 'commands'] as const) {
      const applied = new Map<string, JsonObject>();
      for (const [key, record] of from[view].entries()) applied.set(key, { ...record });
      for (const item of items.filter((one) => one.view === view)) {
        if (item.change === 'removed') applied.delete(item.key);
        else {
          const fields = Object.entries(item.fields).map(([name, { after }]) => [name, after]);
          applied.set(item.key, { ...applied.get(item.key), ...Object.fromEntries(fields) });
        }
      }
      const without = (record: object) => ({ ...record, position: 0 });
      const wanted = new Map([...to[view].entries()].map(([key, it]) => [key, without(it)]));
      expect(new Map([...applied].map(([key, it]) => [key, nulled(without(it))]))).toEqual(
        new Map([...wanted].map(([key, it]) => [key, nulled(it)])),
      );
    }
  });
});

/** A field that is absent and one that is null are the same in a difference. */
function nulled(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}

describe('a moment', () => {
  const at = (text: string) => positionOf(text, 'at', { log, clock: ports.clock });

  it('is a position, a time, or a time ago', async () => {
    expect(await at('7')).toBe(7);
    const [commit] = await log.read({ from: 100, limit: 1 });
    const time = commit?.at ?? 0;
    expect(await at(new Date(time).toISOString())).toBeGreaterThanOrEqual(100);
    const before = await at(new Date(time - 1).toISOString());
    expect(before).toBeLessThan(100);
    const [last] = await log.read({ from: before, limit: 1 });
    expect(last?.at).toBeLessThan(time);
    expect(await at('-0s')).toBe(projection.position);
  });

  it.each(['0', '301000', 'yesterday', '', '2026-13-01', '-5', '1999-01-01T00:00:00Z'])(
    '%j is refused by name',
    async (text) => {
      await expect(at(text)).rejects.toMatchObject({ code: 'moment-invalid' });
    },
  );
});
