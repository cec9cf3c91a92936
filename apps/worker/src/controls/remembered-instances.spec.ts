import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandKind, Control } from '@oakring/contracts';
import { simulatedPorts, type SimulatedPorts } from '@oakring/ports';
import { Leases } from '../lease/leases.js';
import { nothingRemembered, type Remembered } from '../memory/worker-store.port.js';
import { ManualRuntime } from '../runtimes/testing/manual.runtime.js';
import { Instances } from './instances.js';

const job = { id: 'web', name: 'web', image: 'web:1', technology: 'simulated', theirs: [1, 'ü'] };

let ports: SimulatedPorts;
let runtime: ManualRuntime;
let instances: Instances;
/** What was told, and when something became durable, in order. */
let told: string[];
let kept: Remembered;
/** While it is set, nothing becomes durable. */
let slowDisk: Promise<void> | null;

beforeEach(() => {
  ports = simulatedPorts();
  told = [];
  kept = nothingRemembered;
  slowDisk = null;
  start();
});

describe('A worker that was restarted', () => {
  it('starts again what was wanted, without any link, with the job as it was ordered', async () => {
    await deployed(1);
    await restart();
    expect(told[0]).toBe('restarted web/0/1');
    const { job: id, instance, generation, description } = runtime.starts[0]?.instance ?? {};
    expect({ id, instance, generation, description }).toEqual({
      ...{ id: 'web', instance: 0, generation: 1, description: job },
    });
    runtime.starts[0]?.succeed();
    await ports.advance(0);
    expect(statuses()).toEqual(['web/0/1 running']);
  });

  it('starts again what it was still starting when it was killed', async () => {
    void instances.obey(order('deploy', 'c1'));
    await ports.advance(0);
    await restart();
    expect(runtime.starts).toHaveLength(1);
  });

  it('answers the order of what it starts again once that runs, and starts nothing twice', async () => {
    await deployed(1);
    await restart();
    const again = instances.obey(order('deploy', 'c1', { attempt: 2 }));
    runtime.starts[0]?.succeed();
    await again;
    await ports.advance(0);
    expect(acks()).toEqual(['c1 received', 'c1 succeeded']);
    expect(runtime.starts).toHaveLength(1);
  });

  it('tells what it could not start again', async () => {
    await deployed(1);
    await restart();
    runtime.starts[0]?.fail('no such image');
    await ports.advance(0);
    expect(told.slice(-2)).toEqual(['failed web/0/1', 'durable']);
    expect(kept.instances).toMatchObject([{ status: 'failed', reason: 'no such image' }]);
  });

  it.each(['completed', 'failed'] as const)(
    'does not start again what had %s, and answers its order alike',
    async (status) => {
      await deployed(1);
      runtime.exit(address(1), { status, reason: 'exit code whatever' });
      await ports.advance(0);
      const before = await answerTo(order('deploy', 'c1', { attempt: 2 }));
      await restart();
      expect(instances.list()).toMatchObject([{ status, reason: 'exit code whatever' }]);
      expect(await answerTo(order('deploy', 'c1', { attempt: 3 }))).toEqual(before);
      expect(runtime.starts).toEqual([]);
    },
  );

  it('does not start again what was deleted, nor what comes late behind its delete', async () => {
    await deployed(1);
    await deleted(1);
    await restart();
    expect(statuses()).toEqual([]);
    expect(await answerTo(order('deploy', 'c1', { attempt: 2 }))).toBe(
      'c1 failed (superseded: generation 1 was deleted here)',
    );
    expect(runtime.starts).toEqual([]);
  });

  it('starts nothing behind a delete that had come first', async () => {
    await instances.obey(order('delete', 'c2', { generation: 4 }));
    await restart();
    expect(await answerTo(order('deploy', 'c1', { generation: 4 }))).toBe(
      'c1 failed (superseded: generation 4 was deleted here)',
    );
  });

  it('does not start an older generation beside what it starts again', async () => {
    await deployed(3);
    await restart();
    expect(await answerTo(order('deploy', 'c1', { generation: 2 }))).toMatch(/failed \(superseded/);
    expect(runtime.starts).toHaveLength(1);
  });

  it('cancels what it starts again when that is deleted', async () => {
    await deployed(1);
    await restart();
    const deleting = instances.obey(order('delete', 'c2'));
    expect(runtime.starts[0]?.signal.aborted).toBe(true);
    runtime.starts[0]?.fail('cancelled');
    await ports.advance(0);
    runtime.stops[0]?.succeed();
    await deleting;
    expect([statuses(), kept.instances]).toEqual([[], []]);
    expect(told.at(-1)).toBe('c2 succeeded');
  });

  it('does not start again what its runtime still has', async () => {
    await deployed(1);
    runtime = new ManualRuntime();
    runtime.found = [{ ...address(1), status: 'running', reason: 'found' }];
    await reopen();
    expect([runtime.starts, statuses()]).toEqual([[], ['web/0/1 running']]);
    // It is still remembered as it was ordered: its runtime may lose it at the next reboot.
    expect(instances.table.snapshot().instances).toMatchObject([{ job, status: 'wanted' }]);
  });

  it('tells how one ended meanwhile without the password that its last line has', async () => {
    await deployed(1);
    runtime = new ManualRuntime();
    const reason = 'exit code 1: http://ann:secret@db/x';
    runtime.found = [{ ...address(1), status: 'failed', reason }];
    await reopen();
    expect(instances.list()).toMatchObject([{ reason: 'exit code 1: http://***@db/x' }]);
  });

  it.each([
    ['its memory', () => nothingRemembered],
    ['the key of it', () => withoutSecrets(kept)],
  ])('tells how one ended, and nothing that it said, once it has lost %s', async (_, lose) => {
    const environment = { PASSWORD: { secret: 'db' } };
    const secrets = { db: 'hunter2' };
    await deployed(1, { job: { ...job, environment }, secrets });
    kept = lose();
    runtime = new ManualRuntime();
    runtime.found = [{ ...address(1), status: 'failed', reason: 'exit code 3: bad hunter2' }];
    runtime.printed = ['using hunter2'];
    await reopen();
    const [known] = instances.list();
    expect(known?.reason).toMatch(/^exit code 3: \(what it said is not told/);
    expect(JSON.stringify(known)).not.toContain('hunter2');
  });

  it('tells nothing of what one says later that it found running, and whose secrets it has lost', async () => {
    await deployed(1, { secrets: { db: 'hunter2' } });
    kept = nothingRemembered;
    runtime = new ManualRuntime();
    runtime.found = [{ ...address(1), status: 'running', reason: 'ran before' }];
    await reopen();
    const lastLines = ['using hunter2'];
    runtime.exit(address(1), { status: 'failed', reason: 'exit code 3: bad hunter2', lastLines });
    const [known] = instances.list();
    expect(known).toMatchObject({ status: 'failed', lastLines: [] });
    expect(known?.reason).toMatch(/^exit code 3: \(what it said/);
  });

  it('runs nothing where another start is the node: what it found is ended, and forgotten', async () => {
    await deployed(1);
    await instances.obey(order('delete', 'c9', { instance: 1 }));
    runtime = new ManualRuntime();
    runtime.found = [{ ...address(1), status: 'running', reason: 'found' }];
    const reopened = reopen(true);
    await ports.advance(0);
    expect(runtime.stops.map(({ key }) => key)).toEqual(['web/0/1']);
    runtime.stops[0]?.succeed();
    await reopened;
    expect([runtime.starts, statuses()]).toEqual([[], []]);
    expect(instances.table.snapshot()).toMatchObject({ instances: [], deleted: [['web/1', 1]] });
  });

  it('does not start again what its runtime cannot end at its limit any more', async () => {
    const leased = { ...job, onDisconnect: { stopOnWorkerAfterMs: 10_000 } };
    void instances.obey(order('deploy', 'c1', { job: leased }));
    await ports.advance(0);
    runtime = new ManualRuntime();
    Object.assign(runtime, { enforcesStop: false });
    await reopen();
    await ports.advance(0);
    expect(instances.list()).toMatchObject([
      { status: 'failed', reason: expect.stringContaining('stopOnWorkerAfterMs cannot be kept') },
    ]);
  });

  it('leaves alone what it has no runtime for any more', async () => {
    await deployed(1);
    const [instance] = kept.instances;
    const other = { ...job, technology: 'docker' };
    kept = { ...kept, instances: instance === undefined ? [] : [{ ...instance, job: other }] };
    await restart();
    expect([statuses(), runtime.starts]).toEqual([[], []]);
  });

  it('remembers over two restarts what it remembered over one', async () => {
    await deployed(1);
    await instances.obey(order('delete', 'c2', { instance: 1 }));
    const before = kept;
    await restart();
    await restart();
    expect(instances.table.snapshot()).toEqual({
      instances: before.instances,
      deleted: before.deleted,
    });
  });
});

describe('What a worker says is done', () => {
  it('was durable before: a start', async () => {
    const { release } = holdDisk();
    const done = instances.obey(order('deploy', 'c1'));
    runtime.starts[0]?.succeed();
    await ports.advance(10_000);
    expect(acks()).toEqual(['c1 received']);
    release();
    await done;
    expect(told).toEqual(['c1 received', 'durable', 'started web/0/1', 'c1 succeeded']);
  });

  it('was durable before: a start that failed', async () => {
    const { release } = holdDisk();
    const done = instances.obey(order('deploy', 'c1'));
    runtime.starts[0]?.fail('no such image');
    await ports.advance(10_000);
    expect(acks()).toEqual(['c1 received']);
    release();
    await done;
    expect(told.slice(-2)).toEqual(['durable', 'c1 failed (no such image)']);
    expect(kept.instances).toMatchObject([{ status: 'failed' }]);
  });

  it('was durable before: a delete', async () => {
    await deployed(1);
    const { release } = holdDisk();
    const done = instances.obey(order('delete', 'c2'));
    await ports.advance(0);
    runtime.stops[0]?.succeed();
    await ports.advance(10_000);
    expect(acks()).toEqual(['c2 received']);
    release();
    await done;
    expect(told.slice(-2)).toEqual(['durable', 'c2 succeeded']);
    expect(kept).toMatchObject({ instances: [], deleted: [['web/0', 1]] });
  });

  it('was durable before: a delete of what is not here', async () => {
    const { release } = holdDisk();
    const done = instances.obey(order('delete', 'c2'));
    await ports.advance(10_000);
    expect(acks()).toEqual(['c2 received']);
    release();
    await done;
    expect(told.slice(-2)).toEqual(['durable', 'c2 succeeded (it is not here)']);
    expect(kept.deleted).toEqual([['web/0', 1]]);
  });
});

describe('A worker that stops on purpose', () => {
  it('says nothing of a start that it cuts short: it goes on with it at its next start', async () => {
    const done = instances.obey(order('deploy', 'c1'));
    await ports.advance(0);
    await instances.close();
    expect(runtime.starts[0]?.signal.aborted).toBe(true);
    runtime.starts[0]?.fail('the start was cancelled');
    await done;
    expect(acks()).toEqual(['c1 received']);
    expect(kept.instances).toMatchObject([{ status: 'wanted' }]);
    await restart();
    expect(runtime.starts).toHaveLength(1);
  });

  it('still wants what it ends with itself', async () => {
    await deployed(1);
    await instances.close();
    expect(instances.table.snapshot().instances).toMatchObject([{ status: 'wanted' }]);
  });
});

describe('What a worker remembers of what has ended', () => {
  it('is the newest hundred, also of starts that failed', async () => {
    for (let instance = 0; instance <= 100; instance += 1) {
      const done = instances.obey(order('deploy', `c${instance}`, { instance }));
      runtime.starts[instance]?.fail('no such image');
      await done;
    }
    expect(instances.list()).toHaveLength(100);
    expect(kept.instances).toHaveLength(100);
    expect(kept.instances[0]).toMatchObject({ instance: 1 });
  });
});

function start(): void {
  runtime = new ManualRuntime();
  instances = made(nothingRemembered);
}

/** `kill -9` and a new start: what was durable is all there is. */
async function restart(): Promise<void> {
  runtime = new ManualRuntime();
  await reopen();
}

async function reopen(yields = false): Promise<void> {
  const before: unknown = JSON.parse(JSON.stringify(kept));
  told = [];
  // What we wrote ourselves a line above.
  instances = made(before as Remembered);
  await instances.adopt(yields);
}

function made(before: Remembered): Instances {
  const these: Instances = new Instances({
    allowed: {},
    node: 'n1',
    ...{ runtimes: [runtime], ports, leases: new Leases(ports.clock), before },
    keep: async () => {
      await slowDisk;
      if (these !== instances) return;
      kept = { ...nothingRemembered, ...these.table.snapshot() };
      told.push('durable');
    },
    acknowledge: ({ commandId, phase, reason }) => {
      told.push(`${commandId} ${phase}${reason === null ? '' : ` (${reason})`}`);
    },
    news: (kind, known) => {
      told.push(`${kind} ${known.job}/${known.instance}/${known.generation}`);
    },
    needsGrant: () => {},
  });
  return these;
}

function holdDisk(): { release: () => void } {
  let release = (): void => {};
  slowDisk = new Promise((resolve) => {
    release = resolve;
  });
  return { release };
}

async function deployed(generation: number, more: Partial<Control> = {}): Promise<void> {
  const done = instances.obey(order('deploy', 'c1', { generation, ...more }));
  runtime.starts.at(-1)?.succeed();
  await done;
  told = [];
}

function withoutSecrets(remembered: Remembered): Remembered {
  const instances = remembered.instances.map(({ secrets: _lost, ...others }) => others);
  return { ...remembered, instances };
}

async function deleted(generation: number): Promise<void> {
  const done = instances.obey(order('delete', 'c2', { generation }));
  await ports.advance(0);
  runtime.stops.at(-1)?.succeed();
  await done;
}

async function answerTo(control: Control): Promise<string | undefined> {
  await instances.obey(control);
  return acks().at(-1);
}

function acks(): string[] {
  return told.filter((line) => /^c\d+ /.test(line));
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
    ...{ command, job, commandId, instance: 0, generation: 1, attempt: 1, epoch: 1 },
    expiresAt: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}
