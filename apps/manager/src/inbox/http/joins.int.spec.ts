import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oakring/events';
import { hashOfToken, newToken } from '@oakring/host';
import { simulatedPorts, systemPorts } from '@oakring/ports';
import { NodeIdentities } from '../../access/node-identities.js';
import { ClusterProof } from '../../http/forwarding/cluster-proof.js';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';
import { registerNode } from '../../testing/given.js';

const setting = 'open-sesame';
const hourMs = 3_600_000;

let ports: ReturnType<typeof simulatedPorts>;
let manager: TestManager;
let told: StoredEvent[];
beforeEach(async () => {
  ports = simulatedPorts();
  manager = await startTestManager({ token: setting, ports });
  told = [];
  manager.projection.onProjected((events) => void told.push(...events));
});
afterEach(() => manager.close());

const as = (token: string) => ({ authorization: `Bearer ${token}` });

async function given(body: object): Promise<string> {
  const answer = await manager.send('POST', '/api/v1/tokens', { role: 'join', ...body });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { token: string }).token;
}

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function join(body: object, token: string, at: TestManager = manager): Promise<Answered> {
  const answer = await at.send('POST', '/api/v1/joins', body, as(token));
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const identities = (of: TestManager = manager) => new NodeIdentities(of.projection);
const joined = () => told.filter(({ type }) => type === 'NodeJoined');

describe('POST /api/v1/joins', () => {
  it('lets a machine in, which nothing is kept of but a hash', async () => {
    const token = await given({ name: 'shelf' });
    const secret = newToken();
    expect(await join({ node: 'n1', secret }, token)).toMatchObject({
      status: 201,
      body: {
        ...{ node: 'n1', username: 'n1', certificate: null, position: 2 },
        broker: { host: null, port: 10_003, tls: false },
      },
    });
    expect(joined()).toMatchObject([
      { stream: 'nodes/n1', by: 'api/shelf', data: { hash: hashOfToken(secret) } },
    ]);
    const shown = Buffer.from(secret);
    expect(identities().ofSecret('n1', shown)).toBe('holds');
    expect(identities().ofSecret('n1', Buffer.from(token))).toBe('unknown');
    expect(identities().ofSecret('n2', shown)).toBe('unknown');
    const events = await (await manager.get('/api/v1/events')).text();
    expect(events).not.toContain(secret);
  });

  it('takes a secret that a shell made, and none that could be guessed', async () => {
    const token = await given({ name: 'shelf', uses: 9 });
    expect((await join({ node: 'n1', secret: 'c0ffee11'.repeat(8) }, token)).status).toBe(201);
    for (const secret of [
      'a-short-one',
      `${newToken().slice(0, -1)}!`,
      `${newToken()}0`,
      setting,
    ]) {
      const { status, body } = await join({ node: 'n2', secret }, token);
      expect([status, body]).toMatchObject([400, { field: 'secret' }]);
      expect(JSON.stringify(body)).not.toContain(secret);
    }
    expect(manager.projection.state.credentials.size).toBe(1);
  });

  it('answers alike who asks again after an answer was lost, by either of what it has', async () => {
    const token = await given({ name: 'shelf', expiresInMs: 60_000 });
    const asked = { node: 'n1', secret: newToken() };
    const first = await join(asked, token);
    expect(await join(asked, token)).toEqual(first);
    await ports.advance(61_000);
    expect((await join(asked, token)).status).toBe(401);
    expect(await join(asked, asked.secret)).toEqual(first);
    expect(joined()).toHaveLength(1);
  });

  it('lets one in by a token for one, of two that ask at once', async () => {
    const token = await given({ name: 'shelf' });
    const both = await Promise.all(
      ['n1', 'n2'].map((node) => join({ node, secret: newToken() }, token)),
    );
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set([201, 403]));
    expect(both.find(({ status }) => status === 403)?.body).toMatchObject({
      ...{ code: 'join-token-used', detail: 'Token shelf is for one machine, which it let in.' },
    });
    expect(joined()).toHaveLength(1);
  });

  it('lets nobody in under a name that is somebody else’s at the broker, and counts no use', async () => {
    await manager.close();
    const taken = (id: string) =>
      id === 'oakring'
        ? ({ code: 'node-id-taken', detail: 'It is.', field: 'node', value: id } as const)
        : null;
    manager = await startTestManager({ token: setting, ports, taken });
    const token = await given({ name: 'shelf' });
    expect(await join({ node: 'oakring', secret: newToken() }, token)).toMatchObject({
      ...{ status: 409, body: { code: 'node-id-taken', value: 'oakring' } },
    });
    expect(manager.projection.state.credentials.size).toBe(0);
    expect((await join({ node: 'n1', secret: newToken() }, token)).status).toBe(201);
  });

  it('renews a credential by the one before, which holds no more', async () => {
    const token = await given({ name: 'shelf' });
    const [old, next] = [newToken(), newToken()];
    await join({ node: 'n1', secret: old }, token);
    expect((await join({ node: 'n1', secret: next }, old)).status).toBe(201);
    expect(identities().stands('n1', hashOfToken(old))).toBe(false);
    expect(identities().stands('n1', hashOfToken(next))).toBe(true);
    expect((await join({ node: 'n1', secret: newToken() }, old)).status).toBe(401);
    expect(joined().map(({ by }) => by)).toEqual(['api/shelf', 'nodes/n1']);
  });

  it('tells a node who it is, and lets it do nothing else', async () => {
    const token = await given({ name: 'shelf' });
    const secret = newToken();
    await join({ node: 'n1', secret }, token);
    expect(await (await manager.get('/api/v1/whoami', as(secret))).json()).toMatchObject({
      ...{ name: 'nodes/n1', role: 'node', permissions: ['nodes:join'], expires: null },
    });
    const refused = await manager.get('/api/v1/jobs', as(secret));
    expect([refused.status, await refused.json()]).toMatchObject([
      403,
      { detail: expect.stringContaining('Node n1 has the role node') },
    ]);
    const other = await join({ node: 'n2', secret: newToken() }, secret);
    expect(other).toMatchObject({ status: 403, body: { code: 'forbidden', value: 'n2' } });
  });

  it('puts on record who was refused, gathered with others, and as which node', async () => {
    const token = await given({ name: 'shelf' });
    await join({ node: 'n1', secret: newToken() }, token);
    const from = '127.0.0.1';
    const request = 'POST /api/v1/joins';
    for (let count = 0; count < 30; count += 1) {
      expect((await join({ node: 'n2', secret: newToken() }, token)).status).toBe(403);
    }
    expect((await join({ node: 'n1', secret: newToken() }, setting)).status).toBe(409);
    await ports.advance(1_000);
    // It is written by a queue of its own.
    await manager.submit({ type: 'RevokeToken', name: 'nobody' });
    const recorded = told.filter(({ type }) => type === 'RequestsRefused');
    expect(recorded).toMatchObject([{ data: { unauthorized: 0, forbidden: 31 } }]);
    const [{ data } = { data: null }] = recorded;
    const { shown } = data as unknown as { shown: object[] };
    expect(shown).toHaveLength(20);
    expect(shown[0]).toEqual({ code: 'join-token-used', request, from, name: 'shelf', node: 'n2' });
  });

  it('asks for what its registration was answered with, of one that is a node already', async () => {
    await manager.submit(registerNode('n1'));
    const token = await given({ name: 'shelf', uses: 9 });
    const asked = { node: 'n1', secret: newToken() };
    const stolen = await join(asked, token);
    expect(stolen).toMatchObject({ status: 409, body: { code: 'node-id-taken', value: 'n1' } });
    const proven = { ...asked, registrationToken: 'token-of-n1' };
    expect((await join(proven, token)).status).toBe(201);
  });

  it('lets in as many as may be nodes', async () => {
    const small = await startTestManager({ token: setting, ports, maxNodes: 1 });
    const ask = (node: string, secret: string) => join({ node, secret }, setting, small);
    const secret = newToken();
    expect((await ask('n1', secret)).status).toBe(201);
    expect(await ask('n2', newToken())).toMatchObject({
      status: 409,
      body: { code: 'too-many-nodes' },
    });
    expect((await join({ node: 'n1', secret: newToken() }, secret, small)).status).toBe(201);
    await small.close();
  });

  it('signs a certificate where the manager can, and says so where it cannot', async () => {
    const csr = '-----BEGIN CERTIFICATE REQUEST-----';
    const token = await given({ name: 'shelf', uses: 9 });
    expect(await join({ node: 'n1', secret: newToken(), csr }, token)).toMatchObject({
      status: 409,
      body: { code: 'no-certificate-authority', field: 'csr' },
    });
    expect(joined()).toEqual([]);
    const endsAt = '2027-01-01T00:00:00.000Z';
    const signing = await startTestManager({
      ...{ token: setting, ports },
      certificateAuthority: {
        sign: async (request, node) => ({ certificate: `${node}: ${request}`, ca: 'ca', endsAt }),
      },
    });
    expect(await join({ node: 'n1', secret: newToken(), csr }, setting, signing)).toMatchObject({
      status: 201,
      body: { certificate: { certificate: `n1: ${csr}`, ca: 'ca', endsAt } },
    });
    await signing.close();
  });
});

