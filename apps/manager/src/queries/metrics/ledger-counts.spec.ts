import { describe, expect, it } from '@jest/globals';
import { MemoryEventLog } from '@oakring/stores';
import { simulatedPorts } from '@oakring/ports';
import { ClusterState } from '@oakring/model';
import type { Command } from '../../commands/command.js';
import { CommandWriter } from '../../commands/writer.js';
import { ack, byTest, plan, ready, submitJob } from '../../testing/given.js';
import { Projection } from '../../views/projection.js';
import { LedgerCounts } from './ledger-counts.js';

async function counting(leading = true) {
  const ports = simulatedPorts();
  const projection = new Projection(new ClusterState(false), ports);
  const status = { leading, leader: null };
  const counts = new LedgerCounts(projection, { status }, ports);
  const tenure = { epoch: 1, isHeld: true };
  const writer = new CommandWriter(new MemoryEventLog(), projection, tenure, ports, () => {});
  const when = (command: Command) => writer.submit(command, byTest);
  for (const command of ready('a')) await when(command);
  const newest = (): string => [...projection.state.commands.values()].at(-1)?.id ?? '';
  /** The newest order is answered so. */
  const answer = async (phase: 'received' | 'succeeded'): Promise<void> => {
    await when(ack('a', newest(), phase));
  };
  return { ports, counts, when, answer, newest, status };
}

describe('What is counted as the views move', () => {
  it('is how long instances wait for a place, for its receipt, and until they run', async () => {
    const { ports, counts, when, answer } = await counting();
    await when(submitJob('j'));
    await ports.advance(3_000);
    await when(plan('j', 'a'));
    await ports.advance(500);
    await answer('received');
    await ports.advance(1_000);
    await answer('succeeded');
    expect(counts.placing).toMatchObject({ count: 1, sum: 3 });
    expect(counts.acknowledging).toMatchObject({ count: 1, sum: 0.5 });
    expect(counts.starting).toMatchObject({ count: 1, sum: 4.5 });
    expect(counts.placements).toBe(1);
  });

  it('is each instance that got no place, under a code that we know', async () => {
    const { counts, when } = await counting();
    await when(submitJob('j', { count: 3 }));
    await when({ type: 'RefusePlacement', id: 'j', code: 'no-capacity', detail: 'none' });
    await when({ type: 'RefusePlacement', id: 'j', code: 'made up', detail: 'other' });
    expect(Object.fromEntries(counts.refusals)).toEqual({ 'no-capacity': 3, other: 3 });
  });

  it('is each order that was sent again', async () => {
    const { counts, when, newest } = await counting();
    await when(submitJob('j'));
    await when(plan('j', 'a'));
    await when({ type: 'RecordDispatch', commandId: newest(), attempt: 2 });
    expect(counts.retries).toBe(1);
  });

  it('is, on a follower, what happened and nothing else', async () => {
    const { counts, when, answer } = await counting(false);
    await when(submitJob('j'));
    await when(plan('j', 'a'));
    await answer('succeeded');
    expect(counts.events.get('InstancesPlaced')).toBe(1);
    expect(counts).toMatchObject({ placements: 0, placing: { count: 0 }, starting: { count: 0 } });
  });

  it('goes on with what a follower saw begin, once it leads', async () => {
    const { ports, counts, when, answer, status } = await counting(false);
    await when(submitJob('j'));
    await ports.advance(2_000);
    status.leading = true;
    await when(plan('j', 'a'));
    await answer('succeeded');
    expect(counts.placing).toMatchObject({ count: 1, sum: 2 });
  });

  it('is over with the manager', async () => {
    const { counts, when } = await counting();
    counts.onModuleDestroy();
    await when(submitJob('j'));
    expect(counts.events.has('JobSubmitted')).toBe(false);
  });
});
