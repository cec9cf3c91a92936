import { describe, expect, it } from '@jest/globals';
import { MemoryEventLog, type Checkpoint } from '@oakring/stores';
import { type Commit } from '@oakring/events';
import { simulatedPorts } from '@oakring/ports';
import { byTest, submitJob } from '../testing/given.js';
import { ClusterState, stateAsText, stateFromCheckpoint, concludeCommit } from '@oakring/model';
import { Projection } from '../views/projection.js';
import { CommandWriter } from './writer.js';

const hourMs = 3_600_000;
const key = (id: string) => ({ id: `POST /api/v1/jobs#${id}`, bodyHash: id });

describe('An answer that was given under a key', () => {
  it.each([25 * hourMs, 400 * 24 * hourMs, -hourMs])(
    'is given again after a leader’s clock was %d ms ahead for a while',
    async (aheadMs) => {
      const simulated = simulatedPorts(1);
      let offMs = 0;
      const clock = {
        monotonicMs: () => simulated.clock.monotonicMs(),
        wallMs: () => simulated.clock.wallMs() + offMs,
      };
      const ports = { ...simulated, clock };
      const projection = new Projection(new ClusterState(true), ports);
      const tenure = { epoch: 1, isHeld: true };
      const writer = new CommandWriter(new MemoryEventLog(), projection, tenure, ports, () => {});
      const first = await writer.submit(submitJob('j'), byTest, key('j'));
      offMs = aheadMs;
      for (let other = 0; other < 20; other += 1) {
        await writer.submit(submitJob(`other-${other}`), byTest, key(`other-${other}`));
        await ports.advance(100);
      }
      offMs = 0;
      await writer.submit(submitJob('last'), byTest, key('last'));
      const again = await writer.submit(submitJob('j'), byTest, key('j'));
      // Nothing was appended for it.
      expect(again).toEqual({ ...first, repeated: true, bytes: 0 });
    },
  );

  it('is forgotten when a day passed in the ledger and ten thousand others were given', () => {
    const state = new ClusterState(true);
    const commit = (position: number, at: number, ids: readonly string[]): Commit => ({
      ...{ position, epoch: 1, commitId: `c${position}`, at, streams: [], events: '[]' },
      ...{ format: 2 as const, prev: '', hash: 'ab'.repeat(32) },
      commands: ids.map((id) => ({ id, outcome: {} })),
    });
    concludeCommit(state, commit(1, 0, ['first']));
    const many = Array.from({ length: 10_000 }, (_, index) => `other-${index}`);
    concludeCommit(state, commit(2, 1_000, many));
    expect(state.answers.get('first')).toBeDefined();
    // Every minute something happens, for a little less than a day.
    let position = 3;
    const minute = (): void => concludeCommit(state, commit(position, position++ * 60_000, []));
    while (position < 24 * 60) minute();
    expect(state.answers.get('first')).toBeDefined();
    for (let more = 0; more < 10; more += 1) minute();
    expect(state.answers.get('first')).toBeUndefined();
    expect(state.answers.size).toBe(10_000);
  });

  it('is forgotten in the same order after a start, also where one commit gave many', () => {
    const state = new ClusterState(true);
    const commit = (position: number, at: number, count: number): Commit => ({
      ...{ position, epoch: 1, commitId: `c${position}`, at, streams: [], events: '[]' },
      ...{ format: 2 as const, prev: '', hash: 'ab'.repeat(32) },
      commands: Array.from({ length: count }, (_, at) => ({
        id: `${position}-${at}`,
        outcome: {},
      })),
    });
    concludeCommit(state, commit(1, 0, 10));
    concludeCommit(state, commit(2, 0, 9_990));
    // A checkpoint gives back what it was given, not in which order.
    const records = state.tables.flatMap((table) =>
      [...table.entries()].toReversed().map(([key, record]) => ({ view: table.name, key, record })),
    ) as unknown as Checkpoint['records'];
    const { head } = state;
    const restarted = stateFromCheckpoint({ head, records });
    for (const each of [state, restarted]) {
      for (let minutes = 1; minutes < 25 * 60; minutes += 5) {
        concludeCommit(each, commit(2 + minutes, minutes * 60_000, 0));
      }
      concludeCommit(each, commit(2_000, 25 * 3_600_000, 3));
      expect(each.answers.size).toBe(10_000);
    }
    expect(stateAsText(restarted)).toBe(stateAsText(state));
  });

  it('is forgotten at once when two hundred thousand others were given after it', () => {
    const state = new ClusterState(true);
    for (let position = 1; position <= 201; position += 1) {
      concludeCommit(state, {
        ...{ position, epoch: 1, commitId: `c${position}`, at: 0, streams: [], events: '[]' },
        ...{ format: 2 as const, prev: '', hash: 'ab'.repeat(32) },
        commands: Array.from({ length: 1_000 }, (_, index) => ({
          ...{ id: `key-${position}-${index}`, outcome: {} },
        })),
      });
    }
    expect(state.answers.size).toBe(200_000);
    expect(state.answers.get('key-1-999')).toBeUndefined();
    expect(state.answers.get('key-2-0')).toBeDefined();
  });
});
