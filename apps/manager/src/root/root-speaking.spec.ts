import { describe, expect, it } from '@jest/globals';
import { seededRandomness, simulatedPorts } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import type { Supervisor } from '../supervision/supervisor.js';
import { ack, orderInstance, plan, ready, report, type Given } from '../testing/given.js';
import type { RootStanding } from './root-standing.js';
import type { ReportFate, Root } from './root.port.js';
import { founded, givenRoot, rootId } from './testing/given-root.js';
import { LedCluster } from './testing/led-cluster.js';

const another = 'aaaaaaaaaaaaaaaaaaaaaaaa';
const why = 'does not';
const taken: ReportFate = { status: 'taken' };

/** A root that does what it is told to, and a manager that leads. */
class Scene {
  readonly ports = simulatedPorts();
  led: LedCluster;
  id = rootId;
  isThere = true;
  fate: ReportFate = taken;
  /** What happens while it takes us in. */
  whileRegistering: () => void = () => {};
  /** How long it takes for a report, and how many it reads at once. */
  tookMs = 0;
  atOnce = 0;
  mostAtOnce = 0;
  /** Of each report: numbers of the instances in it, and what is said of each, as `<job>/<number> <status>`. */
  readonly reports: {
    readonly atMs: number;
    readonly numbers: number[];
    readonly told: string[];
  }[] = [];
  /** When each of these was first taken. */
  readonly takenMs = new Map<string, number>();
  /** What it was told, and what the manager ordered by itself. */
  readonly said: string[] = [];

  constructor(forgetful: 'keep' | 'end', ...commands: Command[]) {
    this.led = new LedCluster(this.ports, givenRoot(), this.root, forgetful, ...commands);
    this.led.listen((what) => void this.said.push(what));
  }

  /** Instead: a cluster that no root had taken in when these commands came. */
  async startsAnew(...commands: Command[]): Promise<void> {
    await this.supervisor.stop();
    this.led = new LedCluster(this.ports, founded(), this.root, 'keep', ...commands);
  }

  order(command: Command): void {
    this.led.order(command);
  }

  /** Another leads from now on, and knows what the ledger says. */
  async takenOver(): Promise<void> {
    await this.supervisor.stop();
    this.led = new LedCluster(this.ports, this.cluster, this.root, 'keep');
    this.led.listen((what) => void this.said.push(what));
  }

  get warned(): readonly string[] {
    return this.led.warned;
  }

  get standing(): RootStanding {
    return this.led.standing;
  }

  get supervisor(): Supervisor {
    return this.led.supervisor;
  }

  get cluster(): Given {
    return this.led.cluster;
  }

  private get root(): Root {
    return {
      name: 'root:10000',
      register: async () => {
        await Promise.resolve();
        if (!this.isThere) throw new Error('nobody is there');
        this.whileRegistering();
        this.said.push(`registered as ${this.id}`);
        return this.id;
      },
      report: (id, bytes) => this.report(id, bytes),
    };
  }

  private async report(id: string, bytes: Uint8Array): Promise<ReportFate> {
    const atMs = this.ports.clock.monotonicMs();
    const { jobs } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      jobs: { _id: string; instance_list: { instance_number: number; status: string }[] }[];
    };
    const numbers = jobs.flatMap((job) => job.instance_list.map((each) => each.instance_number));
    const told = jobs.flatMap(({ _id: job, instance_list: list }) =>
      list.map(({ instance_number: number, status }) => `${job}/${number} ${status}`),
    );
    this.reports.push({ atMs, numbers, told });
    this.said.push(`report to ${id}`);
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    if (this.tookMs > 0) await this.ports.timers.sleep(this.tookMs);
    this.atOnce -= 1;
    const nowMs = this.ports.clock.monotonicMs();
    for (const each of told) this.takenMs.set(each, this.takenMs.get(each) ?? nowMs);
    return this.isThere ? this.fate : { status: 'away', why };
  }

  get gapsMs(): number[] {
    return this.reports.slice(1).map(({ atMs }, at) => atMs - (this.reports[at]?.atMs ?? 0));
  }
}

