import { describe, expect, it } from '@jest/globals';
import { given, ready, registerNode, restoredOnRecord, type Given } from '../../testing/given.js';
import type { Command } from '../command.js';

const hourMs = 3_600_000;
/** Commit time of the first command of a given cluster, about. */
const beganMs = 1_700_000_000_000;

type Grant = Extract<Command, { type: 'GrantToken' }>;

function joinToken(name: string, joins: Grant['joins'], more: Partial<Grant> = {}): Grant {
  return {
    ...({ type: 'GrantToken', name, role: 'join', hash: `hash of ${name}`, nodes: null } as const),
    ...{ expiresAt: beganMs + hourMs, ...more },
    ...(joins === undefined ? {} : { joins }),
  };
}

type Shown = Extract<Command, { type: 'JoinNode' }>['registrationToken'];

const join = (node: string, hash = `secret of ${node}`, registrationToken: Shown = 'absent') =>
  ({ type: 'JoinNode', node, hash, registrationToken }) as const;
const order = (id: string, what: 'revoke' | 'forget') =>
  ({ type: 'OrderNode', id, order: { do: what, reason: 'r' } }) as const;

function refusedWith(cluster: Given, command: Command, by: string): unknown {
  const { types, decided } = cluster.when(command, by);
  // What is refused so is gathered with other requests, and not put on record here.
  expect(types).toEqual([]);
  return (decided as { refusal?: { code: string } }).refusal?.code;
}

describe('A machine', () => {
  it('joins with a token, and is a node by its own secret from then on', () => {
    const cluster = given(joinToken('shelf', { uses: 2 }));
    const { events, decided } = cluster.when(join('n1'), 'api/shelf');
    expect(events).toMatchObject([
      { stream: 'nodes/n1', type: 'NodeJoined', data: { hash: 'secret of n1' }, by: 'api/shelf' },
    ]);
    expect(decided).toMatchObject({ answer: { node: 'n1', position: 2 } });
    const { state } = cluster;
    expect(state.credentials.get('n1')).toMatchObject({ joinedBy: 'api/shelf', revoked: null });
    expect([...state.credentialsOfHash.of('secret of n1')]).toEqual(['n1']);
    expect(state.tokens.get('shelf')?.joins).toEqual({ uses: 2, used: 1, ids: null });
  });

  it('that asks again with its secret is answered alike, and uses up nothing', () => {
    const cluster = given(joinToken('shelf', { uses: 1 }));
    const first = cluster.when(join('n1'), 'api/shelf');
    cluster.when(joinToken('other', { uses: 1 }));
    for (const by of ['api/shelf', 'api/other']) {
      const again = cluster.when(join('n1'), by);
      expect([again.types, again.decided]).toEqual([[], first.decided]);
    }
    expect(cluster.state.tokens.get('other')?.joins?.used).toBe(0);
  });

  it('is not let in by a token that let in all it may, also where two ask at once', () => {
    const cluster = given(joinToken('shelf', { uses: 1 }));
    cluster.when(join('n1'), 'api/shelf');
    expect(refusedWith(cluster, join('n2'), 'api/shelf')).toBe('join-token-used');
    expect(cluster.state.credentials.size).toBe(1);
  });

  it('is let in under the ids that its token names, and no other', () => {
    const cluster = given(joinToken('shelf', { uses: 9, ids: ['n1'] }));
    expect(refusedWith(cluster, join('n2'), 'api/shelf')).toBe('forbidden');
    expect(cluster.when(join('n1'), 'api/shelf').types).toEqual(['NodeJoined']);
  });

  it('has the labels of its token, whatever its worker says', () => {
    const cluster = given(joinToken('shelf', { uses: 9 }, { nodes: { zone: 'a' } }));
    cluster.when(join('n1'), 'api/shelf');
    cluster.when(registerNode('n1', { labels: { zone: 'b', rack: '1' } }));
    expect(cluster.state.nodes.get('n1')?.labels).toEqual({ zone: 'a', rack: '1' });
    // Said again it is the same node, and nothing to put on record.
    const again = registerNode('n1', { labels: { zone: 'c', rack: '1' } });
    expect(cluster.when(again).types).toEqual([]);
  });

  it('that registered before has the labels at once', () => {
    const cluster = given(
      registerNode('n1', { labels: { zone: 'b' } }),
      joinToken('shelf', { uses: 1, ids: ['n1'] }, { nodes: { zone: 'a' } }),
    );
    cluster.when(join('n1'), 'api/shelf');
    expect(cluster.state.nodes.get('n1')?.labels).toEqual({ zone: 'a' });
  });

  it('is let in by whoever may do more than that, with no count', () => {
    const operator = { ...joinToken('anna', undefined), role: 'operator' } as const;
    const cluster = given(operator);
    expect(cluster.when(join('n1'), 'api/anna').types).toEqual(['NodeJoined']);
    expect(cluster.when(join('n2'), 'api/token').types).toEqual(['NodeJoined']);
    expect(cluster.state.tokens.get('anna')?.joins).toBeNull();
  });

  it('is refused by a token that may not, and by one that came to its end', () => {
    const metrics = { ...joinToken('prom', undefined), role: 'metrics' } as const;
    const cluster = given(metrics, joinToken('shelf', { uses: 9 }));
    expect(cluster.when(join('n1'), 'api/prom').decided).toMatchObject({
      refusal: { code: 'forbidden' },
    });
    cluster.pass(hourMs);
    expect(cluster.when(join('n1'), 'api/shelf').decided).toMatchObject({
      refusal: { code: 'unauthorized' },
    });
    expect(cluster.state.credentials.size).toBe(0);
  });

  it('has no secret that another node has, nor one that is a token', () => {
    const cluster = given(joinToken('shelf', { uses: 9 }));
    cluster.when(join('n1', 'one'), 'api/shelf');
    expect(refusedWith(cluster, join('n2', 'one'), 'api/shelf')).toBe('invalid-field');
    expect(refusedWith(cluster, join('n2', 'hash of shelf'), 'api/shelf')).toBe('invalid-field');
    expect(cluster.state.tokens.get('shelf')?.joins?.used).toBe(1);
  });
});

