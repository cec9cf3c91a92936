import { afterEach, describe, expect, it } from '@jest/globals';
import { OakringError } from '@oakring/contracts';
import { simulatedPorts, systemPorts } from '@oakring/ports';
import type { CommandQueue } from '../../commands/command.js';
import { startTestManager, type TestManager } from '../testing/test-manager.js';
import { ClusterProof } from './cluster-proof.js';

const serviceRules = {
  ...{ clusterName: 'edge', clusterPlace: null, cpuOvercommit: null, lostAfterMs: 20_000 },
  unkept: 'place',
} as const;
const service = { job_name: 'app.ns.web.ns', image: 'docker.io/x:1', virtualization: 'docker' };
const path = '/api/service/5f0c7a1b2c3d4e5f60718293/4';
const nobody = 'http://127.0.0.1:9';

const managers: TestManager[] = [];
afterEach(async () => {
  for (const manager of managers.splice(0)) await manager.close();
});
async function started(...options: Parameters<typeof startTestManager>): Promise<TestManager> {
  const manager = await startTestManager(...options);
  managers.push(manager);
  return manager;
}

/** The answer to a root's order, and how long it took in simulated time; `meanwhile` is told how many looks were had. */
async function answered(
  manager: TestManager,
  ports: ReturnType<typeof simulatedPorts>,
  meanwhile: (looks: number) => void = () => {},
) {
  let isOver = false;
  const asking = manager.send('POST', path, service).finally(() => (isOver = true));
  const sinceMs = ports.clock.monotonicMs();
  for (let looks = 0; !isOver; looks += 1) {
    meanwhile(looks);
    await ports.advance(100);
    // Its attempts ask over real sockets.
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
  return { answer: await asking, tookMs: ports.clock.monotonicMs() - sinceMs };
}

/** Decides nothing for so many times. */
function lateQueue(times: number): { readonly queue: CommandQueue; attempts: number } {
  const late = {
    attempts: 0,
    queue: {
      submit: async () => {
        late.attempts += 1;
        if (late.attempts > times) return { status: 'accepted', answer: null };
        throw new OakringError({ code: 'log-unavailable', detail: 'The store is away.' });
      },
    } as unknown as CommandQueue,
  };
  return late;
}

describe('An order of a root, which never asks again,', () => {
  it('is attempted until it can be decided', async () => {
    const ports = simulatedPorts();
    const late = lateQueue(3);
    const manager = await started({ serviceRules, ports, queue: late.queue });
    const { answer } = await answered(manager, ports);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(late.attempts).toBe(4);
    const end = await fetch(`${manager.url}${path}`, { method: 'DELETE' });
    expect(end.status).toBe(200);
  });

  it('is refused before its caller has given up', async () => {
    const ports = simulatedPorts();
    const { queue } = lateQueue(Infinity);
    const manager = await started({ serviceRules, ports, queue });
    const { answer, tookMs } = await answered(manager, ports);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'log-unavailable' }]);
    expect(tookMs).toBeLessThan(8_000);
  });

  it('is refused before that as well where it came to one that knows of no leader', async () => {
    const ports = simulatedPorts();
    const late = lateQueue(Infinity);
    const follower = await started({
      ...{ serviceRules, ports, token: 'open-sesame', queue: late.queue },
      leadership: { status: { leading: false, leader: null }, processes: [] },
      proof: await ClusterProof.of('open-sesame', Buffer.alloc(32, 7), systemPorts()),
    });
    const { answer, tookMs } = await answered(follower, ports);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'not-leading' }]);
    expect([tookMs < 8_000, late.attempts]).toEqual([true, 0]);
  });

  it('is passed on to whoever leads by then', async () => {
    const token = 'open-sesame';
    const secret = Buffer.alloc(32, 7);
    const proofOf = () => ClusterProof.of(token, secret, systemPorts());
    const own = { leading: true, leader: '' };
    const leader = await started({
      ...{ serviceRules, token, leadership: { status: own, processes: [] } },
      proof: await proofOf(),
    });
    own.leader = leader.url;
    const ports = simulatedPorts();
    const lease: { leading: boolean; leader: string | null } = { leading: false, leader: null };
    const follower = await started({
      ...{ serviceRules, ports, token, leadership: { status: lease, processes: [] } },
      ...{ proof: await proofOf(), queue: lateQueue(Infinity).queue },
    });
    const { answer } = await answered(follower, ports, (looks) => {
      // First nobody, then one that has just gone.
      if (looks === 5) lease.leader = nobody;
      if (looks === 10) lease.leader = leader.url;
    });
    expect(answer.status).toBe(200);
    expect([...leader.projection.state.instances.entries()].map(([key]) => key)).toEqual([
      '5f0c7a1b2c3d4e5f60718293/4',
    ]);
  });

  it('is the only one: whoever may ask again is told so at once', async () => {
    const late = lateQueue(Infinity);
    const manager = await started({ serviceRules, queue: late.queue });
    const job = { name: 'web', image: 'web:1', technology: 'docker' };
    expect((await manager.send('POST', '/api/v1/jobs', job)).status).toBe(503);
    expect(late.attempts).toBe(1);
  });
});
