import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenRoles, type Role, type TokenRole } from '@oakring/contracts';
import { simulatedPorts, systemPorts } from '@oakring/ports';
import { hashOfToken, newToken } from '@oakring/host';
import { ClusterProof } from './forwarding/cluster-proof.js';
import { startTestManager, type TestManager } from './testing/test-manager.js';

/** What each role may, written down once more: whoever changes the table says so here as well. */
const may: Readonly<Record<Role, readonly string[]>> = {
  admin: [
    ...['cluster:read', 'cluster:metrics', 'cluster:import', 'jobs:read', 'jobs:write'],
    ...['jobs:logs', 'jobs:exec', 'nodes:read', 'nodes:write', 'nodes:register', 'nodes:join'],
    ...['ledger:read', 'ledger:write', 'ledger:cosign', 'access:read', 'access:write'],
    ...['secrets:read', 'secrets:write', 'secrets:use'],
  ],
  operator: [
    ...['cluster:read', 'cluster:metrics', 'cluster:import', 'jobs:read', 'jobs:write'],
    ...['jobs:logs', 'jobs:exec', 'nodes:read', 'nodes:write', 'nodes:register', 'nodes:join'],
    ...['ledger:read', 'secrets:read', 'secrets:write', 'secrets:use'],
  ],
  root: [
    ...['cluster:read', 'jobs:read', 'jobs:write', 'jobs:logs'],
    ...['secrets:read', 'secrets:write', 'secrets:use'],
  ],
  auditor: [
    ...['cluster:read', 'jobs:read', 'nodes:read', 'ledger:read', 'ledger:cosign', 'access:read'],
    'secrets:read',
  ],
  scheduler: ['nodes:read'],
  metrics: ['cluster:metrics'],
  join: ['nodes:join'],
  node: ['nodes:join'],
};
const limited = may.operator.filter((each) => !['cluster:import', 'nodes:register'].includes(each));

const setting = 'the token of the setting';
const hourMs = 3_600_000;
/** What goes on at once; each asks for itself. */
const atOnce = 16;

interface Credential {
  readonly called: string;
  /** The `Authorization` header; null: none. */
  readonly shows: string | null;
  /** Null: it is nobody's. */
  readonly may: readonly string[] | null;
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly needs: string;
  /** A manager that does not lead passes it on. */
  readonly isPassedOn: boolean;
}

interface Attempt extends Route {
  readonly by: Credential;
}

const ports = simulatedPorts();
const credentials: Credential[] = [];
let leader: TestManager;
let follower: TestManager;
let routes: Route[] = [];

async function started(leadership: { leading: boolean; leader: string }): Promise<TestManager> {
  return startTestManager({
    ...{ ports, token: setting, leadership: { status: leadership, processes: [] } },
    proof: await ClusterProof.of(setting, Buffer.alloc(32, 7), systemPorts()),
  });
}

beforeAll(async () => {
  const own = { leading: true, leader: '' };
  leader = await started(own);
  own.leader = leader.url;
  follower = await started({ leading: false, leader: leader.url });
  const grant = async (
    name: string,
    role: TokenRole,
    nodes: Record<string, string> | null = null,
  ) => {
    const token = newToken();
    const expiresAt = ports.clock.wallMs() + (name === 'expired' ? 1 : hourMs);
    // Each folds its own ledger here: as if the one had read it of the other.
    for (const manager of [leader, follower]) {
      const hash = hashOfToken(token);
      await manager.submit({ type: 'GrantToken', name, role, hash, expiresAt, nodes });
      if (name === 'revoked') await manager.submit({ type: 'RevokeToken', name });
    }
    return `Bearer ${token}`;
  };
  const join = async (node: string, isRevoked: boolean) => {
    const secret = newToken();
    for (const manager of [leader, follower]) {
      const hash = hashOfToken(secret);
      await manager.submit({ type: 'JoinNode', node, hash, registrationToken: 'absent' });
      const order = { do: 'revoke', reason: 'r' } as const;
      if (isRevoked) await manager.submit({ type: 'OrderNode', id: node, order });
    }
    return `Bearer ${secret}`;
  };
  for (const role of tokenRoles) {
    credentials.push({ called: role, shows: await grant(`a-${role}`, role), may: may[role] });
  }
  credentials.push({ called: 'node', shows: await join('n1', false), may: may.node });
  const revokedNode = await join('n2', true);
  const ofZone = await grant('anna', 'operator', { zone: 'a' });
  const bearer = `Bearer ${setting}`;
  const cut = (await grant('cut', 'admin')).slice(0, -1);
  const bare = (await grant('bare', 'admin')).replace('Bearer ', '');
  const [expired, revoked] = [await grant('expired', 'admin'), await grant('revoked', 'admin')];
  await ports.advance(2);
  credentials.push(
    { called: 'an operator of some nodes', shows: ofZone, may: limited },
    { called: 'the setting', shows: bearer, may: may.admin },
    { called: 'nobody', shows: null, may: null },
    { called: 'a revoked node', shows: revokedNode, may: null },
    { called: 'an expired admin', shows: expired, may: null },
    { called: 'a revoked admin', shows: revoked, may: null },
    { called: 'an admin of another cluster', shows: `Bearer ${newToken()}`, may: null },
    { called: 'an admin whose token was cut', shows: cut, may: null },
    { called: 'an admin without a scheme', shows: bare, may: null },
    { called: 'an admin by another scheme', shows: `Basic ${bare}`, may: null },
    { called: 'a guess at the setting', shows: `${bearer}s`, may: null },
    { called: 'the hash of a token', shows: `Bearer ${hashOfToken(bare)}`, may: null },
    { called: 'an empty token', shows: 'Bearer ', may: null },
  );
  routes = await routesOf(leader);
});
afterAll(async () => {
  await follower.close();
  await leader.close();
});

