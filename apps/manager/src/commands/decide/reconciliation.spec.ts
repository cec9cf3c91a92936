import { describe, expect, it } from '@jest/globals';
import {
  ack,
  acknowledgeAll,
  commandTo,
  given,
  instanceOf,
  orderStops,
  plan,
  ready,
  replace,
  report,
  running,
  submitJob,
} from '../../testing/given.js';
import { maxSequenceJump } from './worker-history.js';

describe('drift', () => {
  it('that is missing is on record, and ordered again under the same id', () => {
    const cluster = running({}, 'a');
    const deploy = commandTo(cluster, 'a', 'deploy');
    expect(cluster.when(report('a', {}, { proves: true })).events).toMatchObject([
      { type: 'CommandReopened', data: { commandId: deploy, generation: 1 } },
      { type: 'DriftDetected', data: { missing: ['j/0/1'], outdated: [], unexpected: [] } },
    ]);
  });

  it('is nothing where the report is of what is wanted', () => {
    const cluster = running({}, 'a');
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).types).toEqual([]);
  });

  it('of an older generation that has ended by the ledger is deleted again', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(cluster.state.jobs.size).toBe(0);
    expect(cluster.when(report('a', { 'j/0/1': 'running' })).events).toMatchObject([
      { type: 'UnexpectedInstanceFound', stream: 'jobs/j' },
      { type: 'DriftDetected', data: { outdated: ['j/0/1'] } },
    ]);
    // It holds nothing: its end has freed what it held.
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
    expect(orderStops(cluster).events).toMatchObject([
      { type: 'CommandIssued', data: { kind: 'delete', instance: 0, generation: 1 } },
    ]);
    acknowledgeAll(cluster);
    expect(cluster.state.placements.size).toBe(0);
  });

  it('that nobody ordered is reported once, and never touched', () => {
    const cluster = running({}, 'a');
    const strange = { 'j/0/1': 'running', 'theirs/0/1': 'running', 'j/0/9': 'running' } as const;
    expect(cluster.when(report('a', strange)).events).toMatchObject([
      { type: 'DriftDetected', data: { unexpected: ['j/0/9', 'theirs/0/1'] } },
    ]);
    expect(cluster.when(report('a', strange)).types).toEqual([]);
    expect(orderStops(cluster).types).toEqual([]);
    expect(cluster.state.nodes.get('a')?.unexpected).toEqual(['j/0/9', 'theirs/0/1']);
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(cluster.state.nodes.get('a')?.unexpected).toEqual([]);
  });

  it.each([{ ledger: 'another' }, { digest: 'of something else' }])(
    'that has the name of ours and is %j is not taken for ours, and ours is ordered again',
    (identity) => {
      const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
      const order = cluster.history.find(({ type }) => type === 'CommandIssued');
      expect(order?.data).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{16}$/) });
      const seen = {
        job: 'j',
        instance: 0,
        generation: 1,
        status: 'running',
        reason: null,
      } as const;
      const strange = report('a', {}, { instances: [{ ...seen, ...identity }] });
      expect(cluster.when(strange).events).toMatchObject([
        { type: 'DriftDetected', data: { missing: [], unexpected: ['j/0/1'] } },
      ]);
      expect(instanceOf(cluster)).toMatchObject({ status: 'placed', confirmed: false });
      acknowledgeAll(cluster);
      expect(cluster.when({ ...strange, provesAbsence: true }).types).toEqual([
        'CommandReopened',
        'DriftDetected',
      ]);
      expect(orderStops(cluster).types).toEqual([]);
    },
  );

  it('is nothing that an unreadable item of the report may be', () => {
    const cluster = running({}, 'a', 'a');
    const half = { 'j/1/1': 'running' } as const;
    const told = cluster.when(report('a', half, { proves: true, unreadable: 1 }));
    expect(told.types).toEqual(['DriftDetected']);
    expect(cluster.state.nodes.get('a')?.unreadable).toEqual(['?/?']);
    expect(cluster.when(report('a', half, { final: true, unreadable: 1 })).types).toEqual([]);
    expect(cluster.when(report('a', half, { proves: true })).types).toContain('CommandReopened');
    expect(cluster.state.nodes.get('a')?.unreadable).toEqual([]);
  });

  it('is not what has ended there and was ended here', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', { 'j/0/1': 'failed' }));
    expect(cluster.when(report('a', { 'j/0/1': 'failed' })).types).toEqual([]);
  });
});