const begun = async (...commands: Command[]): Promise<Scene> => {
  const scene = new Scene('keep', ...commands);
  await scene.ports.advance(1_000);
  return scene;
};

function refusal(id: string): Command {
  return { type: 'RefusePlacement', id, code: 'no-capacity', detail: 'There is no room.' };
}

describe('The root', () => {
  it('is told who we are when a term begins, and how we are right after it', async () => {
    const { said, reports } = await begun();
    expect(said).toEqual([`registered as ${rootId}`, `report to ${rootId}`]);
    expect(reports[0]?.atMs).toBeLessThan(1_000);
  });

  it('has a report every 15 s, and is told every five minutes who we are', async () => {
    const scene = await begun();
    await scene.ports.advance(600_000);
    expect(Math.min(...scene.gapsMs)).toBeGreaterThanOrEqual(14_900);
    expect(Math.max(...scene.gapsMs)).toBeLessThanOrEqual(15_200);
    expect(scene.said.filter((each) => each.startsWith('registered'))).toHaveLength(3);
  });

  it('hears within seconds of what changed, once a second at most, and of nothing else then', async () => {
    const scene = await begun(...ready('a'));
    for (let number = 1; number <= 40; number += 1) {
      scene.order(orderInstance('r', number));
      scene.order(refusal('r'));
      await scene.ports.advance(100);
    }
    await scene.ports.advance(1_500);
    const [, ...news] = scene.reports;
    expect(news.length).toBeLessThanOrEqual(6);
    expect(new Set(news.flatMap(({ numbers }) => numbers)).size).toBe(40);
    expect(Math.min(...scene.gapsMs)).toBeGreaterThanOrEqual(1_000);
  });

  it('hears of its own order once it is answered, and then at once', async () => {
    const scene = await begun(...ready('a'));
    const before = scene.reports.length;
    scene.order(orderInstance('r', 0));
    await scene.ports.advance(400);
    expect(scene.reports).toHaveLength(before);
    scene.order(refusal('r'));
    await scene.ports.advance(10);
    expect(scene.reports.slice(before).map(({ told }) => told)).toEqual([
      ['r/0 NO_WORKER_CAPACITY'],
    ]);
  });

  it('that takes half a second for a report knows within 2 s what has started or was refused', async () => {
    const numbers = Array.from({ length: 30 }, (_, number) => number);
    const jobs = numbers.map((number) => `s${number}`);
    const scene = await begun(
      ...ready('a'),
      ...numbers.map((number) => orderInstance('r', number)),
      plan('r', ...numbers.map(() => 'a')),
      ...jobs.map((job) => orderInstance(job, 0, { name: job })),
    );
    scene.tookMs = 500;
    const chance = seededRandomness(6);
    const happenedMs = new Map<string, number>();
    for (const [number, job] of jobs.entries()) {
      await scene.ports.advance(chance.integer(700));
      happenedMs.set(`r/${number} RUNNING`, scene.ports.clock.monotonicMs());
      scene.order(ack('a', scene.led.commandOf('r', number), 'succeeded'));
      await scene.ports.advance(chance.integer(700));
      happenedMs.set(`${job}/0 NO_WORKER_CAPACITY`, scene.ports.clock.monotonicMs());
      scene.order(refusal(job));
    }
    await scene.ports.advance(3_000);
    const delays = [...happenedMs].map(([what, ms]) => (scene.takenMs.get(what) ?? Infinity) - ms);
    expect(delays).toHaveLength(60);
    expect(Math.max(...delays)).toBeLessThan(2_000);
    expect(Math.min(...scene.gapsMs)).toBeGreaterThanOrEqual(1_000);
  });

  it('reads 200 instances at a time, those that changed first, and every other in its turn', async () => {
    const numbers = Array.from({ length: 450 }, (_, number) => number);
    const orders = numbers.map((number) => orderInstance('r', number));
    const scene = await begun(...ready('a'), ...orders);
    await scene.ports.advance(30_000);
    expect(scene.reports.map((report) => report.numbers.length)).toEqual([200, 200, 200]);
    expect(new Set(scene.reports.flatMap((report) => report.numbers)).size).toBe(450);
    scene.order(orderInstance('s', 999, { name: 's' }));
    scene.order(refusal('s'));
    await scene.ports.advance(100);
    expect(scene.reports.at(-1)?.numbers).toEqual([999]);
  });

  it('that takes 9 s for a report is not asked twice at once, and rests as long', async () => {
    const scene = new Scene('keep', orderInstance('r', 0));
    scene.tookMs = 9_000;
    for (let number = 1; number <= 60; number += 1) {
      scene.order(orderInstance('r', number));
      await scene.ports.advance(1_000);
      expect(scene.standing.now().isConnected || number < 10).toBe(true);
    }
    expect(scene.mostAtOnce).toBe(1);
    expect(Math.min(...scene.gapsMs)).toBeGreaterThanOrEqual(15_000);
  });
});