async function routesOf(manager: TestManager): Promise<Route[]> {
  interface Operation {
    readonly 'x-oakring-needs': string;
    readonly 'x-oakring-answered-by': string;
  }
  type Operations = Record<string, Record<string, Operation>>;
  const { paths } = (await (await manager.get('/api/docs-json')).json()) as { paths: Operations };
  const declared = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), needs: operation['x-oakring-needs'] },
      isPassedOn: operation['x-oakring-answered-by'] === 'leader',
      path: path.replaceAll(/\{\w+\}/g, '7'),
    })),
  );
  // What is not there is told to whoever is known, and to nobody else.
  const absent = ['/', '/api/v1', '/api/v1/tokens/7/secret', '/metricsx', '/healthy']
    .map((path) => ({ method: 'GET', path, needs: 'known', isPassedOn: false }))
    .concat({ method: 'POST', path: '/api/v1/whoami', needs: 'known', isPassedOn: false });
  return [...declared, ...absent];
}

/** 401 and 403 are what the guard says; anything else is what it let pass has said. */
function expected({ needs, by }: Attempt): 'passes' | 401 | 403 {
  if (needs === 'nothing' || needs === 'oakestra') return 'passes';
  if (by.may === null) return 401;
  return needs === 'known' || by.may.includes(needs) ? 'passes' : 403;
}

async function outcome(url: string, { method, path, by }: Attempt): Promise<'passes' | number> {
  const leaving = new AbortController();
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const answer = await fetch(`${url}${path}`, {
    method,
    signal: leaving.signal,
    headers: {
      ...(by.shows === null ? {} : { authorization: by.shows }),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
  });
  if (answer.status !== 401 && answer.status !== 403) {
    leaving.abort();
    return 'passes';
  }
  const problem = (await answer.json()) as { code: string; detail: string; remedy: string };
  const isUnknown = answer.status === 401;
  expect(problem.code).toBe(isUnknown ? 'unauthorized' : 'forbidden');
  if (!isUnknown)
    expect(problem.detail).toMatch(/(Token|Node) \S+ has the role \w+.* it takes \w+:\w+/);
  expect(problem.remedy).toContain('oakring token create');
  expect(answer.headers.get('www-authenticate')).toBe(isUnknown ? 'Bearer realm="oakring"' : null);
  return answer.status;
}

/** Those that ended otherwise than they should. */
async function wronglyAnswered(url: string, tried: readonly Route[]): Promise<string[]> {
  const attempts = tried.flatMap((route) => credentials.map((by) => ({ ...route, by })));
  const wrong: string[] = [];
  const one = async (): Promise<void> => {
    for (let next = attempts.pop(); next !== undefined; next = attempts.pop()) {
      const [is, should] = [await outcome(url, next), expected(next)];
      const { method, path, by } = next;
      if (is !== should) wrong.push(`${method} ${path} by ${by.called}: ${is}, not ${should}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return wrong;
}

describe('Every route, tried with every credential,', () => {
  it('lets in who may, and nobody else, at the manager that leads', async () => {
    expect(routes.length * credentials.length).toBeGreaterThan(1_000);
    expect(await wronglyAnswered(leader.url, routes)).toEqual([]);
  });

  it('does so at one that passes it on', async () => {
    const passedOn = routes.filter(({ isPassedOn }) => isPassedOn);
    expect(passedOn.length).toBeGreaterThan(20);
    expect(await wronglyAnswered(follower.url, passedOn)).toEqual([]);
  });

  it('changes nothing where it is refused, and nothing that is not well-formed', () => {
    const { jobs, nodes, tokens } = leader.projection.state;
    expect([jobs.size, nodes.size]).toEqual([0, 0]);
    expect(tokens.size).toBe(tokenRoles.length + 5);
  });
});
