import { describe, expect, it } from '@jest/globals';
import { simulatedPorts } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import {
  ack,
  commandTo,
  given,
  orderStops,
  plan,
  ready,
  running,
  submitJob,
  withdrawFrom,
  type Given,
} from '../testing/given.js';
import { takeChanges } from '@oakring/model';
import { TelemetryTable } from '../telemetry/telemetry-table.js';
import { WaitingJobs } from './waiting-jobs.js';

const small = { capacity: { cpuMillis: 1_000, memoryMiB: 1_000 } };

/** A cluster, and jobs of it that wait for room. */
class Scene {
  readonly table = new TelemetryTable(simulatedPorts());
  readonly waiting: WaitingJobs;

  constructor(
    readonly cluster: Given,
    ...jobs: readonly string[]
  ) {
    takeChanges(cluster.state);
    this.waiting = new WaitingJobs(() => cluster.state, this.table);
    for (const job of jobs) this.waiting.waitForRoom(job);
  }

  /** What a command changes, and whom that helps. */
  after(command: Command): string[] {
    this.cluster.when(command);
    this.waiting.notice(takeChanges(this.cluster.state));
    return this.waiting.takeHelped();
  }

  /** A reading of a node that lists none of our instances. */
  measured(id: string, cpu: number): void {
    const { capacity, reserved } = this.cluster.state.nodes.get(id) ?? {
      capacity: { cpuMillis: 0, memoryMiB: 0 },
      reserved: { cpuMillis: 0, memoryMiB: 0 },
    };
    const reading = { cpu, memory: 0, instances: [] } as unknown as Parameters<
      TelemetryTable['record']
    >[1];
    this.table.record({ id, capacity, reserved }, reading, 0, 0);
  }
}

const wants = (id: string, cpuMillis: number, more: Record<string, unknown> = {}): Command =>
  submitJob(id, { resources: { cpuMillis, memoryMiB: 1 }, ...more });
const cordonA: Command = { type: 'OrderNode', id: 'a', order: { do: 'cordon', reason: 'r' } };
const [register, confirm] = ready('b', { capacity: { cpuMillis: 5_000, memoryMiB: 1_000 } });
if (register === undefined || confirm === undefined)
  throw new Error('a node is ready by two commands');

