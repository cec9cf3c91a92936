import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Ack, Control } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { Leases } from '../lease/leases.js';
import { nothingRemembered } from '../memory/worker-store.port.js';
import { SimulatedRuntime } from '../runtimes/simulated.runtime.js';
import { Instances } from './instances.js';

let ports: SimulatedPorts;
let instances: Instances;
let news: string[];
let said: Omit<Ack, 'incarnation'>[];

beforeEach(() => {
  ports = simulatedPorts();
  news = [];
  said = [];
  instances = new Instances({
    allowed: {},
    node: 'n1',
    runtimes: [new SimulatedRuntime(0, ports)],
    ports,
    leases: new Leases(ports.clock),
    before: nothingRemembered,
    keep: async () => {},
    acknowledge: (ack) => said.push(ack),
    news: (kind, { reason }) => news.push(reason === null ? kind : `${kind} (${reason})`),
    needsGrant: () => {},
  });
});

describe('Instances of a job with checks', () => {
  it('say how they do, since when, and why', async () => {
    await instances.obey(order({ healthyAfterMs: 4_000, unhealthyAfterMs: 10_000 }));
    expect(health()).toEqual({ status: 'starting', reason: null, forMs: 0 });
    await ports.advance(8_000);
    expect(health()).toMatchObject({ status: 'healthy', reason: null });
    await ports.advance(8_000);
    const reason = 'health check failed twice: told to be well for 10000 ms';
    expect(health()).toMatchObject({ status: 'unhealthy', reason });
    expect(news).toEqual(['started', 'healthy', `unhealthy (${reason})`]);
  });

  it('run on, however unhealthy they are: who ordered them ends them', async () => {
    await instances.obey(order({ unhealthyAfterMs: 0 }));
    await ports.advance(600_000);
    expect(health()).toMatchObject({ status: 'unhealthy' });
    expect(instances.list()).toMatchObject([{ status: 'running', reason: null }]);
    await instances.obey({ ...order({}), command: 'delete', commandId: 'd1' });
    expect(instances.list()).toEqual([]);
  });

  it('of a job without any say nothing', async () => {
    const { health: _health, ...job } = order({}).job;
    await instances.obey({ ...order({}), job: { ...job, id: 'web' } });
    await ports.advance(60_000);
    expect(health()).toBeNull();
    expect(news).toEqual(['started']);
  });

  it('are not looked at once they have ended', async () => {
    await instances.obey(order({ unhealthyAfterMs: 5_000 }, { runMs: 3_000, exit: 'failed' }));
    await ports.advance(60_000);
    expect(news).toEqual(['started', 'healthy', 'failed (told to have failed)']);
    expect(health()).toBeNull();
  });
});

function health() {
  return instances.list()[0]?.health;
}

function order(script: object, more: object = {}): Control {
  return {
    command: 'deploy',
    job: {
      id: 'web',
      name: 'web',
      image: 'x',
      technology: 'simulated',
      health: { tcp: { port: 80 }, intervalMs: 2_000, retries: 2, startPeriodMs: 5_000 },
      simulate: { health: script, ...more },
    },
    commandId: 'c1',
    instance: 0,
    generation: 1,
    attempt: 1,
    epoch: 1,
    expiresAt: '2026-01-01T00:05:00.000Z',
  };
}
