import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Ack, CommandKind, Control } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import type { AllowedToJobs } from '../allowed/allowances.js';
import { StartFailure } from '../runtimes/runtime.port.js';
import { ManualRuntime } from '../runtimes/testing/manual.runtime.js';
import { Leases } from '../lease/leases.js';
import { nothingRemembered } from '../memory/worker-store.port.js';
import { Instances } from './instances.js';

let ports: SimulatedPorts;
let runtime: ManualRuntime;
let instances: Instances;
let said: Omit<Ack, 'incarnation'>[];
let changes: number;

beforeEach(() => {
  ports = simulatedPorts();
  runtime = new ManualRuntime();
  said = [];
  changes = 0;
  instances = made();
});

function made(allowed: AllowedToJobs = {}): Instances {
  return new Instances({
    allowed,
    node: 'n1',
    runtimes: [runtime],
    ports,
    leases: new Leases(ports.clock),
    before: nothingRemembered,
    keep: async () => {},
    acknowledge: (ack) => said.push(ack),
    news: (kind) => {
      if (kind !== 'started') changes += 1;
    },
    needsGrant: () => {},
  });
}

describe('The instances of a worker', () => {
  it('acknowledge an order at once, and again when it is done', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    expect(told()).toEqual(['c1 received']);
    runtime.starts[0]?.succeed();
    await done;
    expect(told()).toEqual(['c1 received', 'c1 succeeded']);
    expect(statuses()).toEqual(['web/0/1 running']);
  });

  it('are told which one they are, and where', async () => {
    void instances.obey(order('deploy', 'c1'));
    expect(runtime.starts[0]?.instance.own).toEqual({
      ...{ OAKRING_JOB: 'web', OAKRING_INSTANCE: '0' },
      ...{ OAKRING_GENERATION: '1', OAKRING_NODE: 'n1' },
    });
  });

  it('are not started where a field of their job would be dropped', async () => {
    const job = { id: 'web', technology: 'simulated', image: 'web', args: ['-v'] };
    await instances.obey(order('deploy', 'c1', { job }));
    expect(said.at(-1)).toMatchObject({
      phase: 'failed',
      reason: 'this worker does not offer simulated:args, which the field args needs',
    });
    runtime.features = ['args'];
    void instances.obey(order('deploy', 'c2', { job, generation: 2 }));
    expect(runtime.starts).toHaveLength(1);
  });

  it('are not started where they ask for more than the owner of their machine allows', async () => {
    const job = { id: 'web', technology: 'simulated', image: 'web', ports: ['80'] };
    runtime.features = ['ports'];
    await instances.obey(order('deploy', 'c1', { job }));
    expect(said.at(-1)).toEqual({
      ...{ commandId: 'c1', generation: 1, phase: 'failed', fault: 'node' },
      reason:
        "not-allowed: this machine's owner lets no job have port 80, which is below 1024, (OAKRING_WORKER_LOW_PORTS)",
    });
    expect(runtime.starts).toHaveLength(0);
    instances = made({ lowPorts: true });
    void instances.obey(order('deploy', 'c2', { job, generation: 2 }));
    expect(runtime.starts).toHaveLength(1);
  });

  it('start once what is ordered twice, and answer both', async () => {
    const first = instances.obey(order('deploy', 'c1'));
    const second = instances.obey(order('deploy', 'c1', { attempt: 2 }));
    const other = instances.obey(order('deploy', 'c2'));
    runtime.starts[0]?.succeed();
    await Promise.all([first, second, other]);
    expect(runtime.starts).toHaveLength(1);
    expect(told()).toEqual([
      'c1 received',
      'c1 received',
      'c2 received',
      'c1 succeeded',
      'c2 succeeded',
    ]);
    await instances.obey(order('deploy', 'c1', { attempt: 3 }));
    expect(runtime.starts).toHaveLength(1);
    expect(told().slice(-2)).toEqual(['c1 received', 'c1 succeeded (it runs already)']);
  });

  it('tell with a failure what was printed before it, to whoever ordered and to whoever asks', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    const lastLines = ['no route to host'];
    runtime.exit(
      { job: 'web', instance: 0, generation: 1 },
      { status: 'failed', reason: 'exit code 7', lastLines },
    );
    runtime.starts[0]?.succeed();
    await done;
    expect(said.at(-1)).toMatchObject({ phase: 'failed', reason: 'exit code 7', lastLines });
    expect(instances.list()).toMatchObject([{ status: 'failed', lastLines }]);
  });

  it('tell nothing of what was printed where their machine’s owner keeps that there', async () => {
    instances = made({ lastLines: false });
    const done = instances.obey(order('deploy', 'c1'));
    const exit = { status: 'failed', reason: 'exit code 7', lastLines: ['secret'] } as const;
    runtime.exit({ job: 'web', instance: 0, generation: 1 }, exit);
    runtime.starts[0]?.succeed();
    await done;
    expect(said.at(-1)).toMatchObject({ phase: 'failed', reason: 'exit code 7' });
    expect(JSON.stringify([said, instances.list()])).not.toContain('secret');
  });

  it('tell whose fault it is that a start failed, and tell it again', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    runtime.starts[0]?.fail(new StartFailure('no such image', 'job'));
    await done;
    await instances.obey(order('deploy', 'c1', { attempt: 2 }));
    const failed = said.filter(({ phase }) => phase === 'failed');
    expect(failed.map(({ fault, reason }) => [fault, reason])).toEqual([
      ['job', 'no such image'],
      ['job', 'no such image'],
    ]);
  });

  it('tell why a start failed, and tell it again without another try', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    runtime.starts[0]?.fail('no such image');
    await done;
    await instances.obey(order('deploy', 'c1', { attempt: 2 }));
    expect(told()).toEqual([
      'c1 received',
      'c1 failed (no such image)',
      'c1 received',
      'c1 failed (no such image)',
    ]);
    expect(runtime.starts).toHaveLength(1);
  });

  describe('of another ledger, or of another digest under the same name', () => {
    it('are stopped before the one that is ordered is begun, whatever their generation', async () => {
      for (const [generation, commandId] of [
        [1, 'c1'],
        [3, 'c3'],
      ] as const) {
        const begun = instances.obey(order('deploy', commandId, { generation, ledger: 'A' }));
        runtime.starts.at(-1)?.succeed();
        await begun;
      }
      said = [];
      const one = instances.obey(order('deploy', 'd1', { ledger: 'B' }));
      const again = instances.obey(order('deploy', 'd1', { ledger: 'B', attempt: 2 }));
      for (const stopped of ['web/0/1', 'web/0/3']) {
        await ports.advance(0);
        expect(runtime.stops.at(-1)?.key).toBe(stopped);
        expect(runtime.starts).toHaveLength(2);
        runtime.stops.at(-1)?.succeed();
      }
      await ports.advance(0);
      expect(runtime.starts).toHaveLength(3);
      runtime.starts[2]?.succeed();
      await Promise.all([one, again]);
      expect(told()).toEqual(['d1 received', 'd1 received', 'd1 succeeded']);
      expect(instances.list()).toMatchObject([{ generation: 1, status: 'running', ledger: 'B' }]);
    });

    it('give way to another document of the same generation, once', async () => {
      const before = instances.obey(order('deploy', 'c1', { ledger: 'A', digest: 'x' }));
      runtime.starts[0]?.succeed();
      await before;
      const after = instances.obey(order('deploy', 'c1', { ledger: 'A', digest: 'y' }));
      await ports.advance(0);
      runtime.stops[0]?.succeed();
      await ports.advance(0);
      runtime.starts[1]?.succeed();
      await after;
      await instances.obey(order('deploy', 'c1', { ledger: 'A', digest: 'y', attempt: 2 }));
      expect(runtime.starts).toHaveLength(2);
      expect(instances.list()).toMatchObject([{ digest: 'y', status: 'running' }]);
    });

    it('stay where they cannot be stopped, and the order says so', async () => {
      const before = instances.obey(order('deploy', 'c1', { ledger: 'A' }));
      runtime.starts[0]?.succeed();
      await before;
      const refused = instances.obey(order('deploy', 'd1', { ledger: 'B' }));
      await ports.advance(0);
      runtime.stops[0]?.fail('the engine is away');
      await refused;
      expect(told().at(-1)).toMatch(/^d1 failed \(another instance .* the engine is away\)$/);
      expect(instances.list()).toMatchObject([{ status: 'running', ledger: 'A' }]);
    });

    it('are not touched by an order to delete what has their name', async () => {
      const before = instances.obey(order('deploy', 'c1', { ledger: 'A' }));
      runtime.starts[0]?.succeed();
      await before;
      await instances.obey(order('delete', 'd1', { ledger: 'B' }));
      expect(told().at(-1)).toBe('d1 succeeded (it is not here)');
      expect(statuses()).toEqual(['web/0/1 running']);
    });
  });

  it('are not looked through for an order: it costs the same however many there are', async () => {
    for (let instance = 0; instance < 3; instance += 1) {
      const begun = instances.obey(order('deploy', `c${instance}`, { instance }));
      runtime.starts.at(-1)?.succeed();
      await begun;
    }
    let walks = 0;
    const { table } = instances;
    const [list, all] = [table.list.bind(table), table.all.bind(table)];
    table.list = () => {
      walks += 1;
      return list();
    };
    table.all = () => {
      walks += 1;
      return all();
    };
    const one = instances.obey(order('deploy', 'next', { instance: 7 }));
    runtime.starts.at(-1)?.succeed();
    await one;
    await instances.obey(order('deploy', 'again', { instance: 1 }));
    runtime.exit({ ...address(1), instance: 2 }, { status: 'failed', reason: 'exit code 1' });
    expect(walks).toBe(0);
    expect(instances.list()).toHaveLength(4);
  });

  it('never cut a reason through a character', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    runtime.starts[0]?.fail(`x${'😀'.repeat(400)}`);
    await done;
    expect(said.at(-1)?.reason).toBe(`x${'😀'.repeat(149)}`);
    expect(instances.list()[0]?.reason?.isWellFormed()).toBe(true);
  });

  it('always have a reason for a failure, of a length that a message has room for', async () => {
    const first = instances.obey(order('deploy', 'c1'));
    runtime.starts[0]?.fail('');
    const second = instances.obey(order('deploy', 'c2', { generation: 2 }));
    runtime.starts[1]?.fail('x'.repeat(10_000));
    await Promise.all([first, second]);
    expect(said.filter(({ phase }) => phase === 'failed').map(({ reason }) => reason)).toEqual([
      'Error',
      'x'.repeat(300),
    ]);
  });

  it('pass progress on, but not more often than every two seconds', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    for (let second = 0; second < 5; second += 1) {
      await ports.advance(1_000);
      runtime.starts[0]?.progress(`layer ${second}`);
    }
    runtime.starts[0]?.succeed();
    await done;
    expect(told()).toEqual([
      'c1 received',
      'c1 progress (layer 1)',
      'c1 progress (layer 3)',
      'c1 succeeded',
    ]);
  });

  it('cancel a start that is deleted, wait for its end, then remove what it left', async () => {
    const deploying = instances.obey(order('deploy', 'c1'));
    const deleting = instances.obey(order('delete', 'c2'));
    const again = instances.obey(order('delete', 'c2', { attempt: 2 }));
    expect(runtime.starts[0]?.signal.aborted).toBe(true);
    expect(statuses()).toEqual(['web/0/1 stopping']);
    expect(runtime.stops).toHaveLength(0);
    // It came too late for the runtime: the instance runs, and must be removed all the same.
    runtime.starts[0]?.succeed();
    await deploying;
    await ports.advance(0);
    expect(runtime.stops.map(({ key }) => key)).toEqual(['web/0/1']);
    expect(told()).not.toContain('c2 succeeded');
    runtime.stops[0]?.succeed();
    await Promise.all([deleting, again]);
    expect(told()).toEqual([
      'c1 received',
      'c2 received',
      'c2 received',
      'c1 failed (deleted before it ran)',
      'c2 succeeded',
    ]);
    expect(statuses()).toEqual([]);
  });

  it('do not start what comes behind its own delete', async () => {
    await instances.obey(order('delete', 'c2'));
    await instances.obey(order('deploy', 'c1'));
    expect(runtime.starts).toHaveLength(0);
    expect(told()).toEqual([
      'c2 received',
      'c2 succeeded (it is not here)',
      'c1 received',
      'c1 failed (superseded: generation 1 was deleted here)',
    ]);
  });

  it('keep an instance that could not be stopped, and say so to all who asked', async () => {
    await deployed();
    const first = instances.obey(order('delete', 'c2'));
    const second = instances.obey(order('delete', 'c3'));
    await ports.advance(0);
    runtime.stops[0]?.fail('the engine is away');
    await Promise.all([first, second]);
    expect(told().slice(-2)).toEqual([
      'c2 failed (it could not be stopped: the engine is away)',
      'c3 failed (it could not be stopped: the engine is away)',
    ]);
    expect(statuses()).toEqual(['web/0/1 running']);
  });

  it('run a newer generation beside the older one until that is deleted', async () => {
    await deployed();
    await deployed(2);
    expect(statuses()).toEqual(['web/0/1 running', 'web/0/2 running']);
    const deleting = instances.obey(order('delete', 'c9'));
    await ports.advance(0);
    runtime.stops[0]?.succeed();
    await deleting;
    expect(statuses()).toEqual(['web/0/2 running']);
  });

  it('report an end that nobody ordered', async () => {
    await deployed();
    runtime.exit(address(1), { status: 'failed', reason: 'exit code 3' });
    expect(changes).toBe(1);
    expect(instances.list()).toMatchObject([{ status: 'failed', reason: 'exit code 3' }]);
  });

  it('answer a start as failed whose instance ended before the start was known', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    runtime.exit(address(1), { status: 'failed', reason: 'exit code 3' });
    runtime.starts[0]?.succeed();
    await done;
    expect(told()).toEqual(['c1 received', 'c1 failed (exit code 3)']);
  });

  it('remove what an ended generation left when the next one is started', async () => {
    await deployed();
    runtime.exit(address(1), { status: 'failed', reason: 'exit code 3' });
    await deployed(2);
    expect(statuses()).toEqual(['web/0/2 running']);
    expect(runtime.stops.map(({ key }) => key)).toEqual(['web/0/1']);
  });

  it('keep the newest hundred of ended instances', async () => {
    for (let instance = 0; instance <= 100; instance += 1) {
      const done = instances.obey(order('deploy', `c${instance}`, { instance }));
      runtime.starts[instance]?.succeed();
      await done;
      runtime.exit({ ...address(1), instance }, { status: 'completed', reason: 'exit code 0' });
    }
    expect(instances.list()).toHaveLength(100);
    expect(runtime.stops.map(({ key }) => key)).toEqual(['web/0/1']);
  });

  it('take up what is there since before this start, and delete it when ordered', async () => {
    runtime.found = [{ ...address(4), status: 'running', reason: 'found' }];
    await instances.adopt();
    await instances.obey(order('deploy', 'c1', { generation: 4 }));
    expect(told().at(-1)).toBe('c1 succeeded (it runs already)');
    const deleting = instances.obey(order('delete', 'c2', { generation: 4 }));
    await ports.advance(0);
    runtime.stops[0]?.succeed();
    await deleting;
    expect(told().at(-1)).toBe('c2 succeeded');
  });

  it('refuse a job whose resources are unusable', async () => {
    const job = { id: 'web', technology: 'simulated', resources: { cpuMillis: -1 } };
    await instances.obey(order('deploy', 'c1', { job }));
    expect(said.at(-1)).toMatchObject({
      phase: 'failed',
      reason: expect.stringContaining('resources.cpuMillis is -1'),
    });
  });
});

async function deployed(generation = 1): Promise<void> {
  const done = instances.obey(order('deploy', `g${generation}`, { generation }));
  runtime.starts.at(-1)?.succeed();
  await done;
}

function told(): string[] {
  return said.map(({ commandId, phase, reason }) =>
    reason === null ? `${commandId} ${phase}` : `${commandId} ${phase} (${reason})`,
  );
}

function statuses(): string[] {
  return instances
    .list()
    .map((known) => `${known.job}/${known.instance}/${known.generation} ${known.status}`);
}

function address(generation: number) {
  return { job: 'web', instance: 0, generation };
}

function order(command: CommandKind, commandId: string, more: Partial<Control> = {}): Control {
  return {
    command,
    job: { id: 'web', name: 'web', image: 'web:1', technology: 'simulated' },
    commandId,
    instance: 0,
    generation: 1,
    attempt: 1,
    epoch: 1,
    expiresAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