describe('a report by hash', () => {
  it('makes a node ready that has exactly what is wanted there', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen: 'silent', reason: 'r' });
    const confirm = { type: 'ConfirmState', nodeId: 'a', incarnation: 1 } as const;
    expect(cluster.when(confirm).types).toEqual(['NodeBecameReady']);
    expect(cluster.when(confirm).types).toEqual([]);
    expect(cluster.when({ ...confirm, incarnation: 0 }).decided).toMatchObject({
      refusal: { code: 'incarnation-stale' },
    });
  });
});

describe('a worker that stops on purpose', () => {
  const farewell = {
    ...({ type: 'RecordWorkerStatus', nodeId: 'a', retained: false } as const),
    status: { status: 'offline', incarnation: 1, stopped: true } as const,
  };

  it('ends its instances by its own word, and is nobody’s alarm', () => {
    const cluster = running({}, 'a', 'a');
    cluster.when(report('a', { 'j/1/1': 'running' }, { final: true }));
    expect(instanceOf(cluster, 0)?.status).toBe('pending');
    expect(instanceOf(cluster, 1)?.status).toBe('running');
    expect(cluster.when(farewell).types).toEqual(['NodeStopped']);
    expect(cluster.state.nodes.get('a')?.status).toBe('disconnected');
    expect(cluster.when(farewell).types).toEqual([]);
  });

  it('gets its instances back when it returns before anything replaced them', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', {}, { final: true }));
    cluster.when(farewell);
    for (const command of ready('a', { incarnation: 2 }).slice(0, 1)) cluster.when(command);
    cluster.when(report('a', { 'j/0/1': 'starting' }, { incarnation: 2 }));
    acknowledgeAll(cluster);
    expect(instanceOf(cluster)).toMatchObject({ nodeId: 'a', generation: 1, status: 'running' });
  });

  it('holds nothing up that is deleted after it has gone', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', {}, { final: true }));
    cluster.when(farewell);
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(orderStops(cluster).types).toEqual(['InstanceReported', 'JobEnded']);
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
  });

  it('holds nothing up that is deleted between its report and its farewell', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', {}, { final: true }));
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(orderStops(cluster).types).toEqual(['CommandIssued']);
    expect(cluster.when(farewell).types).toEqual(['NodeStopped', 'InstanceReported', 'JobEnded']);
  });

  it('frees what it had once that runs elsewhere', () => {
    const cluster = running({}, 'a');
    for (const command of ready('b')) cluster.when(command);
    cluster.when(report('a', {}, { final: true }));
    cluster.when(farewell);
    cluster.when(plan('j', 'b'));
    acknowledgeAll(cluster);
    orderStops(cluster);
    expect([...cluster.state.placements.values()].map(({ nodeId }) => nodeId)).toEqual(['b']);
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
  });

  it('is told to delete, once it is back, what goes on without it', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', { 'j/0/1': 'running' }, { final: true }));
    cluster.when(farewell);
    cluster.when({ type: 'DeleteJob', id: 'j' });
    expect(orderStops(cluster).types).toEqual(['CommandIssued']);
    expect(cluster.state.jobs.get('j')?.status).toBe('deleting');
  });

  it('is told to delete what it has, where it was not it that said goodbye', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', {}, { final: true }));
    cluster.when(farewell);
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    cluster.when(report('a', { 'j/0/1': 'running' }));
    expect(cluster.state.nodes.get('a')?.unexpected).toEqual([]);
    orderStops(cluster);
    expect(commandTo(cluster, 'a', 'delete')).not.toBe('');
  });

  it('has done what it was told to delete', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    expect(cluster.when(report('a', {}, { final: true })).types).toContain('JobEnded');
  });
});

