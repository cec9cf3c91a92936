import { describe, expect, it } from '@jest/globals';
import type { ScheduleAnswer, ScheduleJob } from '@oakring/contracts';
import {
  emptyHead,
  encodeEvent,
  headOf,
  sealCommit,
  type Commit,
  type DomainEvent,
  type StoredEvent,
} from '@oakring/events';
import { sampleOrigin } from '@oakring/events/testing';
import { factsOf, instanceKey } from '@oakring/model';
import { answersOf, jobsToPlan, NodeTable, planJobs, policy, type Policy } from '@oakring/planning';
import { seededRandomness } from '@oakring/ports';
import type { Command } from '../commands/command.js';
import { basisOf } from '../commands/decide/plans.js';
import { askSuccessor, replacementOf } from '../scheduling/ask-successor.js';
import { questionAbout } from '../scheduling/next-group.js';
import { ack, given, ready, submitJob } from '../testing/given.js';
import { randomJob } from '../testing/random-job.js';
import { DecisionReplay, type Replayed } from './replay-decisions.js';

/** A ledger with a scheduler beside it: machines are busy, calls ask about several jobs. */
class Story {
  readonly cluster = given();
  private readonly chance;
  position = 0;
  private telemetry = 0;
  private busy: { id: string; resources: { cpuMillis: number; memoryMiB: number } }[] = [];

  constructor(
    seed: number,
    private readonly by: Policy = policy,
  ) {
    this.chance = seededRandomness(seed);
  }

  readonly number = (bound: number): number => this.chance.integer(bound);
  readonly pick = <T>(list: readonly T[]): T => list[this.number(list.length)] as T;

  when(command: Command): void {
    this.position += 1;
    this.cluster.when(command);
  }

  /** What machines do besides our instances, as readings tell it. */
  load(ids: readonly string[]): void {
    this.telemetry += 1;
    this.busy = ids.map((id) => {
      const resources = { cpuMillis: this.number(900), memoryMiB: this.number(300) };
      return { id, resources };
    });
  }

  ask(jobs: readonly ScheduleJob[]): readonly ScheduleAnswer[] {
    const table = new NodeTable();
    const nodes = Array.from(this.cluster.state.nodes.values(), factsOf);
    const { position, telemetry, busy: foreign } = this;
    table.apply({ position, telemetry, complete: true, nodes, removed: [], foreign });
    const planned = jobsToPlan(jobs, () => this.number(2 ** 31));
    const answers = answersOf(table, jobs, planned, seededRandomness);
    if (this.by === policy) return answers;
    const plans = planJobs(table, planned, seededRandomness, this.by);
    return answers.map((answer, at) => ({ ...answer, ...plans[at], policy: this.by }));
  }

  question(id: string, exclude: readonly string[] = []): ScheduleJob {
    const job = this.cluster.state.jobs.get(id);
    if (job === undefined) throw new Error(`${id} is no job`);
    const instances = this.cluster.state.pendingOfJob.sizeOf(id);
    return { ...questionAbout(this.cluster.state, job, instances), exclude };
  }

  /** One call about all that waits, applied one by one. */
  place(exclude: readonly string[] = []): void {
    const { jobsWithPending } = this.cluster.state;
    const waiting = [...jobsWithPending].map((id) => this.question(id, exclude));
    const answers = this.ask(waiting);
    for (const answer of answers) this.when({ type: 'ApplyPlan', id: answer.job.id, answer });
  }

  get commits(): Commit[] {
    return commitsOf(this.cluster.history, this.position);
  }
}

/** As the writer would have stored them. */
function commitsOf(history: readonly StoredEvent[], last: number): Commit[] {
  const commits: Commit[] = [];
  let head = emptyHead;
  for (let position = 1; position <= last; position += 1) {
    const events = history.filter((event) => event.position === position);
    const commit = sealCommit(head, {
      ...{ epoch: 1, commitId: `c${position}`, at: 1_700_000_000_000 + position, commands: [] },
      streams: [...new Set(events.map(({ stream }) => stream))],
      events: events.map(({ stream, type, data }) =>
        encodeEvent({ stream, type, data } as DomainEvent, position, sampleOrigin),
      ),
    });
    commits.push(commit);
    head = headOf(commit);
  }
  return commits;
}

function replayed(commits: readonly Commit[]): Replayed[] {
  const replay = new DecisionReplay();
  return [...commits.flatMap((commit) => replay.next(commit)), ...replay.end()];
}

/** Nodes of two kinds, more than are all looked at: some decisions draw a sample. */
function bigCluster(seed: number): Story {
  const story = new Story(seed);
  const ids = Array.from({ length: 70 }, (_, at) => `n${at}`);
  for (const [at, id] of ids.entries()) {
    const labels = at % 3 === 0 ? { zone: 'north' } : {};
    const capacity = { cpuMillis: 1_000, memoryMiB: 400 };
    const architecture = at % 2 === 0 ? 'amd64' : 'arm64';
    for (const command of ready(id, { labels, capacity, architecture })) story.when(command);
  }
  story.load(ids);
  return story;
}

