import { describe, expect, it } from '@jest/globals';
import type { Log, LogFacts, LogLevel } from '@oakring/log';
import type { StoredEvent } from '@oakring/events';
import { takeChanges, ClusterState } from '@oakring/model';
import { commandTo, restoredAs, running } from '../testing/given.js';
import { eventLines } from './event-lines.js';

interface Line {
  readonly level: LogLevel;
  readonly text: string;
  readonly facts: LogFacts | undefined;
}

function told(
  events: readonly object[],
  isLeading: boolean,
  least: LogLevel = 'debug',
  state = new ClusterState(true),
): Line[] {
  const lines: Line[] = [];
  const log: Log = {
    wants: (level) => least === 'debug' || level !== 'debug',
    say: (level, text, facts) => lines.push({ level, text, facts }),
  };
  const head = { position: 9, epoch: 2, hash: '', at: 0 };
  eventLines(
    log,
    () => state,
    () => isLeading,
  )(events as StoredEvent[], head as never, takeChanges(state));
  return lines;
}

const lost = {
  ...{ stream: 'jobs/web', type: 'InstanceLost', version: 3 },
  data: { instance: 0, generation: 1, nodeId: 'edge-1', reason: 'silent for 20 s', replace: true },
  cause: '12-0',
};
const issued = { stream: 'jobs/web', type: 'CommandIssued', version: 4, data: { instance: 0 } };
const opened = {
  stream: 'cluster',
  type: 'EpochOpened',
  version: 2,
  data: { epoch: 2, pid: 7, host: 'here', software: 'oakring 1' },
};
const suspected = {
  ...{ stream: 'nodes/edge-1', type: 'NodeSuspected', data: { reason: 'silent' } },
  cause: 'observed:silence',
};

describe('The lines of events', () => {
  it('have of a command that somebody runs the program, and none of its other words', () => {
    const begun = {
      ...{ stream: 'jobs/web', type: 'ExecStarted', version: 5, cause: 'request:GET /x#1' },
      data: {
        ...{ instance: 0, generation: 1, nodeId: 'edge-1', tty: false },
        command: ['mysql', '-phunter2'],
      },
    };
    expect(told([begun], true).map(({ text }) => text)).toEqual([
      'ExecStarted: ran in #0 on edge-1: mysql',
    ]);
  });

  it('name job, instance, node and position, and say why', () => {
    expect(told([lost, suspected], true)).toEqual([
      {
        ...{
          level: 'warn',
          text: 'InstanceLost: #0 lost with edge-1, is replaced: silent for 20 s',
        },
        facts: {
          ...{ event: 'InstanceLost', position: 9, job: 'web', node: 'edge-1', instance: 0 },
          ...{ request: null, trace: null },
        },
      },
      {
        ...{ level: 'warn', text: 'NodeSuspected: suspect: silent' },
        facts: { event: 'NodeSuspected', position: 9, node: 'edge-1', request: null, trace: null },
      },
    ]);
  });

  it('are of the request that the event was decided in, and of no other that waits meanwhile', () => {
    const scaled = {
      ...{ stream: 'jobs/web', type: 'JobScaled', version: 3, data: {} },
      cause: 'request:POST /api/v1/jobs/web/replicate#a#key',
      trace: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    };
    const [first, second] = told([scaled, suspected], true);
    expect(first?.facts).toMatchObject({ request: 'a#key', trace: 'a'.repeat(32) });
    expect(second?.facts).toMatchObject({ request: null });
  });

  it('are for debugging where they are a step of what was told', () => {
    expect(told([issued], true).map(({ level }) => level)).toEqual(['debug']);
    expect(told([issued], true, 'info')).toEqual([]);
  });

  it('are told by the leader; a follower says that somebody leads, and who', () => {
    expect(told([lost, opened], false).map(({ level, text }) => [level, text])).toEqual([
      ['debug', 'InstanceLost: #0 lost with edge-1, is replaced: silent for 20 s'],
      ['info', 'EpochOpened: epoch 2 opened by process 7 on here (oakring 1)'],
    ]);
  });

  it('say what an order was whose outcome they tell, and of what has no reason of its own what it means', () => {
    const cluster = running({ count: 1 }, 'a');
    const commandId = commandTo(cluster, 'a', 'deploy');
    const failed = { stream: 'jobs/j', type: 'CommandFailed', data: { commandId, reason: 'no' } };
    const restored = {
      ...{ stream: 'cluster', type: 'LedgerRestored', version: 3 },
      data: { position: 7, hash: 'f'.repeat(64) },
    };
    expect(told([failed, restored], true, 'debug', cluster.state).map(({ text }) => text)).toEqual([
      'CommandFailed: deploy of #0 on a: failed: no',
      `LedgerRestored: RESTORED from a backup of 7 commits, hash ${'f'.repeat(16)}: what was written after it is lost`,
    ]);
  });

  it('are followed by one that the ledger was restored, where somebody leads on it for the first time', () => {
    const { state } = restoredAs(running({}, 'a'), { position: 5, takenUp: { epoch: 2, at: 0 } });
    const later = { ...opened, data: { ...opened.data, epoch: 3 } };
    const lines = told([opened, later], false, 'info', state);
    expect(lines.map(({ level, text }) => [level, text.slice(0, 60)])).toEqual([
      ['info', 'EpochOpened: epoch 2 opened by process 7 on here (oakring 1)'],
      ['warn', 'the ledger comes from a backup that ends at position 5: what'],
      ['info', 'EpochOpened: epoch 3 opened by process 7 on here (oakring 1)'],
    ]);
  });

  it('are their type alone where a manager of another release has written something else', () => {
    const odd = { stream: 'nodes/edge-1', type: 'NodeRegistered', data: {} };
    expect(told([odd], true).map(({ text }) => text)).toEqual(['NodeRegistered']);
  });
});