describe('A job that waits for room', () => {
  it('is helped by a node that could take it, and by no other change', () => {
    const cluster = given(...ready('a', small), wants('large', 2_000), wants('huge', 9_000));
    const scene = new Scene(cluster, 'large', 'huge');
    expect(scene.after(submitJob('another'))).toEqual([]);
    expect(scene.after(cordonA)).toEqual([]);
    expect(scene.after(register)).toEqual([]);
    expect(scene.after(confirm)).toEqual(['large']);
    // It is out until it waits again.
    expect(scene.waiting.has('large')).toBe(false);
    expect(scene.waiting.has('huge')).toBe(true);
  });

  it('is not helped by room on a node that another filter keeps it from', () => {
    const labelled = wants('labelled', 100, { nodeLabels: { zone: 'north' } });
    const scene = new Scene(given(...ready('a', small), labelled), 'labelled');
    scene.after(register);
    expect(scene.after(confirm)).toEqual([]);
    const [again, ok] = ready('c', { ...small, labels: { zone: 'north' } });
    scene.after(again as Command);
    expect(scene.after(ok as Command)).toEqual(['labelled']);
  });

  it('is helped when a port that it asks for gets free, and not by any other room there', () => {
    const cluster = running({ ports: ['80'] }, 'a');
    cluster.when(submitJob('beside'));
    cluster.when(plan('beside', 'a'));
    cluster.when(submitJob('next', { ports: ['127.0.0.1:80:80'] }));
    const scene = new Scene(cluster, 'next');
    const ends = (id: string): string[] => [
      ...scene.after({ type: 'DeleteJob', id }),
      ...scene.after({ type: 'OrderStops', placements: [...cluster.state.unorderedStops] }),
      ...scene.after(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded')),
    ];
    expect(ends('beside')).toEqual([]);
    expect(ends('j')).toEqual(['next']);
  });

  it('is helped when a machine is no longer busy with other things, which is in no event', () => {
    const scene = new Scene(given(...ready('a', small), wants('web', 600)), 'web');
    scene.measured('a', 9_000);
    expect(scene.waiting.takeHelped()).toEqual([]);
    scene.measured('a', 1_000);
    expect(scene.waiting.takeHelped()).toEqual(['web']);
  });

  it('is helped by what changed while the scheduler was answering', () => {
    const cluster = given(...ready('a', small), wants('large', 2_000));
    const scene = new Scene(cluster);
    scene.waiting.asking();
    for (const command of [register, confirm]) cluster.when(command);
    scene.waiting.notice(takeChanges(cluster.state));
    // Another look, before the answer that knows nothing of it.
    expect(scene.waiting.takeHelped()).toEqual([]);
    scene.waiting.waitForRoom('large');
    expect(scene.waiting.asked()).toBe(true);
    expect(scene.waiting.takeHelped()).toEqual(['large']);
  });

  it('is not asked about with more others than would fill the room, and next if they leave it', () => {
    const ids = Array.from({ length: 50 }, (_, index) => `j${index}`);
    const cluster = given(...ready('a', small), ...ids.map((id) => wants(id, 2_000)));
    const scene = new Scene(cluster, ...ids);
    scene.after(register);
    // Five thousand are free: room for two.
    expect(scene.after(confirm)).toEqual(['j0', 'j1']);
    // They were refused all the same: what is free there is for the next.
    for (const id of ['j0', 'j1']) scene.waiting.waitForRoom(id);
    expect(scene.waiting.takeHelped()).toEqual(['j2', 'j3']);
    for (const id of ['j2', 'j3']) cluster.when(plan(id, 'b'));
    scene.waiting.notice(takeChanges(cluster.state));
    expect(scene.waiting.takeHelped()).toEqual([]);
    expect(scene.waiting.size).toBe(48);
  });

  it('costs no look at each node that changed, where others want the same or it names its node', () => {
    let looks = 0;
    const nodes = Array.from({ length: 200 }, (_, index) => `n${index}`);
    const jobs = Array.from({ length: 200 }, (_, index) => `j${index}`);
    const zone = { nodeLabels: { zone: 'nowhere' } };
    const away = { constraints: [{ type: 'direct', node: 'away' }] };
    const commands = jobs.map((id, index) => wants(id, 1, index % 2 === 0 ? zone : away));
    const cluster = given(...commands);
    const scene = new Scene(cluster, ...jobs);
    for (const id of nodes) {
      for (const command of ready(id, small)) cluster.when(command);
      const node = cluster.state.nodes.get(id);
      if (node === undefined) continue;
      const technologies = Object.assign([...node.technologies], {
        includes: () => (looks += 1) > 0,
      });
      cluster.state.nodes.set(id, { ...node, technologies });
    }
    scene.waiting.notice(takeChanges(cluster.state));
    expect(scene.waiting.takeHelped()).toEqual([]);
    expect(looks).toBe(nodes.length);
  });

  it('is helped by a machine that became free while the scheduler was answering', () => {
    const scene = new Scene(given(...ready('a', small), wants('web', 600)));
    scene.measured('a', 9_000);
    scene.waiting.asking();
    scene.measured('a', 1_000);
    expect(scene.waiting.takeHelped()).toEqual([]);
    scene.waiting.waitForRoom('web');
    expect(scene.waiting.asked()).toBe(true);
    expect(scene.waiting.takeHelped()).toEqual(['web']);
  });

  it('that has ended is let go with the next change', () => {
    const scene = new Scene(given(...ready('a', small)), 'gone');
    expect(scene.after(cordonA)).toEqual(['gone']);
    expect(scene.waiting.size).toBe(0);
  });
});

describe('A job that waits for its own to end', () => {
  it('is asked about once it has ended, wherever there was room before', () => {
    const cluster = running({ onDisconnect: { stopOnWorkerAfterMs: 10_000 } }, 'a');
    const scene = new Scene(cluster);
    withdrawFrom(cluster, 'a');
    scene.waiting.waitForEnds('j');
    expect(scene.waiting.takeHelped()).toEqual([]);
    orderStops(cluster);
    expect(scene.after(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'))).toEqual(['j']);
  });
});

describe('Those that wait', () => {
  it('for room are asked about in turn, however many wait for an end, which needs no asking', () => {
    const scene = new Scene(given(), 'room');
    for (const id of ['a', 'b', 'c']) scene.waiting.waitForEnds(id);
    expect(scene.waiting.takeOldest(2)).toEqual(['room', 'a']);
  });

  it('are asked about in turn all the same, the oldest first', () => {
    const scene = new Scene(given(), 'a', 'b', 'c');
    expect(scene.waiting.takeOldest(2)).toEqual(['a', 'b']);
    scene.waiting.waitForRoom('a');
    expect(scene.waiting.takeOldest(2)).toEqual(['c', 'a']);
  });
});