describe('The decisions of a ledger', () => {
  it('come out the same, byte for byte, from what is on record alone', () => {
    const outcomes: Replayed[] = [];
    for (const seed of [1, 2, 3]) {
      const story = bigCluster(seed);
      for (let round = 0; round < 6; round += 1) {
        for (let count = 0; count < 5; count += 1) {
          const id = `job-${round}-${count}`;
          story.when(submitJob(id, { ...randomJob(story), count: 1 + story.number(24), id }));
        }
        story.place(round % 2 === 0 ? ['n1', 'n2'] : []);
        const order = story.pick([
          { do: 'cordon', reason: 'r' },
          { do: 'drain', withinMs: 60_000, force: false },
        ] as const);
        story.when({ type: 'OrderNode', id: `n${story.number(70)}`, order });
        if (round % 2 === 1) story.load(['n0', 'n3', 'n6', 'n9', 'n12']);
      }
      outcomes.push(...replayed(story.commits));
    }
    expect(outcomes.filter(({ outcome }) => outcome !== 'same')).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(80);
  });

  it.each([
    ['least-allocated-spread/3', [3, 3, 2]],
    ['least-allocated-spread/2', [8, 0, 0]],
  ] as const)('come out the same where nothing is reserved, by %s', (by, places) => {
    const story = new Story(6, by);
    for (const id of ['a', 'b', 'c']) for (const each of ready(id)) story.when(each);
    const resources = { cpuMillis: 0, memoryMiB: 0 };
    for (let at = 0; at < 8; at += 1) story.when(submitJob(`j${at}`, { count: 1, resources }));
    story.place();
    const { nodes } = story.cluster.state;
    expect(Array.from(nodes.values(), ({ placements }) => placements)).toEqual(places);
    expect(replayed(story.commits).map(({ outcome }) => outcome)).toEqual(Array(8).fill('same'));
  });

  it('come out the same where an instance gives its place to its successor, or moves', () => {
    const story = bigCluster(4);
    story.when(submitJob('j', { count: 2, resources: { cpuMillis: 100, memoryMiB: 64 } }));
    story.place();
    const { state } = story.cluster;
    for (const { id, nodeId } of state.commands.values()) story.when(ack(nodeId, id, 'succeeded'));
    const job = state.jobs.get('j');
    const [first, second] = [0, 1].map((number) => state.instances.get(instanceKey('j', number)));
    if (job === undefined || !first || !second) throw new Error('j has two instances');

    const [successor] = story.ask([askSuccessor(state, job, first, [])]);
    const replacement = replacementOf(job, first, successor, 'ordered');
    if (replacement === null) throw new Error('it has a successor');
    story.when(replacement);
    const question = { ...questionAbout(state, job, 1), exclude: [second.nodeId ?? ''] };
    const [answer] = story.ask([{ ...question, worker: 'n33' }]);
    const [target] = answer?.placements ?? [];
    if (answer === undefined || target === undefined) throw new Error('n33 has room');
    const { number: instance, generation } = second;
    const move = { type: 'MoveInstance', id: 'j', instance, generation } as const;
    story.when({ ...move, target, basis: basisOf(answer) });

    const types = story.cluster.history.map(({ type }) => type);
    expect(types).toContain('MoveStarted');
    expect(replayed(story.commits).map(({ outcome }) => outcome)).toEqual(['same', 'same', 'same']);
  });

  const changedBy = (change: (data: Record<string, object>) => object): Replayed[] => {
    const story = bigCluster(5);
    story.when(submitJob('j', { count: 40, resources: { cpuMillis: 300, memoryMiB: 64 } }));
    story.place();
    const changed = story.cluster.history.map((event) =>
      event.type === 'InstancesPlaced'
        ? ({
            ...event,
            data: change({ ...event.data } as unknown as Record<string, object>),
          } as StoredEvent)
        : event,
    );
    return replayed(commitsOf(changed, story.position));
  };

  it('come out otherwise where something else was read, or another place is on record', () => {
    const idle = changedBy(({ basis, ...data }) => ({
      ...data,
      basis: { ...basis, reads: { foreign: {}, taken: {}, present: {} } },
    }));
    expect(idle).toMatchObject([{ outcome: 'differs' }]);
    const moved = changedBy(({ placements, ...data }) => {
      const [first, ...rest] = placements as { nodeId: string }[];
      return { ...data, placements: [{ ...first, nodeId: 'n69' }, ...rest] };
    });
    expect(moved).toMatchObject([
      { outcome: 'differs', detail: 'A replay gives another place than n69 for instance 0.' },
    ]);
  });

  it('are told to be incomplete where not all that they read is on record', () => {
    const older = changedBy(({ basis, ...data }) => {
      const { asked: _asked, reads: _reads, ...before } = { ...basis } as Record<string, object>;
      return { ...data, basis: before };
    });
    expect(older).toMatchObject([{ outcome: 'incomplete' }]);
    expect(older[0]?.detail).toContain('from before');
    const byOthers = changedBy(({ basis, ...data }) => ({
      ...data,
      basis: { ...basis, policy: 'another/2' },
    }));
    expect(byOthers[0]).toMatchObject({ outcome: 'incomplete' });
  });
});
