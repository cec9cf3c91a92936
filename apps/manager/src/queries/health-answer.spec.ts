import { describe, expect, it } from '@jest/globals';
import type { HealthStatus } from '@oakring/contracts';
import { report, running, type Given } from '../testing/given.js';
import { jobAnswer, jobSummary } from './job-answer.js';
import { takeCensus } from './metrics/census.js';
import { nodeAnswer } from './node-answer.js';

function checked(is: HealthStatus | null): Given {
  const cluster = running({ count: 2, health: { tcp: { port: 80 } } }, 'a', 'b');
  if (is !== null) cluster.when(report('a', { 'j/0/1': 'running' }, { health: is }));
  return cluster;
}

function jobOf({ state }: Given) {
  const job = state.jobs.get('j');
  if (job === undefined) throw new Error('there is no job j');
  return job;
}

const telemetry = { latest: () => null, lastSeenMs: () => null, shedOf: () => 0 };

describe('The health of instances', () => {
  it('is shown with each that has checks and runs, and since when it is so', () => {
    const unhealthy = checked('unhealthy');
    const [first, second] = jobAnswer(unhealthy.state, jobOf(unhealthy)).instances;
    expect(first?.health).toMatchObject({ status: 'unhealthy', reason: 'ill' });
    expect(Date.parse(first?.health?.since ?? '')).toBeGreaterThan(0);
    expect(second?.health).toMatchObject({ status: 'starting', reason: null });
  });

  it('is not shown where nothing is looked at, nor where nobody hears the node', () => {
    const plain = running({ count: 1 }, 'a');
    const silent = checked('healthy');
    for (const seen of ['silent', 'disconnected'] as const) {
      const about = { type: 'ObserveNode', nodeId: 'a', incarnation: 1 } as const;
      silent.when({ ...about, seen, reason: 'silent' });
    }
    for (const cluster of [plain, silent]) {
      expect(jobAnswer(cluster.state, jobOf(cluster)).instances[0]).not.toHaveProperty('health');
    }
    expect(jobSummary(plain.state, jobOf(plain))).not.toHaveProperty('health');
  });

  it('is counted in a list of jobs, on a node, and in the metrics', () => {
    const cluster = checked('unhealthy');
    expect(jobSummary(cluster.state, jobOf(cluster)).health).toEqual({ unhealthy: 1, starting: 1 });
    const node = cluster.state.nodes.get('a');
    const view = { state: cluster.state, telemetry } as unknown as Parameters<typeof nodeAnswer>[1];
    expect(node && nodeAnswer(node, view)).toMatchObject({ instances: 1, unhealthy: 1 });
    const { health } = takeCensus({
      ...{ state: cluster.state, telemetry, unexpectedSince: () => 0 },
    });
    expect(health).toEqual(new Map(Object.entries({ healthy: 0, unhealthy: 1 })));
  });
});