describe('A root that is away', () => {
  it('is waited for, for ever, told of once, and taken up within 20 s of its return', async () => {
    const scene = new Scene('keep');
    scene.isThere = false;
    await scene.ports.advance(3_600_000);
    expect(scene.said).toEqual([]);
    expect(scene.warned).toHaveLength(1);
    expect(scene.supervisor.health[0]?.trouble?.reason).toContain('nobody is there');
    expect(scene.standing.now()).toMatchObject({ clusterId: null, isConnected: false });
    scene.isThere = true;
    await scene.ports.advance(20_000);
    expect(scene.said).toEqual([`registered as ${rootId}`, `report to ${rootId}`]);
    expect(scene.standing.now()).toMatchObject({ clusterId: rootId, isConnected: true });
    expect(scene.supervisor.health[0]?.trouble).toBeNull();
  });

  it('is known to be within 20 s, and told who we are when it is back', async () => {
    const scene = await begun();
    scene.isThere = false;
    await scene.ports.advance(20_000);
    expect(scene.standing.now().isConnected).toBe(false);
    await scene.ports.advance(60_000);
    const before = scene.said.length;
    scene.isThere = true;
    await scene.ports.advance(20_000);
    expect(scene.said.slice(before)).toContain(`registered as ${rootId}`);
    expect(scene.standing.now().isConnected).toBe(true);
  });
});

describe('A root that does not take a report', () => {
  it.each<[ReportFate['status']]>([['refused'], ['too-large'], ['slow']])(
    '(%s) is asked without haste, told who we are, and goes on when it does',
    async (status) => {
      const scene = await begun(orderInstance('r', 0), orderInstance('r', 1));
      scene.fate = { status, why } as ReportFate;
      await scene.ports.advance(300_000);
      expect(scene.reports.length).toBeLessThanOrEqual(25);
      expect(Math.min(...scene.gapsMs.slice(2))).toBeGreaterThanOrEqual(7_500);
      expect(scene.warned).toHaveLength(1);
      scene.fate = taken;
      await scene.ports.advance(60_000);
      expect(scene.standing.now().isConnected).toBe(true);
      expect(new Set(scene.reports.slice(-4).flatMap(({ numbers }) => numbers)).size).toBe(2);
    },
  );

  it('for its size gets half of it until it does, and all of it again later', async () => {
    const numbers = Array.from({ length: 100 }, (_, number) => number);
    const scene = await begun(...numbers.map((number) => orderInstance('r', number)));
    scene.fate = { status: 'too-large', why };
    await scene.ports.advance(60_000);
    expect(scene.reports.at(-1)?.numbers.length).toBeLessThan(50);
    scene.fate = taken;
    await scene.ports.advance(300_000);
    expect(scene.reports.at(-1)?.numbers).toHaveLength(100);
  });
});

/** It ran once, to its end. */
const completed: readonly Command[] = [
  ...ready('a'),
  orderInstance('r', 0, { one_shot: true }),
  plan('r', 'a'),
  report('a', { 'r/0/1': 'completed' }),
];

const dismiss = { type: 'DismissJob', id: 'r' } as const;