describe('The id of a node', () => {
  it('that has a credential is taken by nobody with another secret, whatever they may', () => {
    const cluster = given(joinToken('shelf', { uses: 9, ids: ['n1'] }));
    cluster.when(join('n1'), 'api/shelf');
    for (const by of ['api/shelf', 'api/token']) {
      expect(refusedWith(cluster, join('n1', 'stolen'), by)).toBe('node-id-taken');
    }
  });

  it.each([
    ['absent', 'node-id-taken'],
    ['wrong', 'node-id-taken'],
    ['valid', undefined],
  ] as const)(
    'that registered before it joined is let in with its registration token: %s',
    (shown, code) => {
      const cluster = given(...ready('n1'), joinToken('shelf', { uses: 9 }));
      const { decided } = cluster.when(join('n1', 's', shown), 'api/shelf');
      expect((decided as { refusal?: { code: string } }).refusal?.code).toBe(code);
    },
  );

  it('that registered before is let in by whoever names it', () => {
    const cluster = given(...ready('n1'), joinToken('shelf', { uses: 1, ids: ['n1'] }));
    expect(cluster.when(join('n1'), 'api/shelf').types).toEqual(['NodeJoined']);
    const other = given(...ready('n1'));
    expect(other.when(join('n1'), 'api/token').types).toEqual(['NodeJoined']);
  });

  it('is another’s again once it is forgotten, which ends its credential', () => {
    const cluster = given(joinToken('shelf', { uses: 9 }));
    cluster.when(join('n1'), 'api/shelf');
    // It never registered.
    expect(cluster.when(order('n1', 'forget')).types).toEqual(['NodeForgotten']);
    expect(cluster.state.credentials.size).toBe(0);
    expect(cluster.state.credentialsOfHash.sizeOf('secret of n1')).toBe(0);
    expect(cluster.when(join('n1', 'new'), 'api/shelf').types).toEqual(['NodeJoined']);
  });

  it('of one that has registered is forgotten with its credential', () => {
    const cluster = given(...ready('n1'));
    cluster.when(join('n1'), 'api/token');
    const forget = { do: 'forget', reason: 'r', force: true } as const;
    cluster.when({ type: 'OrderNode', id: 'n1', order: forget });
    expect(cluster.state.credentials.size).toBe(0);
  });
});

