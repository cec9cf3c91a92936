import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import { startTestManager, type TestManager } from './testing/test-manager.js';

const setting = 'the token of the setting';
/** Of the setting's and of programs ten times as many: 200 at once and 20 a second. */
const requestsPerSecond = 2;

describe('An identity that sends too many requests', () => {
  const ports = simulatedPorts();
  let manager: TestManager;
  let operator: string;
  beforeEach(async () => {
    manager = await startTestManager({ token: setting, requestsPerSecond, ports });
    const body = { name: 'anna', role: 'operator' };
    const answer = await manager.send('POST', '/api/v1/tokens', body);
    ({ token: operator } = (await answer.json()) as { token: string });
  });
  afterEach(() => manager.close());

  const ask = (token: string, path = '/api/v1/jobs') =>
    manager.get(path, { authorization: `Bearer ${token}` });

  async function statuses(count: number, asked: () => Promise<Response>): Promise<number[]> {
    const found: number[] = [];
    for (let number = 0; number < count; number += 1) found.push((await asked()).status);
    return found;
  }

  it('is answered 429 with when to come back, while others are answered', async () => {
    expect(await statuses(20, () => ask(operator))).toEqual(Array(20).fill(200));
    const refused = await ask(operator);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await refused.json()).toMatchObject({
      code: 'too-many-requests',
      detail: 'Token anna sent more than 2 requests a second, of 16 KiB each.',
    });
    expect((await ask(setting)).status).toBe(200);
    await ports.advance(1_000);
    expect(await statuses(3, () => ask(operator))).toEqual([200, 200, 429]);
  });

  it('is told in the metrics, and is never asked about health', async () => {
    await statuses(25, () => ask(operator));
    expect(await (await ask(setting, '/metrics')).text()).toContain(
      'oakring_http_refused_total{code="too-many-requests"} 5',
    );
    const health = await statuses(30, () => ask(operator, '/health/live'));
    expect(new Set(health)).toEqual(new Set([200]));
  });

  it('that is nobody here is told so no more', async () => {
    const found = await statuses(22, () => ask('a-guess'));
    expect(found).toEqual([...Array<number>(20).fill(401), 429, 429]);
    // It comes from the same address.
    expect((await ask(setting)).status).toBe(200);
  });

  it('is refused before its body is read', async () => {
    await statuses(20, () => ask(operator));
    const answer = await manager.send('POST', '/api/v1/jobs', '{ no JSON', {
      authorization: `Bearer ${operator}`,
    });
    expect(answer.status).toBe(429);
  });
});