describe('A root that dismisses a job', () => {
  it('is asked first whether it remembers us, and obeyed if it does', async () => {
    const scene = await begun(orderInstance('r', 0));
    scene.order(dismiss);
    await scene.ports.advance(1_000);
    expect(scene.said.slice(2, 4)).toEqual([`registered as ${rootId}`, 'ObeyDismissal r']);
  });

  it('is obeyed as well where the job has completed', async () => {
    const scene = await begun(...completed);
    expect(scene.cluster.state.jobs.get('r')?.status).toBe('completed');
    scene.order(dismiss);
    await scene.ports.advance(1_000);
    expect(scene.cluster.state.jobs.get('r')).toBeUndefined();
  });

  it('is asked so while it still reads the report that it dismisses it for', async () => {
    const scene = await begun(orderInstance('r', 0));
    scene.tookMs = 5_000;
    await scene.ports.advance(15_000);
    scene.order(dismiss);
    await scene.ports.advance(6_000);
    expect(scene.said).toContain('ObeyDismissal r');
    expect(scene.mostAtOnce).toBe(1);
  });

  it('and has lost its memory is not obeyed: all goes on, unreported, and somebody is told', async () => {
    const scene = await begun(orderInstance('r', 0));
    scene.id = another;
    scene.order(dismiss);
    await scene.ports.advance(60_000);
    expect(scene.said).not.toContain('ObeyDismissal r');
    expect(scene.warned).toEqual([expect.stringContaining('has lost its memory')]);
    expect(scene.cluster.state.jobs.get('r')).toMatchObject({ status: 'active', dismissed: false });
    expect(scene.reports.at(-1)?.numbers).toEqual([]);
    expect(scene.said.at(-1)).toBe(`report to ${another}`);
  });

  it('and orders before its new id is on record, orders as who it is now', async () => {
    const scene = await begun(orderInstance('r', 0));
    scene.id = another;
    scene.whileRegistering = () => {
      scene.whileRegistering = () => {};
      scene.order(orderInstance('s', 5, { name: 's' }));
    };
    scene.order(dismiss);
    await scene.ports.advance(2_000);
    const rootOf = (id: string) => scene.cluster.state.jobs.get(id)?.root;
    expect([rootOf('r'), rootOf('s')]).toEqual([rootId, another]);
    expect(scene.reports.at(-1)?.numbers).toEqual([5]);
    expect(scene.cluster.history.at(-1)).toMatchObject({
      ...{ type: 'RootForgot', data: { former: rootId, root: another, jobs: 1 } },
    });
  });

  it('is found to have lost its memory within five minutes, also where it dismisses nothing', async () => {
    const scene = await begun(orderInstance('r', 0));
    scene.id = another;
    await scene.ports.advance(301_000);
    expect(scene.warned).toEqual([expect.stringContaining('has lost its memory')]);
  });

  it('and has lost its memory is obeyed by those who want it so', async () => {
    const scene = new Scene('end', orderInstance('r', 0));
    await scene.ports.advance(1_000);
    scene.id = another;
    scene.order(dismiss);
    await scene.ports.advance(2_000);
    expect(scene.said).toContain('DeleteJob r');
  });
});

const endedHere = { type: 'DeleteJob', id: 'r', force: true } as const;

