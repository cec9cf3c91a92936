import { afterEach, describe, expect, it } from '@jest/globals';
import { systemPorts } from '@oakring/ports';
import { eventLine } from '../testing/answers.js';
import { fakeManager, type FakeManager, type Route } from '../testing/fake-manager.js';
import { followEvents } from './follow-events.js';
import { managerClient } from './manager-client.js';

const ports = systemPorts();
const managers: FakeManager[] = [];
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.close()));
});

async function managerWith(route: Route, port?: number): Promise<FakeManager> {
  const manager = await fakeManager({ 'GET /api/v1/events': route }, port);
  managers.push(manager);
  return manager;
}

interface Listener {
  onAway?(reason: string): void;
  onEvent?(address: string): void;
}

/** Follows until `count` events were read. */
async function follow(url: string, count: number, listener: Listener = {}): Promise<string[]> {
  const ending = new AbortController();
  const addresses: string[] = [];
  const client = managerClient({ url, token: null }, ports);
  const following = { ports, signal: ending.signal, ...listener };
  for await (const { event } of followEvents(client, { from: 1, follow: true }, following)) {
    addresses.push(`${event.position}/${event.index}`);
    listener.onEvent?.(`${event.position}/${event.index}`);
    if (addresses.length === count) ending.abort();
  }
  return addresses;
}

describe('following the events', () => {
  it('goes on after the last event that was read when the stream ends', async () => {
    const manager = await managerWith((_, answer, before) => {
      if (before === 0) {
        answer.lines([eventLine(1, 0, 'A'), eventLine(2, 0, 'B'), eventLine(2, 1, 'C')]);
        return answer.end();
      }
      // `from` is inclusive: the whole commit comes again.
      answer.lines([eventLine(2, 0, 'B'), eventLine(2, 1, 'C'), eventLine(2, 2, 'D')]);
      answer.lines([eventLine(3, 0, 'E')]);
    });
    expect(await follow(manager.url, 5)).toEqual(['1/0', '2/0', '2/1', '2/2', '3/0']);
    expect(manager.asked.map(({ url }) => url)).toEqual([
      '/api/v1/events?from=1&follow=true',
      '/api/v1/events?from=2&follow=true',
    ]);
  });

  it('survives a manager that is cut off, away, shutting down, and back', async () => {
    const first = await managerWith((_, answer) => answer.lines([eventLine(1, 0, 'A')]));
    const port = Number(new URL(first.url).port);
    const reasons: string[] = [];
    const back: Route = (_, answer, before) => {
      if (before === 0) answer.problem('shutting-down', 'The manager is shutting down.');
      else answer.lines([eventLine(2, 0, 'B')]);
    };
    const addresses = await follow(first.url, 2, {
      onEvent: (address) => {
        if (address === '1/0') void first.close();
      },
      onAway: (reason) => {
        reasons.push(reason);
        // Cut off, then found away once: now it comes back.
        if (reasons.length === 2) void managerWith(back, port);
      },
    });
    expect(addresses).toEqual(['1/0', '2/0']);
    expect(reasons.join('\n')).toMatch(/ECONNREFUSED[^]*shutting down/);
  });

  it('gives up at once where nothing ever answered', async () => {
    const manager = await managerWith(() => {});
    await manager.close();
    await expect(follow(manager.url, 1)).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it('gives up when the manager refuses', async () => {
    const manager = await managerWith((_, answer, before) => {
      if (before > 0) return answer.problem('log-truncated', 'The floor is 40.');
      answer.lines([eventLine(1, 0, 'A')]);
      answer.end();
    });
    await expect(follow(manager.url, 2)).rejects.toMatchObject({
      kind: 'refused',
      problem: { status: 410 },
    });
  });
});
