import { describe, expect, it } from '@jest/globals';
import { maxTokens } from '@oakring/model';
import type { TokenRole } from '@oakring/contracts';
import {
  given,
  plan,
  ready,
  registerNode,
  report,
  restoredOnRecord,
  submitJob,
  type Given,
} from '../../testing/given.js';
import type { Command } from '../command.js';

const hourMs = 3_600_000;
/** Commit time of the first command of a given cluster, about. */
const beganMs = 1_700_000_000_000;

function grant(
  name: string,
  role: TokenRole,
  more: Partial<Extract<Command, { type: 'GrantToken' }>> = {},
): Extract<Command, { type: 'GrantToken' }> {
  const expiresAt = beganMs + hourMs;
  return {
    type: 'GrantToken',
    name,
    role,
    hash: `hash of ${name}`,
    expiresAt,
    nodes: null,
    ...more,
  };
}
const revoke = (name: string) => ({ type: 'RevokeToken', name }) as const;
const drain = (id: string) =>
  ({ type: 'OrderNode', id, order: { do: 'drain', withinMs: 1, force: false } }) as const;

describe('A token', () => {
  it('is given under a name, and holds from then on', () => {
    const cluster = given();
    const { types, decided } = cluster.when(grant('ci', 'root'), 'api/token');
    expect(types).toEqual(['TokenGranted']);
    expect(decided).toMatchObject({ answer: { name: 'ci', position: 1 } });
    expect(cluster.state.tokens.get('ci')).toMatchObject({ by: 'api/token', revoked: null });
    expect([...cluster.state.tokensOfHash.of('hash of ci')]).toEqual(['ci']);
  });

  it('is refused, on record, while another of its name holds', () => {
    const cluster = given(grant('ci', 'root'));
    const { types, decided } = cluster.when(grant('ci', 'admin', { hash: 'another' }));
    expect(types).toEqual(['TokenGrantRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'token-name-taken' } });
    expect(cluster.state.tokensOfHash.sizeOf('another')).toBe(0);
  });

  it.each([
    ['was revoked', (cluster: Given) => void cluster.when(revoke('ci'))],
    ['came to its end', (cluster: Given) => cluster.pass(hourMs)],
  ])('is given once more under a name whose token %s', (_, end) => {
    const cluster = given(grant('ci', 'root'));
    end(cluster);
    const expiresAt = beganMs + 3 * hourMs;
    const again = grant('ci', 'operator', { hash: 'another', expiresAt });
    expect(cluster.when(again).types).toEqual(['TokenGranted']);
    expect(cluster.state.tokens.get('ci')).toMatchObject({ role: 'operator', revoked: null });
    expect(cluster.state.tokensOfHash.sizeOf('hash of ci')).toBe(0);
  });

  it('is revoked once, and again without another event', () => {
    const cluster = given(grant('ci', 'root'));
    expect(cluster.when(revoke('ci'), 'api/token').types).toEqual(['TokenRevoked']);
    expect(cluster.state.tokens.get('ci')?.revoked).toMatchObject({ by: 'api/token' });
    expect(cluster.when(revoke('ci')).types).toEqual([]);
    expect(cluster.when(revoke('nobody')).decided).toMatchObject({
      refusal: { code: 'token-unknown' },
    });
  });

  it('has room among a thousand, where one that holds no more makes it', () => {
    const all = Array.from({ length: maxTokens }, (_, at) => grant(`t${at}`, 'metrics'));
    const cluster = given(...all);
    expect(cluster.when(grant('one-more', 'metrics')).decided).toMatchObject({
      refusal: { code: 'too-many-tokens' },
    });
    cluster.when(revoke('t7'));
    expect(cluster.when(grant('one-more', 'metrics')).types).toEqual(['TokenGranted']);
    expect(cluster.state.tokens.get('t7')).toBeUndefined();
    expect(cluster.state.tokens.size).toBe(maxTokens);
    expect(cluster.state.tokensOfHash.sizeOf('hash of t7')).toBe(0);
  });
});

describe('A restore', () => {
  it('ends what tokens a backup has: it does not know which were revoked after it', () => {
    const cluster = given(grant('ci', 'operator'));
    restoredOnRecord(cluster, beganMs);
    expect(cluster.state.tokens.get('ci')?.revoked).toEqual({ at: beganMs, by: 'restore' });
    expect(cluster.when(submitJob('j'), 'api/ci').decided).toMatchObject({
      refusal: { code: 'unauthorized' },
    });
    expect(cluster.when(grant('ci', 'operator', { hash: 'new' })).types).toEqual(['TokenGranted']);
    expect(cluster.when(submitJob('j'), 'api/ci').types).toContain('JobSubmitted');
  });
});

describe('Whoever orders with a token', () => {
  it('is refused, on record, once it holds no more', () => {
    const cluster = given(grant('ci', 'operator'), submitJob('j'));
    const order = { type: 'ScaleJob', id: 'j', count: 5 } as const;
    expect(cluster.when(order, 'api/ci').types).toEqual(['JobScaled']);
    cluster.when(revoke('ci'));
    const { types, decided } = cluster.when({ ...order, count: 6 }, 'api/ci');
    expect(types).toEqual(['RequestRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'unauthorized' } });
    expect(cluster.state.jobs.get('j')?.desired).toBe(5);
  });

  it('is not refused because a clock was ahead once, when a commit was written', () => {
    const cluster = given(grant('ci', 'operator'));
    cluster.pass(9_000 * hourMs);
    cluster.setBack(9_000 * hourMs);
    expect(cluster.when(submitJob('j'), 'api/ci').types).toContain('JobSubmitted');
    expect(cluster.when(grant('ci', 'operator')).decided).toMatchObject({
      refusal: { code: 'token-name-taken' },
    });
    cluster.setBack(8_999 * hourMs);
    expect(cluster.when(submitJob('k'), 'api/ci').decided).toMatchObject({
      refusal: { code: 'unauthorized' },
    });
  });

  it('is refused with the token that had the name before', () => {
    const cluster = given(grant('ci', 'operator', { hash: 'leaked' }));
    expect(cluster.when(submitJob('j'), 'api/ci', 'leaked').types).toContain('JobSubmitted');
    cluster.when(revoke('ci'));
    cluster.when(grant('ci', 'operator', { hash: 'new' }));
    const order = { type: 'DeleteJob', id: 'j' } as const;
    expect(cluster.when(order, 'api/ci', 'leaked').decided).toMatchObject({
      refusal: { code: 'unauthorized' },
    });
    expect(cluster.when(order, 'api/ci', 'new').types).toContain('JobDeletionOrdered');
  });

  it('is refused when it has come to its end, or never was', () => {
    const cluster = given(grant('ci', 'operator'));
    cluster.pass(hourMs);
    for (const name of ['ci', 'stranger']) {
      expect(cluster.when(submitJob('j'), `api/${name}`).decided).toMatchObject({
        refusal: { code: 'unauthorized' },
      });
    }
  });

  it.each([
    ['root', drain('n1')],
    ['operator', grant('another', 'admin')],
    ['operator', revoke('ci')],
    ['auditor', submitJob('j')],
    ['scheduler', registerNode('n2')],
    ['metrics', { type: 'DeleteJob', id: 'k' }],
    ['admin', { type: 'DeclareLost', nodeId: 'n1', placements: [], reason: 'r' }],
  ] as const)('as %s is refused what the role does not allow', (role, command) => {
    const cluster = given(...ready('n1'), submitJob('k'), grant('ci', role));
    const { types, decided } = cluster.when(command, 'api/ci');
    expect(types).toEqual(['RequestRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'forbidden' } });
  });
});

describe('A command in an instance', () => {
  it('is on record to its end, also of whoever may begin no more', () => {
    const can = { features: ['docker:exec'] };
    const cluster = given(...ready('n1', can), submitJob('j'), plan('j', 'n1'));
    cluster.when(report('n1', { 'j/0/1': 'running' }));
    cluster.when(grant('anna', 'operator'));
    const command = { id: 'j', instance: 0, command: ['ls'], tty: false };
    const { decided } = cluster.when({ type: 'BeginExec', ...command }, 'api/anna');
    const { execId } = (decided as { answer: { execId: string } }).answer;
    cluster.when(revoke('anna'));
    const end = { execId, exitCode: 0, reason: 'r' };
    expect(cluster.when({ type: 'EndExec', end } as unknown as Command, 'api/anna').types).toEqual([
      'ExecEnded',
    ]);
    expect(cluster.when({ type: 'BeginExec', ...command }, 'api/anna').decided).toMatchObject({
      refusal: { code: 'unauthorized' },
    });
  });
});

describe('A root', () => {
  const cluster = () => {
    const made = given(grant('berlin', 'root'), grant('oslo', 'root'));
    made.when(submitJob('j', { count: 2 }), 'api/berlin');
    return made;
  };

  it('changes the jobs that it submitted', () => {
    const { types } = cluster().when({ type: 'ScaleJob', id: 'j', count: 3 }, 'api/berlin');
    expect(types).toEqual(['JobScaled']);
  });

  it.each([
    { type: 'ScaleJob', id: 'j', count: 3 },
    { type: 'DeleteJob', id: 'j' },
    { type: 'RestartJob', id: 'j' },
    { type: 'CancelMove', id: 'j', instance: 0 },
    { type: 'RefuseMove', id: 'j', refusal: { code: 'no-target', detail: 'd' } },
    { ...submitJob('j', { image: 'web:2' }), type: 'UpdateJob', ifPosition: null },
  ] as const)('is told of those of others as of none: $type', (command) => {
    const { types, decided } = cluster().when(command, 'api/oslo');
    expect(types).toEqual([]);
    const absent = given(grant('oslo', 'root')).when(command, 'api/oslo');
    // A refused move of no job leaves no answer of its own.
    if (command.type !== 'RefuseMove') expect(decided).toEqual(absent.decided);
    expect(decided).toMatchObject({ refusal: { code: 'job-unknown' } });
  });

  it('is not given the answer that another got for the same document', () => {
    const { types, decided } = cluster().when(submitJob('j', { count: 2 }), 'api/oslo');
    expect(types).toEqual(['JobSubmissionRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'job-id-taken' } });
  });

  it('leaves its jobs to whoever has its name next', () => {
    const made = cluster();
    made.when(revoke('berlin'));
    made.when(grant('berlin', 'root', { hash: 'anew' }));
    expect(made.when({ type: 'DeleteJob', id: 'j' }, 'api/berlin').types).toContain(
      'JobDeletionOrdered',
    );
  });
});

describe('An operator of some nodes', () => {
  const ofZone = () =>
    given(
      ...ready('a1', { labels: { zone: 'a', rack: '1' } }),
      ...ready('b1', { labels: { zone: 'b' } }),
      grant('anna', 'operator', { nodes: { zone: 'a' } }),
    );
  const label = (labels: Readonly<Record<string, string>>) =>
    ({ type: 'OrderNode', id: 'a1', order: { do: 'label', labels } }) as const;

  it('orders about these', () => {
    expect(ofZone().when(drain('a1'), 'api/anna').types).toEqual(['NodeDrainStarted']);
    expect(ofZone().when(label({ room: 'hall' }), 'api/anna').types).toEqual(['NodeLabelled']);
  });

  it('is refused, on record, what is about another', () => {
    const { types, decided } = ofZone().when(drain('b1'), 'api/anna');
    expect(types).toEqual(['RequestRefused']);
    expect(decided).toMatchObject({
      refusal: {
        code: 'forbidden',
        detail: 'Token anna has the role operator for nodes with zone=a; node b1 has zone=b.',
      },
    });
  });

  it('makes none of them one that another looks after', () => {
    const { decided } = ofZone().when(label({ zone: 'b' }), 'api/anna');
    expect(decided).toMatchObject({ refusal: { code: 'forbidden' } });
  });

  /** Job `j` has instance 0 on a1 and 1 on b1, and a2 and b2 have room. */
  const withJob = () => {
    const can = { features: ['docker:exec'] };
    const cluster = given(
      ...['a1', 'a2'].flatMap((id) => ready(id, { ...can, labels: { zone: 'a' } })),
      ...['b1', 'b2'].flatMap((id) => ready(id, { ...can, labels: { zone: 'b' } })),
      ...[submitJob('j', { count: 2 }), plan('j', 'a1', 'b1')],
      grant('anna', 'operator', { nodes: { zone: 'a' } }),
    );
    cluster.when(report('a1', { 'j/0/1': 'running' }));
    cluster.when(report('b1', { 'j/1/1': 'running' }));
    return cluster;
  };
  const exec = (instance: number) =>
    ({ type: 'BeginExec', id: 'j', instance, command: ['ls'], tty: false }) as const;
  const move = (instance: number, nodeId: string, isTargetNamed: boolean) =>
    ({
      ...({ type: 'MoveInstance', id: 'j', instance, generation: 1, basis: null } as const),
      ...{ target: { nodeId, reason: 'r', total: 1, scores: {} }, isTargetNamed },
    }) as const;

  it.each([
    ['runs commands in what is on them', exec(0), 'ExecStarted'],
    ['moves from one of them to another', move(0, 'a2', true), 'MoveStarted'],
    ['moves from one of them to where the scheduler says', move(0, 'b2', false), 'MoveStarted'],
  ])('%s', (_, command, type) => {
    expect(withJob().when(command, 'api/anna').types).toContain(type);
  });

  it.each([
    ['runs no command in what is on another', exec(1), 'b1'],
    ['moves nothing away from another', move(1, 'a2', true), 'b1'],
    ['moves nothing away from another, wherever to', move(1, 'b2', false), 'b1'],
    ['moves nothing to another that is named', move(0, 'b2', true), 'b2'],
  ])('%s', (_, command, node) => {
    const { types, decided } = withJob().when(command, 'api/anna');
    expect(types).toEqual(['RequestRefused']);
    expect(decided).toMatchObject({
      refusal: { code: 'forbidden', detail: expect.stringContaining(`node ${node} has zone=b`) },
    });
  });

  it('registers none, which has no labels yet', () => {
    const { decided } = ofZone().when(registerNode('c1'), 'api/anna');
    expect(decided).toMatchObject({ refusal: { code: 'forbidden' } });
  });
});
