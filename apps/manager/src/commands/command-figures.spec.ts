import { describe, expect, it } from '@jest/globals';
import { MemoryEventLog } from '@oakring/stores';
import type { Commit } from '@oakring/events';
import { simulatedPorts } from '@oakring/ports';
import { ClusterState } from '@oakring/model';
import { byTest, submitJob } from '../testing/given.js';
import { Projection } from '../views/projection.js';
import { CommandFigures } from './command-figures.js';
import { CommandWriter } from './writer.js';

function writing() {
  const ports = simulatedPorts();
  /** Each append takes 200 ms. */
  class SlowLog extends MemoryEventLog {
    isBroken = false;

    override async append(commit: Commit) {
      await ports.advance(200);
      if (this.isBroken) return { status: 'unavailable', reason: 'the disk is full' } as const;
      return super.append(commit);
    }
  }
  const log = new SlowLog();
  const figures = new CommandFigures();
  const projection = new Projection(new ClusterState(false), ports);
  const tenure = { epoch: 1, isHeld: true };
  const writer = new CommandWriter(log, projection, tenure, ports, () => {}, figures);
  const outcomes = (): object =>
    Object.fromEntries(
      Array.from(figures.outcomes())
        .filter(([count]) => count > 0)
        .map(([count, ...labels]) => [labels.join(' '), count]),
    );
  return { log, figures, writer, outcomes };
}

describe('What the writer counts', () => {
  it('is each command by its type and what became of it', async () => {
    const { log, writer, outcomes } = writing();
    const scale = (count: number) => ({ type: 'ScaleJob', id: 'j', count }) as const;
    await writer.submit(submitJob('j'), byTest);
    await writer.submit(scale(1), byTest);
    await writer.submit({ type: 'ScaleJob', id: 'unknown', count: 1 }, byTest);
    log.isBroken = true;
    await expect(writer.submit(scale(4), byTest)).rejects.toMatchObject({
      code: 'log-unavailable',
    });
    await writer.stop();
    await expect(writer.submit(scale(5), byTest)).rejects.toMatchObject({ code: 'shutting-down' });
    expect(outcomes()).toEqual({
      'SubmitJob accepted': 1,
      'ScaleJob unchanged': 1,
      'ScaleJob refused': 1,
      'ScaleJob failed': 2,
    });
  });

  it('is what an append takes, and a command with it', async () => {
    const { figures, writer } = writing();
    await writer.submit(submitJob('j'), byTest);
    expect(figures.appending).toMatchObject({ count: 1, sum: 0.2 });
    expect(figures.answering).toMatchObject({ count: 1, sum: 0.2 });
    // Time stands still while it is decided here.
    expect(figures.deciding).toMatchObject({ count: 1, sum: 0 });
  });
});
