import { describe, expect, it } from '@jest/globals';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import { CommandWriter } from '../../commands/writer.js';
import { catchUp } from '../../leadership/catch-up.js';
import { RemoteLog, SharedCommits } from '../../leadership/testing/shared-store.js';
import { byTest, submitJob } from '../../testing/given.js';
import { ClusterState } from '@oakring/model';
import { Projection } from '../../views/projection.js';
import { eventLines } from './event-lines.js';

describe('a stream of events on a follower', () => {
  it.each(['ndjson', 'sse'] as const)(
    'tells what the leader appended as soon as it is followed (%s)',
    async (format) => {
      const ports = simulatedPorts();
      const shared = new SharedCommits();
      const line = (): RemoteLog => new RemoteLog(shared, seededRandomness(1), ports.timers);
      const views = (): Projection => new Projection(new ClusterState(false), ports);
      const lease = { epoch: 1, isHeld: true };
      const leader = new CommandWriter(line(), views(), lease, ports, () => {});
      const log = line();
      const projection = views();
      const leaving = new AbortController();
      const lines = eventLines(
        {
          ...{ format, from: 1, knownIndex: -1, stream: null, types: null, by: null },
          ...{ follow: true, limit: Number.POSITIVE_INFINITY },
        },
        { log, projection, timers: ports.timers, signal: leaving.signal },
      );
      if (format === 'sse') expect((await lines.next()).value).toContain('following');
      for (const id of ['first', 'second']) {
        const next = lines.next();
        await leader.submit(submitJob(id), byTest);
        await catchUp(log, projection, 'here');
        expect((await next).value).toContain(`"jobs/${id}"`);
      }
      leaving.abort();
      expect(await lines.next()).toMatchObject({ done: true });
      await leader.stop();
    },
  );
});
