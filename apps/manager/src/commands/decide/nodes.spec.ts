import { describe, expect, it } from '@jest/globals';
import { ack, given, plan, registerNode, registration, submitJob } from '../../testing/given.js';

const offline = (nodeId: string, retained = false) =>
  ({
    type: 'RecordWorkerStatus',
    nodeId,
    status: { status: 'offline', incarnation: null },
    retained,
  }) as const;
const online = (nodeId: string, retained = false) =>
  ({
    type: 'RecordWorkerStatus',
    nodeId,
    status: { status: 'online', incarnation: null },
    retained,
  }) as const;
const observe = (nodeId: string, seen: 'alive' | 'silent' | 'disconnected' | 'lost') =>
  ({ type: 'ObserveNode', nodeId, incarnation: 1, seen, reason: 'test' }) as const;
const report = (nodeId: string, incarnation: number | null = null) =>
  ({
    type: 'ReconcileNode',
    nodeId,
    state: { incarnation, requestId: null, instances: [] },
    provesAbsence: false,
  }) as const;

describe('The dialect of a node', () => {
  it('is that of its last registration, and the usual one where none is told', () => {
    const cluster = given(registerNode('n1'));
    expect(cluster.state.nodes.get('n1')?.dialect).toBe('native');
    const other = { ...registerNode('n1'), dialect: 'other' };
    expect(cluster.when(other).events).toMatchObject([{ data: { dialect: 'other' } }]);
    expect(cluster.when(other).types).toEqual([]);
    expect(cluster.state.nodes.get('n1')?.dialect).toBe('other');
  });
});

describe('a registration', () => {
  it('makes a worker that does not acknowledge ready at once, with assumed capacity', () => {
    const cluster = given();
    expect(cluster.when(registerNode('n1')).types).toEqual(['NodeRegistered']);
    expect(cluster.state.nodes.get('n1')).toMatchObject({
      status: 'ready',
      assumed: true,
      capacity: { cpuMillis: 4000, memoryMiB: 8192 },
      incarnation: 1,
    });
  });

  it('leaves a worker that acknowledges registered until its state is reconciled', () => {
    const cluster = given(registerNode('n1', { acknowledges: true }));
    expect(cluster.state.nodes.get('n1')?.status).toBe('registered');
    expect(cluster.when(report('n1')).types).toEqual(['NodeBecameReady']);
    expect(cluster.state.nodes.get('n1')?.status).toBe('ready');
  });

  it('is answered alike and changes nothing when it is repeated', () => {
    const cluster = given(registerNode('n1'));
    const { decided, events } = cluster.when(registerNode('n1'));
    expect(events).toEqual([]);
    expect(decided).toMatchObject({ answer: { id: 'n1', accepted: true, incarnation: 1 } });
  });

  it('of an older incarnation is refused on record', () => {
    const cluster = given(registerNode('n1', { incarnation: 5 }));
    const { decided, types } = cluster.when(registerNode('n1', { incarnation: 4 }));
    expect(types).toEqual(['NodeRegistrationRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'incarnation-stale' } });
  });

  it('of a later incarnation is a new start of the same node', () => {
    const cluster = given(registerNode('n1', { incarnation: 1, acknowledges: true }), report('n1'));
    cluster.when(registerNode('n1', { incarnation: 2, acknowledges: true }));
    expect(cluster.state.nodes.get('n1')).toMatchObject({ incarnation: 2, status: 'registered' });
  });

  it('of another machine under the same id is refused', () => {
    const cluster = given(registerNode('n1'));
    const { decided } = cluster.when(registerNode('n1', { ip: '10.0.0.2' }));
    expect(decided).toMatchObject({ refusal: { code: 'node-id-taken' } });
  });

  it('from another address is the same node when it carries the token', () => {
    const cluster = given(registerNode('n1'));
    const moved = registration({ id: 'n1', name: 'n1', ip: '10.9.9.9' });
    cluster.when({ type: 'RegisterNode', registration: moved, token: 'valid' });
    expect(cluster.state.nodes.get('n1')).toMatchObject({ ip: '10.9.9.9', tokenPresented: true });
    const { decided } = cluster.when(registerNode('n1', { ip: '10.9.9.9' }));
    expect(decided).toMatchObject({ refusal: { code: 'node-id-taken' } });
  });

  it('orders again what a worker without acknowledgements was given before', () => {
    const cluster = given(registerNode('n1'), submitJob('j'), plan('j', 'n1'));
    const [command] = [...cluster.state.commands.values()];
    cluster.when({ type: 'RecordDelivery', commandId: command?.id ?? '' });
    const { types } = cluster.when(registerNode('n1'));
    expect(types).toEqual(['CommandReopened']);
    expect(cluster.state.commands.get(command?.id ?? '')).toMatchObject({
      status: 'issued',
      generation: 1,
    });
  });
});

describe('a node', () => {
  it('is suspect at its last will and ready at the next live message', () => {
    const cluster = given(registerNode('n1'));
    expect(cluster.when(offline('n1')).types).toEqual(['NodeSuspected']);
    expect(cluster.when(online('n1', true)).types).toEqual([]);
    expect(cluster.when(online('n1')).types).toEqual(['NodeBecameReady']);
  });

  it('is suspect by a retained "offline" too', () => {
    expect(given(registerNode('n1')).when(offline('n1', true)).types).toEqual(['NodeSuspected']);
  });

  it('steps from suspect to disconnected to lost and keeps its reservations', () => {
    const cluster = given(registerNode('n1'), submitJob('j'), plan('j', 'n1'));
    expect(cluster.when(observe('n1', 'disconnected')).types).toEqual([]);
    for (const seen of ['silent', 'disconnected', 'lost'] as const) {
      cluster.when(observe('n1', seen));
    }
    expect(cluster.state.nodes.get('n1')).toMatchObject({
      status: 'lost',
      reserved: { cpuMillis: 100, memoryMiB: 64 },
    });
  });

  it('that acknowledges comes back from disconnected only by a reconciled state', () => {
    const cluster = given(registerNode('n1', { acknowledges: true }), report('n1'));
    cluster.when(observe('n1', 'silent'));
    cluster.when(observe('n1', 'disconnected'));
    expect(cluster.when(observe('n1', 'alive')).types).toEqual([]);
    expect(cluster.when(report('n1')).types).toEqual(['NodeBecameReady']);
  });

  it('that does not acknowledge comes back by any message', () => {
    const cluster = given(registerNode('n1'));
    cluster.when(observe('n1', 'silent'));
    cluster.when(observe('n1', 'disconnected'));
    expect(cluster.when(observe('n1', 'alive')).types).toEqual(['NodeBecameReady']);
  });

  it('is not moved by an observation of an older incarnation', () => {
    const cluster = given(registerNode('n1', { incarnation: 2 }));
    expect(cluster.when(observe('n1', 'silent')).types).toEqual([]);
  });
});

describe('a message', () => {
  it.each([
    ['status', offline('ghost')],
    ['state', report('ghost')],
    ['acks', ack('ghost', '1-0', 'received')],
  ])('on %s of an unknown node is refused and not on record', (_, command) => {
    const { decided, events } = given().when(command);
    expect(decided).toMatchObject({ refusal: { code: 'node-unknown' } });
    expect(events).toEqual([]);
  });

  it('of an older incarnation is refused', () => {
    const { decided } = given(registerNode('n1', { incarnation: 3 })).when(report('n1', 2));
    expect(decided).toMatchObject({ refusal: { code: 'incarnation-stale' } });
  });
});
