import { describe, expect, it } from '@jest/globals';
import { clusterKey } from '@oakring/model';
import { execEnds } from '../../exec/exec-ends.js';
import { LiveExecs } from '../../exec/live-execs.js';
import { given, plan, ready, report, submitJob, type Given } from '../../testing/given.js';
import { seenAt } from '../../testing/seen.js';

const begin = {
  type: 'BeginExec',
  id: 'j',
  instance: 0,
  command: ['ls', '-l'],
  tty: false,
} as const;
const bytes = { in: 0, out: 9 };
const exited = { outcome: 'exited', exitCode: 3, reason: 'exit code 3', bytes } as const;

/** Job `j` of one instance runs on `a`, whose worker offers this. */
function running(features: readonly string[] = ['docker:exec']): Given {
  return given(
    ...ready('a', { features }),
    submitJob('j', { count: 1 }),
    plan('j', 'a'),
    report('a', { 'j/0/1': 'running' }),
  );
}

function end(execId: string) {
  return { type: 'EndExec', end: { execId, ...exited } } as const;
}

/** Of the newest begun. */
function idIn(cluster: Given): string {
  return [...cluster.state.execs.values()].at(-1)?.id ?? '';
}

describe('A command that is to run in an instance', () => {
  it('is on record before it runs: where, and what', () => {
    const cluster = running();
    const { events, decided } = cluster.when(begin);
    expect(events).toMatchObject([
      {
        ...{ stream: 'jobs/j', type: 'ExecStarted', by: 'api/open' },
        data: { instance: 0, generation: 1, nodeId: 'a', command: ['ls', '-l'], tty: false },
      },
    ]);
    const execId = idIn(cluster);
    expect(decided).toEqual({
      answer: { execId, nodeId: 'a', generation: 1, technology: 'docker' },
    });
  });

  it('has an end that is on record once', () => {
    const cluster = running();
    cluster.when(begin);
    const execId = idIn(cluster);
    expect(cluster.when(end(execId)).events).toMatchObject([
      { type: 'ExecEnded', data: { execId, nodeId: 'a', outcome: 'exited', exitCode: 3 } },
    ]);
    expect(cluster.state.execs.size).toBe(0);
    expect(cluster.when(end(execId)).events).toEqual([]);
  });

  it.each<[string, Given, object, { readonly code: string; readonly detail: RegExp }]>([
    [
      'does not run',
      given(...ready('a'), submitJob('j', { count: 1 })),
      {},
      { code: 'instance-not-running', detail: /pending/ },
    ],
    [
      'is where nobody is let in',
      running([]),
      {},
      { code: 'exec-not-offered', detail: /OAKRING_WORKER_EXEC/ },
    ],
    [
      'is where there are no terminals',
      running(),
      { tty: true },
      { code: 'exec-not-offered', detail: /no terminals/ },
    ],
  ])('is refused on record where the instance %s', (_why, cluster, more, { code, detail }) => {
    const { decided, types } = cluster.when({ ...begin, ...more });
    expect(types).toEqual(['ExecRefused']);
    expect(decided).toMatchObject({ refusal: { code, detail: expect.stringMatching(detail) } });
  });

  it.each([
    ['job', { id: 'other' }, 'job-unknown'],
    ['instance', { instance: 7 }, 'instance-unknown'],
  ])('is refused where there is no such %s', (_what, more, code) => {
    const { decided, events } = running().when({ ...begin, ...more });
    expect([decided, events]).toEqual([{ refusal: expect.objectContaining({ code }) }, []]);
  });

  it('is one of so many at most', () => {
    const cluster = running();
    for (let count = 0; count < 256; count += 1) cluster.when(begin);
    expect(cluster.when(begin).decided).toMatchObject({ refusal: { code: 'overloaded' } });
    cluster.when(end(idIn(cluster)));
    expect(cluster.when(begin).types).toEqual(['ExecStarted']);
  });
});

describe('A command that went over an earlier leadership', () => {
  const live = new LiveExecs();
  const submitted: unknown[] = [];
  const queue = { submit: async (command: unknown) => submitted.push(command) as never };
  const process = execEnds(queue, live);

  it('is the one whose end is said to be unknown, and no other', () => {
    const cluster = running();
    cluster.when(begin);
    const ofThen = idIn(cluster);
    live.hold(ofThen);
    const facts = () =>
      [...process.all(cluster.state)].map((key) => process.fact(key, cluster.state));
    expect(facts()).toEqual([null]);
    const record = { clusterId: 'c', name: 'n', location: 'l', epoch: 5 } as unknown;
    cluster.state.cluster.set(clusterKey, record as never);
    cluster.when(begin);
    live.hold(idIn(cluster));
    expect([...process.all(cluster.state)]).toEqual([ofThen, idIn(cluster)]);
    expect(facts()).toEqual(['left', null]);
    const step = process.look(ofThen, cluster.state, seenAt(0));
    expect(step).toMatchObject({ step: { id: ofThen }, againMs: null });
  });

  it('is not the only one: so is what no session is at, half a minute after it was seen so', async () => {
    const cluster = running();
    cluster.when(begin);
    const id = idIn(cluster);
    const look = (nowMs: number) =>
      process.look(id, cluster.state, seenAt(nowMs, { sinceMs: 1_000 }));
    const leave = live.hold(id);
    expect(process.fact(id, cluster.state)).toBeNull();
    leave();
    expect(process.fact(id, cluster.state)).toBe('unheld');
    expect(look(30_999)).toEqual({ step: null, againMs: 31_000 });
    const { step } = look(31_000);
    if (step === null) throw new Error('nothing is to be done');
    await process.act([{ key: id, step }], new AbortController().signal);
    expect(submitted).toMatchObject([
      { type: 'EndExec', end: { execId: id, outcome: 'unknown', reason: step.reason } },
    ]);
    // Somebody was only late.
    live.hold(id);
    expect(look(31_000).step).toBeNull();
  });
});
