// A ledger of jobs that came, ran and went, written through the log's own port.
import {
  encodeEvent,
  headOf,
  jobStream,
  sealCommit,
  type DomainEvent,
  type LogHead,
} from '@oakring/events';
import { benchOrigin } from './ledger-floors.js';
import { openLmdbEventLog, type EventLogWriter } from '@oakring/stores';

const jobsPerCommit = 100;

/** An event of the stream `jobs/<id>`. */
type JobEvent = DistributiveOmit<Extract<DomainEvent, { stream: `jobs/${string}` }>, 'stream'>;
type DistributiveOmit<T, K extends keyof T> = T extends unknown ? Omit<T, K> : never;

/** Events of one job's life, in the order in which they are committed; each list is one commit. */
function life(id: string, head: LogHead, number: number): readonly (readonly JobEvent[])[] {
  const { position } = head;
  const address = { generation: 1, instance: 0 };
  const order = { ...address, incarnation: 1, nodeId: 'edge-1' };
  const placement = {
    ...{ ...address, nodeId: 'edge-1', total: 98 },
    reason: 'the only node that fits: 7800 of 8000 cpuMillis and 15872 of 16000 MiB stay free',
    scores: { balance: 98, leastAllocated: 98, spread: 100 },
  };
  const basis = {
    ...{ policy: 'least-allocated-spread/1', seed: 1_083_833_483, nodes: 1, feasible: 1 },
    ...{ sawLedger: position + 1, sawTelemetry: 2, filtered: {} },
  };
  const decisionId = `${position + 2}-${2 * number}`;
  const deploy = `${position + 2}-${2 * number + 1}`;
  const remove = `${position + 5}-${number}`;
  const reason = 'the job is being deleted';
  return [
    [{ type: 'JobSubmitted', data: submitted(id) }],
    [
      { type: 'InstancesPlaced', data: { basis, decisionId, placements: [placement] } },
      { type: 'CommandIssued', data: { ...order, commandId: deploy, kind: 'deploy' } },
    ],
    [{ type: 'CommandSucceeded', data: { assumed: false, commandId: deploy } }],
    [{ type: 'JobDeletionOrdered', data: {} }],
    [{ type: 'CommandIssued', data: { ...order, commandId: remove, kind: 'delete', reason } }],
    [
      { type: 'CommandSucceeded', data: { assumed: false, commandId: remove } },
      { type: 'JobEnded', data: {} },
    ],
  ];
}

function submitted(id: string) {
  return {
    id,
    desired: 1,
    document: { id, name: id, image: 'demo/hello:1', technology: 'simulated' },
    technology: 'simulated',
    resources: { cpuMillis: 100, memoryMiB: 64 },
    labels: {},
    constraints: [],
    // As it is: nothing to say.
    policy: {},
    bodyHash: 'a'.repeat(64),
  };
}

/** Appends the lives of `jobs` jobs to the ledger in `folder`: eight events each. */
export async function appendShortJobs(folder: string, jobs: number): Promise<void> {
  const log = await openLmdbEventLog(folder);
  for (let written = 0; written < jobs; written += jobsPerCommit) {
    const ids = Array.from(
      { length: Math.min(jobsPerCommit, jobs - written) },
      (_, at) => `history-${written + at}`,
    );
    await appendTogether(log, ids);
  }
  await log.close();
}

/** The lives of some jobs side by side: each step of all of them is one commit. */
async function appendTogether(log: EventLogWriter, ids: readonly string[]): Promise<void> {
  let head = await log.head();
  const lives = ids.map((id, number) => ({ stream: jobStream(id), steps: life(id, head, number) }));
  const steps = Math.max(...lives.map((one) => one.steps.length));
  let version = 0;
  for (let step = 0; step < steps; step += 1) {
    const events = lives.flatMap(({ stream, steps }) =>
      (steps[step] ?? []).map((event, at) =>
        encodeEvent({ stream, ...event }, version + at + 1, benchOrigin),
      ),
    );
    version += events.length / lives.length;
    const commit = sealCommit(head, {
      ...{ epoch: head.epoch, commitId: `${ids[0]}-${step}`, at: head.at, commands: [] },
      streams: lives.map(({ stream }) => stream).sort(),
      events,
    });
    const { status } = await log.append(commit);
    if (status !== 'appended') throw new Error(`history was not appended: ${status}`);
    head = headOf(commit);
  }
}
