import { describe, expect, it } from '@jest/globals';
import { addressOf, nodeStream } from '@oakring/events';
import { ack, commandTo, given, plan, ready, submitJob } from '../testing/given.js';
import type { Command } from './command.js';
import { decide } from './decide/decide.js';
import { Deciding } from './decide/deciding.js';
import { byItself, byWorker, type CommandOrigin } from './origin.js';

const at = 1_700_000_000_000;

function decided(cluster: ReturnType<typeof given>, command: Command, origin: CommandOrigin) {
  const deciding = new Deciding(cluster.state, 50, at);
  deciding.origin = origin;
  decide(deciding, command);
  return deciding.events;
}

const silence: Command = {
  ...({ type: 'ObserveNode', nodeId: 'n1' } as const),
  ...({ incarnation: 1, seen: 'silent', reason: 'r' } as const),
};

describe('An event', () => {
  it('of what a manager does by itself follows from the newest event about the same', () => {
    const cluster = given(...ready('n1'));
    const newest = cluster.history.at(-1);
    expect(decided(cluster, silence, byItself('silence'))).toMatchObject([
      { by: 'manager/silence', cause: newest && addressOf(newest) },
    ]);
  });

  it('follows from how things stand with another, where its command says so', () => {
    const cluster = given(...ready('n1'), submitJob('j'));
    const node = cluster.state.nodes.get('n1');
    const origin = byItself('drains', { stream: nodeStream('n1') });
    expect(decided(cluster, { type: 'ScaleJob', id: 'j', count: 3 }, origin)).toMatchObject([
      { by: 'manager/drains', cause: node && addressOf(node) },
    ]);
  });

  it('is observed where no event is about what it is about', () => {
    const refusals = { registrations: 1, statuses: 0, states: 0, histories: 0 };
    const command: Command = {
      type: 'RecordRefusals',
      refusals: { ...refusals, nodes: 1, withinMs: 1 },
    };
    expect(decided(given(), command, byItself('admission'))).toMatchObject([
      { by: 'manager/admission', cause: 'observed:admission' },
    ]);
  });

  it('of one request follows from that request, all of them', () => {
    const origin = { by: 'api/token', cause: 'request:POST /x#1' };
    const cluster = given(...ready('n1'), submitJob('j', { count: 2 }));
    const events = decided(cluster, { type: 'DeleteJob', id: 'j' }, origin);
    expect(events.length).toBeGreaterThan(1);
    for (const event of events) expect(event).toMatchObject(origin);
  });
});

it('What a worker answers follows from the order that it answers', () => {
  const cluster = given(...ready('n1'), submitJob('j'), plan('j', 'n1'));
  const id = commandTo(cluster, 'n1', 'deploy');
  const origin = byWorker('n1', 'nodes/n1/acks');
  expect(decided(cluster, ack('n1', id, 'received'), origin)).toMatchObject([
    { type: 'CommandReceived', by: 'nodes/n1', cause: id },
  ]);
  expect(decided(cluster, ack('n1', '99-0', 'received'), origin)).toEqual([]);
});

describe('The word of a worker', () => {
  it.each([
    ['2026-01-01T00:00:00.000Z', { deviceAt: Date.UTC(2026, 0, 1) }],
    ['yesterday', {}],
    ['1969-01-01T00:00:00.000Z', {}],
    [null, {}],
  ])('that says its time as %j is recorded with %j', (said, recorded) => {
    const origin = byWorker('n1', 'nodes/n1/state', said);
    expect(origin).toEqual({ by: 'nodes/n1', cause: 'message:nodes/n1/state', ...recorded });
  });
});