describe('an order to start', () => {
  it('costs the same however much is on its node', () => {
    const capacity = { cpuMillis: 1_000_000, memoryMiB: 1_000_000 };
    const cluster = given(...ready('a', { capacity }));
    for (let number = 0; number < 200; number += 1) {
      cluster.when(submitJob(`j${number}`));
      cluster.when(plan(`j${number}`, 'a'));
    }
    let looks = 0;
    const { placements } = cluster.state;
    const get = placements.get.bind(placements);
    placements.get = (key) => {
      looks += 1;
      return get(key);
    };
    cluster.when(submitJob('j'));
    expect(cluster.when(plan('j', 'a')).types).toEqual(['InstancesPlaced', 'CommandIssued']);
    expect(looks).toBeLessThan(20);
  });

  it('that comes to nothing expires: it is deleted, and its instance has failed', () => {
    const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
    const commandId = commandTo(cluster, 'a', 'deploy');
    const expire = { type: 'ExpireCommand', commandId, reason: 'no answer' } as const;
    expect(cluster.when(expire).types).toEqual(['CommandExpired']);
    expect(instanceOf(cluster)).toMatchObject({ status: 'failed', reason: 'no answer' });
    // It may still be carried out: what it reserves stays until its delete is acknowledged.
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(100);
    orderStops(cluster);
    acknowledgeAll(cluster);
    expect(cluster.state.nodes.get('a')?.reserved.cpuMillis).toBe(0);
    expect(cluster.when(expire).types).toEqual([]);
  });

  it('that was never received says nothing about the job, but is tried elsewhere first', () => {
    const cluster = given(...ready('a'), submitJob('j', { restart: { limit: 0 } }), plan('j', 'a'));
    const commandId = commandTo(cluster, 'a', 'deploy');
    const expire = { type: 'ExpireCommand', commandId, reason: 'no answer' } as const;
    expect(cluster.when(expire).types).toEqual(['CommandExpired']);
    expect(instanceOf(cluster)).toMatchObject({ failures: 0, attempts: [], avoid: 'a' });
    expect(cluster.state.nodes.get('a')?.failures).toEqual([]);
  });

  it('that was never received fails no update: the new revision has not been tried', () => {
    const cluster = running({}, 'a');
    cluster.when({ type: 'RestartJob', id: 'j' });
    replace(cluster, 'a');
    const commandId = commandTo(cluster, 'a', 'deploy');
    expect(cluster.state.commands.get(commandId)).toMatchObject({ generation: 2 });
    expect(cluster.when({ type: 'ExpireCommand', commandId, reason: 'no answer' }).types).toEqual([
      'CommandExpired',
    ]);
    expect(cluster.state.jobs.get('j')?.rollout).toMatchObject({ status: 'progressing' });
  });

  it('that was received and came to nothing is a failure', () => {
    const cluster = given(...ready('a'), submitJob('j', { restart: { limit: 0 } }), plan('j', 'a'));
    const commandId = commandTo(cluster, 'a', 'deploy');
    cluster.when(ack('a', commandId, 'received'));
    const expire = { type: 'ExpireCommand', commandId, reason: 'no more word' } as const;
    expect(cluster.when(expire).types).toEqual(['CommandExpired', 'InstanceGivenUp']);
    expect(instanceOf(cluster)).toMatchObject({ failures: 1, avoid: 'a' });
  });

  it('does not expire once it is done, nor an order to delete', () => {
    const cluster = running({}, 'a');
    const expire = (kind: string) =>
      ({ type: 'ExpireCommand', commandId: commandTo(cluster, 'a', kind), reason: 'r' }) as const;
    expect(cluster.when(expire('deploy')).types).toEqual([]);
    cluster.when({ type: 'DeleteJob', id: 'j' });
    orderStops(cluster);
    expect(cluster.when(expire('delete')).types).toEqual([]);
  });

  it('that expired and is carried out late has nothing to say for its instance', () => {
    const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
    const commandId = commandTo(cluster, 'a', 'deploy');
    cluster.when({ type: 'ExpireCommand', commandId, reason: 'no answer' });
    expect(cluster.when(ack('a', commandId, 'succeeded')).types).toEqual([]);
    expect(instanceOf(cluster)?.status).toBe('failed');
  });

  it('counts its attempts from the second on', () => {
    const cluster = given(...ready('a'), submitJob('j'), plan('j', 'a'));
    const commandId = commandTo(cluster, 'a', 'deploy');
    const dispatch = { type: 'RecordDispatch', commandId, attempt: 2 } as const;
    expect(cluster.when(dispatch).types).toEqual(['CommandDispatched']);
    expect(cluster.when(dispatch).types).toEqual([]);
    cluster.when(ack('a', commandId, 'succeeded'));
    expect(cluster.when({ ...dispatch, attempt: 3 }).types).toEqual([]);
  });
});

