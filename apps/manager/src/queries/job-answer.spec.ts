import { describe, expect, it } from '@jest/globals';
import { lose, running, type Given } from '../testing/given.js';
import { jobAnswer } from './job-answer.js';

function shown(cluster: Given) {
  const job = cluster.state.jobs.get('j');
  if (job === undefined) throw new Error('there is no job j');
  return jobAnswer(cluster.state, job).instances[0];
}

function silence(cluster: Given, ...steps: ('silent' | 'disconnected' | 'lost')[]): void {
  for (const seen of ['silent', ...steps] as const) {
    const about = { type: 'ObserveNode', nodeId: 'a', incarnation: 1 } as const;
    cluster.when({ ...about, seen, reason: 'no message for 6 s' });
  }
}

describe('An instance whose node is silent', () => {
  it.each([
    [{ lostAfterMs: 500 }, 'it is replaced after 0.5 s of that'],
    [{ lostAfterMs: null }, 'it is waited for'],
    [{ replace: false }, 'it counts as lost after 30 s of that'],
    [
      { stopOnWorkerAfterMs: 10_000 },
      'it is replaced after 30 s of that, once its worker must have ended it (10 s cut off)',
    ],
  ])('says what will become of it (%j)', (onDisconnect, follows) => {
    const cluster = running({ onDisconnect }, 'a');
    silence(cluster);
    expect(shown(cluster)).toMatchObject({
      status: 'running',
      reason: `node a is suspect: no message for 6 s; ${follows}`,
    });
  });

  it('is unknown once the node is disconnected: nobody can tell whether it runs', () => {
    const cluster = running({}, 'a');
    silence(cluster, 'disconnected');
    expect(shown(cluster)?.status).toBe('unknown');
    expect(shown(cluster)?.reason).toContain('node a is disconnected');
  });

  it('is pending once it is lost, and names what may run still', () => {
    const cluster = running({}, 'a');
    lose(cluster, 'a');
    expect(shown(cluster)).toMatchObject({
      status: 'pending',
      replaces: [{ nodeId: 'a', generation: 1 }],
    });
  });
});