describe('What was ended here and not by its root', () => {
  const told = (scene: Scene) => scene.reports.map((report) => report.told);

  it('is told once, also where nothing of it had a place', async () => {
    const scene = await begun(orderInstance('r', 7));
    scene.order(endedHere);
    await scene.ports.advance(60_000);
    expect(scene.cluster.state.jobs.get('r')).toBeUndefined();
    expect(told(scene).slice(1)).toEqual([['r/7 UNDEPLOYED'], [], [], [], []]);
  });

  it('is told to the first root that takes us in, also where it had ended before that', async () => {
    const scene = new Scene('keep');
    await scene.startsAnew(orderInstance('r', 7), endedHere);
    expect(scene.cluster.state.jobs.get('r')).toBeUndefined();
    await scene.ports.advance(60_000);
    expect(told(scene).flat()).toEqual(['r/7 UNDEPLOYED']);
  });

  it('is told of one number where its job goes on', async () => {
    const scene = await begun(orderInstance('r', 7), orderInstance('r', 8));
    scene.order({ type: 'ScaleJob', id: 'r', count: 1, force: true });
    await scene.ports.advance(1_500);
    expect(told(scene).at(-1)).toEqual(['r/8 UNDEPLOYED']);
  });

  it('is told until it is taken', async () => {
    const scene = await begun(orderInstance('r', 7));
    scene.fate = { status: 'refused', why };
    scene.order(endedHere);
    await scene.ports.advance(60_000);
    scene.fate = taken;
    await scene.ports.advance(60_000);
    const times = told(scene)
      .flat()
      .filter((each) => each === 'r/7 UNDEPLOYED').length;
    expect(times).toBeGreaterThan(2);
    expect(told(scene).at(-1)).toEqual([]);
  });

  it('is told by who leads next where this one did not come to it, and not once more where it did', async () => {
    const scene = await begun(orderInstance('r', 7), orderInstance('r', 8));
    scene.fate = { status: 'refused', why };
    scene.order({ type: 'ScaleJob', id: 'r', count: 1, force: true });
    await scene.ports.advance(30_000);
    scene.fate = taken;
    await scene.takenOver();
    await scene.ports.advance(1_000);
    expect(told(scene).at(-1)).toContain('r/8 UNDEPLOYED');
    const before = scene.reports.length;
    await scene.takenOver();
    await scene.ports.advance(60_000);
    expect(told(scene).slice(before).flat()).not.toContain('r/8 UNDEPLOYED');
  });

  it('is not told any more where its root has ordered it anew', async () => {
    const scene = await begun(orderInstance('r', 7), orderInstance('r', 8));
    scene.fate = { status: 'refused', why };
    scene.order({ type: 'ScaleJob', id: 'r', count: 1, force: true });
    scene.order(orderInstance('r', 8));
    scene.order({ type: 'EndInstance', id: 'r', instance: 8, root: null });
    scene.fate = taken;
    await scene.takenOver();
    const before = scene.reports.length;
    await scene.ports.advance(30_000);
    expect(told(scene).slice(before).flat()).not.toContain('r/8 UNDEPLOYED');
  });

  it('is not what its root has taken back: that is not told, be it that nothing of it had a place', async () => {
    const scene = await begun(orderInstance('r', 7), orderInstance('r', 8));
    scene.order({ type: 'EndInstance', id: 'r', instance: 8, root: null });
    await scene.ports.advance(30_000);
    expect(scene.cluster.state.instances.get('r/8')).toBeUndefined();
    expect(told(scene).flat()).not.toContain('r/8 UNDEPLOYED');
    scene.order({ type: 'EndInstance', id: 'r', instance: 7, root: null });
    await scene.ports.advance(30_000);
    expect(told(scene).flat()).not.toContain('r/7 UNDEPLOYED');
  });

  it('is not told to one that has lost its memory, and not of what it dismissed', async () => {
    const forgetful = await begun(orderInstance('r', 7));
    forgetful.fate = { status: 'refused', why };
    forgetful.order(endedHere);
    await forgetful.ports.advance(2_000);
    [forgetful.id, forgetful.fate] = [another, taken];
    await forgetful.ports.advance(60_000);
    expect(told(forgetful).at(-1)).toEqual([]);
    const scene = await begun(orderInstance('r', 7));
    scene.order(dismiss);
    await scene.ports.advance(30_000);
    expect(scene.said).toContain('ObeyDismissal r');
    expect(told(scene).flat()).not.toContain('r/7 UNDEPLOYED');
  });
});

describe('Whoever leads next', () => {
  it('hears nothing beside it: one whose lease is not renewed says nothing to the root', async () => {
    const scene = await begun(orderInstance('r', 0));
    scene.led.leads = false;
    scene.order(orderInstance('r', 1));
    await scene.ports.advance(600_000);
    expect(scene.said).toHaveLength(2);
    expect(scene.warned).toEqual([]);
    scene.led.leads = true;
    await scene.ports.advance(30_000);
    expect(scene.said).toContain(`registered as ${rootId}`);
    expect(new Set(scene.reports.at(-1)?.numbers)).toEqual(new Set([0, 1]));
  });

  it('tells the root at once who it is, and all that there is', async () => {
    const scene = await begun(orderInstance('r', 0), orderInstance('r', 1));
    await scene.supervisor.stop();
    await scene.ports.advance(60_000);
    expect(scene.reports).toHaveLength(1);
  });
});
