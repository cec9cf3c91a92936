import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestCertificates } from '@oakring/certificates/testing';
import type { TokenRole } from '@oakring/contracts';
import { hashOfToken, newToken, Trust } from '@oakring/host';
import { ShownCertificate } from '@oakring/http';
import { simulatedPorts, systemPorts } from '@oakring/ports';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startTestManager, type TestManager } from '../testing/test-manager.js';
import { ClusterProof } from './cluster-proof.js';

const token = 'open-sesame';
const document = { name: 'web', image: 'web:1', technology: 'docker', password: 'hunter2' };
const secret = Buffer.alloc(32, 7);

interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

interface Place {
  readonly url: string;
  /** All that arrived there: request lines, headers, bodies. */
  readonly heard: string[];
}

describe('A follower', () => {
  const cleanups: (() => unknown)[] = [];
  let leader: TestManager;
  let follower: TestManager;
  /** What the lease in the store says. */
  const lease = { leading: false, leader: '' };
  const ownStatus = { leading: true, leader: '' };

  beforeEach(async () => {
    leader = await startTestManager({
      token,
      leadership: { status: ownStatus, processes: [] },
      proof: await ClusterProof.of(token, secret, systemPorts()),
    });
    ownStatus.leader = leader.url;
    lease.leader = leader.url;
    follower = await startTestManager({
      token,
      leadership: { status: lease, processes: [] },
      proof: await ClusterProof.of(token, secret, systemPorts()),
    });
    cleanups.push(
      () => leader.close(),
      () => follower.close(),
    );
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  /** An address of an attacker, who answers as `answer` does. */
  async function attacker(answer: (path: string, init: Sent) => Promise<Response>): Promise<Place> {
    const heard: string[] = [];
    const listener: RequestListener = (request, response) => {
      void text(request).then(async (body) => {
        heard.push(`${request.method} ${request.url} ${request.rawHeaders.join(' ')} ${body}`);
        const { method = '', headers } = request;
        const type = { 'content-type': 'application/json' };
        const signature = headers['oakring-forwarded'];
        const signed =
          signature === undefined
            ? {}
            : {
                'oakring-forwarded': String(signature),
                'oakring-caller': String(headers['oakring-caller']),
              };
        const sent = { method, headers: { ...type, ...signed } };
        const answered = await answer(
          request.url ?? '',
          method === 'GET' ? sent : { ...sent, body },
        );
        const location = answered.headers.get('location');
        response.writeHead(answered.status, {
          'content-type': 'application/json',
          ...(location === null ? {} : { location }),
        });
        response.end(await answered.text());
      });
    };
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
  }

  it('forwards what only the leader can do', async () => {
    const answer = await follower.send('POST', '/api/v1/jobs?dryRun=false', document);
    expect(answer.status).toBe(201);
    expect((await follower.send('DELETE', '/api/v1/jobs/none')).status).toBe(404);
    expect((await follower.get('/api/v1/node-changes?since=0')).status).toBe(200);
    expect(leader.projection.state.jobs.size).toBe(1);
  });

  it.each(['x', `${'0'.repeat(32)}.${'0'.repeat(64)}.${'0'.repeat(64)}`])(
    'forwards also what says itself that it was forwarded: %s',
    async (forwarded) => {
      const headers = { 'oakring-forwarded': forwarded };
      expect((await follower.send('POST', '/api/v1/jobs', document, headers)).status).toBe(201);
      const read = await follower.get('/api/v1/node-changes?since=0', headers);
      expect(read.status).toBe(200);
      expect(leader.projection.state.jobs.size).toBe(1);
    },
  );

  it('sends no token, and nothing that can be sent again, to the leader itself', async () => {
    const sent: Record<string, string>[] = [];
    // Between the two, at the address that the leader gives as its own.
    const line = await attacker(async (path, init) => {
      if (init.method === 'POST') sent.push(init.headers);
      return fetch(`${leader.url}${path}`, init);
    });
    lease.leader = line.url;
    ownStatus.leader = line.url;
    expect((await follower.send('POST', '/api/v1/jobs', document)).status).toBe(201);
    expect(line.heard.join()).toContain('hunter2');
    expect(line.heard.join()).not.toContain(token);
    const [headers = {}] = sent;
    const body = JSON.stringify(document);
    const again = await fetch(`${leader.url}/api/v1/jobs`, { method: 'POST', headers, body });
    expect(again.status).toBe(401);
  });

  it.each([
    ['answers anything', async () => Response.json({ ticket: 'x', proof: 'y' })],
    ['refuses', async () => new Response('{}', { status: 401 })],
    ['is of another cluster', async () => Response.json((await stranger()).answer('x', 'y'))],
    ['asks the real leader', (path: string) => fetch(`${leader.url}${path}`)],
  ])('tells an address that %s nothing, whatever the lease says', async (_name, answer) => {
    const place = await attacker(answer);
    lease.leader = place.url;
    const refused = await follower.send('POST', '/api/v1/jobs', document);
    expect(refused.status).toBe(503);
    const problem = (await refused.json()) as { code: string; detail: string };
    expect(problem.code).toBe('not-leading');
    expect(problem.detail).toContain('Nothing was sent there');
    expect(place.heard).toHaveLength(1);
    expect(place.heard.join()).not.toMatch(/open-sesame|hunter2/);
    expect(leader.projection.state.jobs.size).toBe(0);
  });

  it('says so when nobody is there, and that nothing was done', async () => {
    lease.leader = 'http://127.0.0.1:9';
    const refused = await follower.send('POST', '/api/v1/jobs', document);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'not-leading' });
  });

  describe('says whose request it is, and', () => {
    const berlin = newToken();
    const headers = { authorization: `Bearer ${berlin}` };
    const grantAt = (manager: TestManager, role: TokenRole) =>
      manager.submit({
        ...({ type: 'GrantToken', name: 'berlin', role, hash: hashOfToken(berlin) } as const),
        ...{ expiresAt: Number.MAX_SAFE_INTEGER, nodes: null },
      });

    it('the leader has it on record', async () => {
      for (const manager of [leader, follower]) await grantAt(manager, 'root');
      const answer = await follower.send('POST', '/api/v1/jobs', { ...document, id: 'j' }, headers);
      expect(answer.status).toBe(201);
      expect(leader.projection.state.jobs.get('j')?.by).toBe('api/berlin');
    });

    it.each([
      ['a role that may less', 'metrics', 403],
      ['no such token', null, 401],
    ] as const)('is refused by a leader that knows of %s', async (_, role, status) => {
      // The follower reads behind.
      await grantAt(follower, 'admin');
      if (role !== null) await grantAt(leader, role);
      const refused = await follower.send('POST', '/api/v1/jobs', document, headers);
      expect(refused.status).toBe(status);
      expect(leader.projection.state.jobs.size).toBe(0);
    });

    it('is not told so by whoever asks', async () => {
      for (const manager of [leader, follower]) await grantAt(manager, 'root');
      const posing = { ...headers, 'oakring-caller': 'setting' };
      await follower.send('POST', '/api/v1/jobs', { ...document, id: 'j' }, posing);
      expect(leader.projection.state.jobs.get('j')?.by).toBe('api/berlin');
    });
  });

  it('passes nothing on to a leader whose certificate it does not believe', async () => {
    const [own, other] = [await TestCertificates.make(), await TestCertificates.make()];
    const shown = ShownCertificate.open(own.files, systemPorts().timers);
    const proof = () => ClusterProof.of(token, secret, systemPorts());
    const encrypted = await startTestManager({
      ...{ token, certificate: shown, proof: await proof() },
      leadership: { status: ownStatus, processes: [] },
    });
    ownStatus.leader = encrypted.url;
    lease.leader = encrypted.url;
    const believing = async (trust: Trust): Promise<TestManager> =>
      startTestManager({
        ...{ token, trust, proof: await proof() },
        leadership: { status: lease, processes: [] },
      });
    const [right, wrong] = [
      await believing(Trust.in(own.files.ca)),
      await believing(Trust.of(other.ca)),
    ];
    cleanups.push(
      ...[encrypted, right, wrong].map((manager) => () => manager.close()),
      ...[() => shown.stop(), () => own.remove(), () => other.remove()],
    );
    const refused = await wrong.send('POST', '/api/v1/jobs', document);
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'not-leading' }]);
    expect(encrypted.projection.state.jobs.size).toBe(0);
    expect((await right.send('POST', '/api/v1/jobs', document)).status).toBe(201);
    expect(encrypted.projection.state.jobs.size).toBe(1);
  });

  it('has to be told the token itself', async () => {
    const init = { method: 'DELETE', headers: { 'content-type': 'application/json' } };
    expect((await fetch(`${follower.url}/api/v1/jobs/j`, init)).status).toBe(401);
  });
});