describe('DELETE /api/v1/nodes/{id}/credential', () => {
  it('ends the credential at once; a node shows that, and since when', async () => {
    await manager.submit(registerNode('n1'));
    const secret = newToken();
    await join({ node: 'n1', secret }, setting);
    const shown = async () => (await manager.get('/api/v1/nodes/n1')).json();
    expect(await shown()).toMatchObject({
      credential: { status: 'holds', joinedBy: 'api/token', labels: null, revoked: null },
    });
    const revoked = await manager.send('DELETE', '/api/v1/nodes/n1/credential');
    expect([revoked.status, await revoked.json()]).toEqual([200, { id: 'n1', position: 3 }]);
    expect(identities().ofSecret('n1', Buffer.from(secret))).toBe('revoked');
    expect(identities().hasJoined('n1')).toBe(true);
    expect(await shown()).toMatchObject({
      credential: { status: 'revoked', revokedBy: 'api/token' },
    });
    const late = await join({ node: 'n1', secret: newToken() }, secret);
    expect(late).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });
});

describe('A manager that does not lead', () => {
  it('passes on who joins, by a token or by the secret of a node', async () => {
    const own = { leading: true, leader: '' };
    const proof = () => ClusterProof.of(setting, Buffer.alloc(32, 7), systemPorts());
    const leader = await startTestManager({
      ...{ token: setting, ports, leadership: { status: own, processes: [] } },
      proof: await proof(),
    });
    own.leader = leader.url;
    const status = { leading: false, leader: leader.url };
    const follower = await startTestManager({
      ...{ token: setting, ports, leadership: { status, processes: [] } },
      proof: await proof(),
    });
    const [token, secret] = [newToken(), newToken()];
    const both = [leader, follower];
    // Each folds its own ledger here: as if the one had read it of the other.
    for (const one of both) {
      await one.submit({
        ...({ type: 'GrantToken', name: 'shelf', role: 'join', nodes: null } as const),
        ...{ hash: hashOfToken(token), expiresAt: ports.clock.wallMs() + hourMs },
        joins: { uses: 1 },
      });
    }
    expect((await join({ node: 'n1', secret }, token, follower)).status).toBe(201);
    expect(leader.projection.state.tokens.get('shelf')?.joins?.used).toBe(1);
    expect(follower.projection.state.credentials.size).toBe(0);
    const known = { hash: hashOfToken(secret), registrationToken: 'absent' } as const;
    await follower.submit({ type: 'JoinNode', node: 'n1', ...known });
    const next = newToken();
    expect((await join({ node: 'n1', secret: next }, secret, follower)).status).toBe(201);
    expect(identities(leader).stands('n1', hashOfToken(next))).toBe(true);
    await follower.close();
    await leader.close();
  });
});
