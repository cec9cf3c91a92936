import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestManager, type TestManager } from '../../http/testing/test-manager.js';

const body = {
  ...{ id: '', host: 'edge', ip: '10.0.0.7', port: '3000', vcpus: 4, memory: 3_000 },
  ...{ architecture: 'amd64', virtualization: ['docker'], supported_addons: [7, 'x'] },
  system_info: { full_stats: JSON.stringify({ hostid: 'a' }) },
  network_info: { eth0: '52:54:00:00:00:01' },
};
const path = '/api/node/register';

let manager: TestManager;
afterEach(() => manager.close());

const register = async (changes: object = {}) => {
  const answer = await manager.send('POST', path, { ...body, ...changes });
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
};
const eventsOf = async (type: string) => {
  const answer = await manager.get(`/api/v1/events?type=${type}`);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line): unknown => JSON.parse(line));
};

describe('POST /api/node/register', () => {
  const open = { openWire: { hosts: [] }, brokerPort: () => 10_003 };

  it('answers 200 with the id and the port, both texts, and takes the node in', async () => {
    manager = await startTestManager(open);
    const { status, said } = await register();
    expect(status).toBe(200);
    expect(said).toEqual({
      ...{ id: expect.stringMatching(/^[0-9a-f]{24}$/), MQTT_BROKER_PORT: '10003' },
    });
    expect(manager.projection.state.nodes.get(String(said['id']))).toMatchObject({
      ...{ name: 'edge', dialect: 'oakestra', incarnation: 1, addons: ['x'] },
      ...{ technologies: ['docker'], architecture: 'amd64', status: 'ready' },
    });
    expect(manager.registered).toEqual([said['id']]);
    expect(manager.refused).toMatchObject([{ topic: `POST ${path}`, code: 'invalid-field' }]);
  });

  it('gives the same machine its id again, as its next start', async () => {
    manager = await startTestManager(open);
    const first = await register();
    expect(await register()).toEqual(first);
    expect(manager.projection.state.nodes.get(String(first.said['id']))?.incarnation).toBe(2);
  });

  it('takes twins for two nodes, also when they register at once', async () => {
    manager = await startTestManager(open);
    const twins = await Promise.all(
      [1, 2, 3].map((last) => {
        const network_info = { eth0: `52:54:00:00:00:0${last}` };
        return register({ ip: `10.0.0.${last}`, network_info });
      }),
    );
    expect(new Set(twins.map(({ said }) => said['id'])).size).toBe(3);
  });

  it('refuses a machine that is alive elsewhere, on record', async () => {
    manager = await startTestManager(open);
    const { said } = await register();
    manager.telemetry.lastSeenMs = () => Number.MAX_SAFE_INTEGER;
    const other = await register({ ip: '10.0.0.8' });
    expect(other).toMatchObject({ status: 409, said: { code: 'node-id-taken' } });
    expect(await eventsOf('NodeRegistrationRefused')).toMatchObject([
      { stream: `nodes/${said['id']}`, data: { ip: '10.0.0.8' } },
    ]);
  });

  it('says later while no broker listens: a worker that finds none ends', async () => {
    manager = await startTestManager({ ...open, brokerPort: () => null });
    expect(await register()).toMatchObject({ status: 503, said: { code: 'broker-unreachable' } });
    expect(manager.projection.state.nodes.size).toBe(0);
  });

  it.each([{ host: 7 }, { host: undefined }, { vcpus: '4' }, { memory: 1.5 }, { memory: null }])(
    'refuses %j with the member that is wrong',
    async (changes) => {
      manager = await startTestManager(open);
      expect(await register(changes)).toMatchObject({
        ...{ status: 400, said: { code: 'invalid-field', field: Object.keys(changes)[0] } },
      });
    },
  );

  it('is not there unless it is asked for', async () => {
    manager = await startTestManager({ brokerPort: () => 10_003 });
    expect(await register()).toMatchObject({ status: 404, said: { code: 'route-unknown' } });
  });

  it('needs no token, and is open to those that the settings name', async () => {
    manager = await startTestManager({ ...open, token: 't', openWire: { hosts: ['10.0.0.0/8'] } });
    const answer = (init: object) => fetch(`${manager.url}${path}`, init);
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    expect((await answer(init)).status).toBe(401);
    await manager.close();
    manager = await startTestManager({ ...open, token: 't', openWire: { hosts: ['127.0.0.1'] } });
    expect((await answer(init)).status).toBe(200);
  });
});