describe('The proof of a manager', () => {
  it('is taken once, for one request, by the one who asked, and for ten seconds', async () => {
    const ports = simulatedPorts();
    const leader = await ClusterProof.of(token, secret, ports);
    const follower = await ClusterProof.of(token, secret, ports);
    const request = { method: 'POST', url: '/api/v1/jobs', caller: 'setting' };
    const signed = (): string => follower.sign(leader.answer('c', 'http://l').ticket, request, {});

    const used = signed();
    expect(leader.admits(used, { ...request, url: '/api/v1/nodes' })).toBe(false);
    expect(leader.admits(used, { ...request, method: 'PUT' })).toBe(false);
    expect(leader.admits(used, { ...request, caller: 'token 00' })).toBe(false);
    expect(follower.admits(used, request)).toBe(false);
    expect(leader.admits(used, request)).toBe(true);
    expect(leader.covers(used, {})).toBe(true);
    expect(leader.covers(used, { other: true })).toBe(false);
    expect(leader.admits(used, request)).toBe(false);

    const late = signed();
    await ports.advance(10_001);
    expect(leader.admits(late, request)).toBe(false);
    expect(leader.admits(signed(), request)).toBe(true);
    expect(leader.admits('', request)).toBe(false);
  });

  it('is none without the token, without the secret of the store, or at another address', async () => {
    const ports = simulatedPorts();
    const leader = await ClusterProof.of(token, secret, ports);
    const answer = leader.answer('c', 'http://leader');
    const others = [
      await ClusterProof.of('open-sesam', secret, ports),
      await ClusterProof.of(token, Buffer.alloc(32, 8), ports),
    ];
    expect(leader.ticketOf(answer, 'c', 'http://leader')).toBe(answer.ticket);
    expect(leader.ticketOf(answer, 'c', 'http://attacker')).toBeNull();
    expect(leader.ticketOf(answer, 'd', 'http://leader')).toBeNull();
    for (const other of others) expect(other.ticketOf(answer, 'c', 'http://leader')).toBeNull();
  });
});

function stranger(): Promise<ClusterProof> {
  return ClusterProof.of('another', Buffer.alloc(32, 9), systemPorts());
}