describe('a worker’s history', () => {
  const record = (from: number, ...sequences: number[]) =>
    ({
      type: 'RecordHistory',
      nodeId: 'a',
      history: { incarnation: 1, from, entries: sequences.map((sequence) => ({ sequence })) },
    }) as const;

  it('becomes part of the ledger once, and is answered alike', () => {
    const cluster = given(...ready('a'));
    expect(cluster.when(record(1, 1, 2)).events).toMatchObject([
      { type: 'WorkerHistoryRecorded', data: { from: 1, upTo: 2 } },
    ]);
    expect(cluster.when(record(1, 1, 2))).toMatchObject({
      types: [],
      decided: { answer: { upTo: 2 } },
    });
    expect(cluster.when(record(2, 2, 3)).events).toMatchObject([{ data: { from: 3, upTo: 3 } }]);
  });

  it('goes on from what was taken last: a number far beyond leaves its worker all others', () => {
    const cluster = given(...ready('a'));
    cluster.when(record(1, 1));
    expect(cluster.when(record(2, 2, Number.MAX_SAFE_INTEGER)).decided).toMatchObject({
      refusal: { code: 'invalid-field', detail: expect.stringContaining('taken up to 1') },
    });
    expect(cluster.when(record(2, 2)).decided).toMatchObject({ answer: { upTo: 2 } });
    // Its own memory may be newer than ours: a forgotten node, or a ledger that was restored.
    const later = 2 + maxSequenceJump;
    expect(cluster.when(record(later, later)).decided).toMatchObject({ answer: { upTo: later } });
  });

  it('of an unknown node or another start is refused', () => {
    const cluster = given(...ready('a', { incarnation: 2 }));
    expect(cluster.when(record(1, 1)).decided).toMatchObject({
      refusal: { code: 'incarnation-stale' },
    });
    expect(cluster.when({ ...record(1, 1), nodeId: 'x' }).decided).toMatchObject({
      refusal: { code: 'node-unknown' },
    });
  });
});

describe('a node whose worker has too little room on its disk', () => {
  const diskFull = { freeMiB: 99, leastMiB: 128 };

  it('is on record once, and again once there is room or another amount must be free', () => {
    const cluster = given(...ready('a'));
    expect(cluster.when(report('a', {}, { diskFull })).events).toMatchObject([
      { type: 'NodeDiskFilled', stream: 'nodes/a', data: diskFull },
    ]);
    expect(cluster.when(report('a', {}, { diskFull: { ...diskFull, freeMiB: 98 } })).types).toEqual(
      [],
    );
    expect(cluster.state.nodes.get('a')?.diskFull).toMatchObject(diskFull);
    const raised = { freeMiB: 98, leastMiB: 256 };
    expect(cluster.when(report('a', {}, { diskFull: raised })).types).toEqual(['NodeDiskFilled']);
    expect(cluster.when(report('a')).types).toEqual(['NodeDiskFreed']);
    expect(cluster.when(report('a')).types).toEqual([]);
    expect(cluster.state.nodes.get('a')?.diskFull).toBeNull();
  });

  it('is given nothing that is new, whatever a plan says', () => {
    const cluster = given(...ready('a'), submitJob('j'));
    cluster.when(report('a', {}, { diskFull }));
    expect(cluster.when(plan('j', 'a')).decided).toMatchObject({ answer: { placed: 0 } });
    cluster.when(report('a'));
    expect(cluster.when(plan('j', 'a')).decided).toMatchObject({ answer: { placed: 1 } });
  });

  it('keeps what it runs', () => {
    const cluster = running({}, 'a');
    cluster.when(report('a', { 'j/0/1': 'running' }, { diskFull }));
    expect(instanceOf(cluster)).toMatchObject({ status: 'running', nodeId: 'a' });
  });
});