describe('A credential', () => {
  it('is revoked once, and again without another event', () => {
    const cluster = given();
    cluster.when(join('n1'), 'api/token');
    const { events } = cluster.when(order('n1', 'revoke'), 'api/token');
    expect(events).toMatchObject([{ stream: 'nodes/n1', type: 'NodeCredentialRevoked' }]);
    expect(cluster.state.credentials.get('n1')?.revoked).toMatchObject({ by: 'api/token' });
    expect(cluster.when(order('n1', 'revoke')).types).toEqual([]);
  });

  it('that is not there cannot be revoked', () => {
    const cluster = given(...ready('n1'));
    expect(cluster.when(order('n1', 'revoke')).decided).toMatchObject({
      refusal: { code: 'credential-unknown' },
    });
    expect(cluster.when(order('n2', 'revoke')).decided).toMatchObject({
      refusal: { code: 'node-unknown' },
    });
  });

  it('that was revoked is replaced by a token of after that, and by no other', () => {
    const cluster = given(joinToken('before', { uses: 9, ids: ['n1'] }));
    cluster.when(join('n1'), 'api/before');
    cluster.when(order('n1', 'revoke'));
    cluster.when(joinToken('after', { uses: 9 }));
    expect(refusedWith(cluster, join('n1', 'new'), 'api/before')).toBe('forbidden');
    expect(refusedWith(cluster, join('n1'), 'api/after')).toBe('forbidden');
    expect(cluster.when(join('n1', 'new'), 'api/after').types).toEqual(['NodeJoined']);
    expect(cluster.state.credentials.get('n1')).toMatchObject({ hash: 'new', revoked: null });
  });

  it('is renewed by the node itself, which keeps its labels and who let it in', () => {
    const cluster = given(joinToken('shelf', { uses: 1 }, { nodes: { zone: 'a' } }));
    cluster.when(join('n1', 'old'), 'api/shelf');
    cluster.pass(2 * hourMs);
    const { events } = cluster.when(join('n1', 'new'), 'nodes/n1', 'old');
    expect(events).toMatchObject([{ type: 'NodeJoined', data: { labels: { zone: 'a' } } }]);
    expect(cluster.state.credentials.get('n1')).toMatchObject({
      ...{ hash: 'new', joinedBy: 'api/shelf', labels: { zone: 'a' } },
    });
    expect(cluster.state.tokens.get('shelf')?.joins?.used).toBe(1);
  });

  it('renews no other, and nothing once it holds no more', () => {
    const cluster = given();
    cluster.when(join('n1', 'old'), 'api/token');
    cluster.when(join('n2', 'two'), 'api/token');
    expect(refusedWith(cluster, join('n2', 'new'), 'nodes/n1')).toBe('forbidden');
    cluster.when(join('n1', 'new'), 'nodes/n1', 'old');
    const late = cluster.when(join('n1', 'newer'), 'nodes/n1', 'old').decided;
    expect(late).toMatchObject({ refusal: { code: 'unauthorized' } });
    cluster.when(order('n1', 'revoke'));
    const revoked = cluster.when(join('n1', 'newer'), 'nodes/n1', 'new').decided;
    expect(revoked).toMatchObject({ refusal: { code: 'unauthorized' } });
  });

  it('holds on after a restore, which ends tokens', () => {
    const cluster = given(joinToken('shelf', { uses: 9 }));
    cluster.when(join('n1'), 'api/shelf');
    restoredOnRecord(cluster, beganMs);
    expect(cluster.state.tokens.get('shelf')?.revoked).not.toBeNull();
    expect(cluster.state.credentials.get('n1')?.revoked).toBeNull();
    const renewed = cluster.when(join('n1', 'new'), 'nodes/n1', 'secret of n1');
    expect(renewed.types).toEqual(['NodeJoined']);
  });
});

describe('An operator of some nodes', () => {
  const ofZone = () =>
    given(
      { ...joinToken('anna', undefined, { nodes: { zone: 'a' } }), role: 'operator' },
      joinToken('b', { uses: 9 }, { nodes: { zone: 'b' } }),
    );

  it('lets in nodes that have these labels from then on', () => {
    const cluster = ofZone();
    expect(cluster.when(join('n1'), 'api/anna').types).toEqual(['NodeJoined']);
    expect(cluster.state.credentials.get('n1')?.labels).toEqual({ zone: 'a' });
    expect(cluster.when(order('n1', 'revoke'), 'api/anna').types).toEqual([
      'NodeCredentialRevoked',
    ]);
  });

  it('neither revokes nor lets in again those of another, registered or not', () => {
    const cluster = ofZone();
    cluster.when(join('n1'), 'api/b');
    const { decided } = cluster.when(order('n1', 'revoke'), 'api/anna');
    expect(decided).toMatchObject({ refusal: { code: 'forbidden' } });
    cluster.when(order('n1', 'revoke'), 'api/token');
    expect(refusedWith(cluster, join('n1', 'new'), 'api/anna')).toBe('forbidden');
  });
});

describe('A join token', () => {
  it('that let in all it may leaves its name to another', () => {
    const cluster = given(joinToken('shelf', { uses: 1 }));
    const next = joinToken('shelf', { uses: 1 }, { hash: 'another' });
    expect(cluster.when(next).types).toEqual(['TokenGrantRefused']);
    cluster.when(join('n1'), 'api/shelf');
    expect(cluster.when(next).types).toEqual(['TokenGranted']);
    expect(cluster.when(join('n2'), 'api/shelf').types).toEqual(['NodeJoined']);
  });
});

describe('A node that the broker knows by its credential', () => {
  it('registers without a token, from another address too, and is given none', () => {
    const cluster = given(...ready('n1'));
    const moved = { ...registerNode('n1', { ip: '10.9.9.9' }), token: 'credential' } as const;
    const { types, decided } = cluster.when(moved);
    expect(types).toEqual(['NodeRegistered']);
    expect(decided).toMatchObject({ answer: { accepted: true, givesToken: false } });
    const unknown = given().when({ ...registerNode('n2'), token: 'credential' });
    expect(unknown.decided).toMatchObject({ answer: { givesToken: false } });
  });
});
