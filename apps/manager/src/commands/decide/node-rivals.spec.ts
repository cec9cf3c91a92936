import { describe, expect, it } from '@jest/globals';
import { given, registerNode, registration, report, type Given } from '../../testing/given.js';
import { maxIncarnationJump } from './node-registration.js';

const worker = { acknowledges: true };
const start = (incarnation: number, startId: string, more: Record<string, unknown> = {}) =>
  ({
    type: 'RegisterNode',
    registration: registration({ ...worker, incarnation, startId, ...more }),
    token: 'valid',
  }) as const;

/** Node n1, run by start 6 that is called `b`, of a copy of the folder that start 5, `a`, runs on. */
function takenOver(): Given {
  return given(start(5, 'a'), report('n1'), start(6, 'b'), report('n1'));
}

describe('A node that two workers claim', () => {
  it('is the newest start, which is told that it took over from one that spoke', () => {
    expect(takenOver().state.nodes.get('n1')).toMatchObject({
      incarnation: 6,
      startId: 'b',
      tookOverAt: expect.any(Number),
      rival: null,
    });
  });

  it('did not change hands while another spoke when its worker was just started again', () => {
    const cluster = given(start(5, 'a'), report('n1'));
    cluster.when({
      type: 'ObserveNode',
      nodeId: 'n1',
      incarnation: 5,
      seen: 'silent',
      reason: 'r',
    });
    cluster.when(start(6, 'b'));
    expect(cluster.state.nodes.get('n1')).toMatchObject({ incarnation: 6, tookOverAt: null });
  });

  it('does not let two starts of one number be it: the second is told the number that is taken', () => {
    const cluster = given(start(6, 'b'), report('n1'));
    const { decided } = cluster.when(start(6, 'c'));
    expect(decided).toMatchObject({
      refusal: { code: 'incarnation-stale', detail: expect.stringMatching(/Register with 7/) },
    });
    expect(cluster.when(start(6, 'b')).events).toEqual([]);
    expect(cluster.when(start(7, 'c')).decided).toMatchObject({ answer: { incarnation: 7 } });
  });

  it('shows the older start that ran beside it, once that says that it has ended', () => {
    const cluster = takenOver();
    const status = { status: 'offline', incarnation: 5, superseded: true } as const;
    const farewell = { type: 'RecordWorkerStatus', nodeId: 'n1', status, retained: false } as const;
    expect(cluster.when(farewell).events).toMatchObject([
      { type: 'NodeClaimedTwice', data: { incarnation: 5, current: 6 } },
    ]);
    expect(cluster.state.nodes.get('n1')).toMatchObject({
      status: 'ready',
      rival: { incarnation: 5, reason: expect.stringContaining('it has ended') },
    });
    expect(cluster.when(farewell).events).toEqual([]);
  });

  it('takes the last will of a start that was killed for no rival', () => {
    const status = { status: 'offline', incarnation: 5 } as const;
    const { events } = takenOver().when({
      ...{ type: 'RecordWorkerStatus', nodeId: 'n1', status, retained: false },
    });
    expect(events).toEqual([]);
  });

  it('shows the older start that speaks on, once', () => {
    const cluster = takenOver();
    const rival = { type: 'RecordRival', nodeId: 'n1', incarnation: 5 } as const;
    expect(cluster.when(rival).types).toEqual(['NodeClaimedTwice']);
    expect(cluster.when(rival).types).toEqual([]);
    expect(cluster.when({ ...rival, incarnation: 6 }).types).toEqual([]);
  });

  it('is not handed to and fro: one that was told to stop waits for the other to go', () => {
    const cluster = takenOver();
    const again = start(6, 'c', { yields: true });
    expect(cluster.when(again)).toMatchObject({
      types: ['NodeClaimedTwice'],
      decided: { refusal: { code: 'node-run-elsewhere' } },
    });
    // It asks again and again: on record once.
    expect(cluster.when(again).types).toEqual([]);
    for (const seen of ['silent', 'disconnected'] as const) {
      cluster.when({ type: 'ObserveNode', nodeId: 'n1', incarnation: 6, seen, reason: 'r' });
    }
    expect(cluster.when(again).decided).toMatchObject({ refusal: { code: 'incarnation-stale' } });
    const back = cluster.when(start(7, 'c', { yields: true }));
    expect(back.decided).toMatchObject({ answer: { incarnation: 7 } });
    expect(cluster.state.nodes.get('n1')).toMatchObject({ startId: 'c', rival: null });
  });
});

describe('An incarnation', () => {
  it.each(['valid', 'absent'] as const)(
    'beyond what a worker can have had is refused, with the number to go on with (token %s)',
    (token) => {
      const cluster = given(registerNode('n1', { incarnation: 3 }));
      const far = registration({ incarnation: Number.MAX_SAFE_INTEGER });
      expect(
        cluster.when({ type: 'RegisterNode', registration: far, token }).decided,
      ).toMatchObject({
        refusal: {
          code: 'incarnation-implausible',
          detail: expect.stringContaining('Register with 4'),
        },
      });
      expect(cluster.when(registerNode('n1', { incarnation: 4 })).decided).toMatchObject({
        answer: { incarnation: 4 },
      });
    },
  );

  it('of a node that nobody knows is bounded as well, or its first message could end it', () => {
    const first = registerNode('n1', { incarnation: maxIncarnationJump + 1 });
    const { decided, types } = given().when(first);
    expect(decided).toMatchObject({ refusal: { code: 'incarnation-implausible' } });
    expect(types).toEqual(['NodeRegistrationRefused']);
    const last = registerNode('n1', { incarnation: maxIncarnationJump });
    expect(given().when(last).decided).toMatchObject({ answer: { accepted: true } });
  });
});

describe('A token', () => {
  it('is given until the node has presented it, and never again', () => {
    const cluster = given();
    const answers = (['absent', 'absent', 'valid', 'valid'] as const).map(
      (token) => cluster.when({ ...registerNode('n1'), token }).decided,
    );
    // The first answer may have been lost: the second one has it as well.
    expect(answers).toMatchObject([
      { answer: { givesToken: true } },
      { answer: { givesToken: true } },
      { answer: { givesToken: false } },
      { answer: { givesToken: false } },
    ]);
  });
});

describe('A node that speaks and cannot register', () => {
  it('is named the way out when it is refused, and can be forgotten by force', () => {
    const cluster = given(registerNode('n1'));
    const moved = registerNode('n1', { ip: '10.9.9.9' });
    expect(cluster.when(moved).decided).toMatchObject({
      refusal: { detail: expect.stringContaining('oakring node forget n1 --force') },
    });
    const forget = { do: 'forget', reason: 'moved' } as const;
    expect(cluster.when({ type: 'OrderNode', id: 'n1', order: forget }).decided).toMatchObject({
      refusal: { code: 'node-in-use', detail: expect.stringContaining('By force') },
    });
    const byForce = { ...forget, force: true } as const;
    expect(cluster.when({ type: 'OrderNode', id: 'n1', order: byForce }).types).toEqual([
      'NodeForgotten',
    ]);
    expect(cluster.when(moved).decided).toMatchObject({ answer: { accepted: true } });
  });
});
