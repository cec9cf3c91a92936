// A ledger of jobs that came, ran and went, written through the log's own port.
import { encodeEvent, headOf, sealCommit } from '../dist/libs/events/src/index.js';
import { openLmdbEventLog } from '../dist/libs/stores/src/index.js';

const jobsPerCommit = 100;

/** Events of one job's life, in the order in which they are committed; each list is one commit. */
function life(id, { position, at }) {
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
  const deploy = `${position + 2}-${2 * at + 1}`;
  const remove = `${position + 5}-${at}`;
  return [
    [['JobSubmitted', submitted(id)]],
    [
      [
        'InstancesPlaced',
        { basis, decisionId: `${position + 2}-${2 * at}`, placements: [placement] },
      ],
      ['CommandIssued', { ...order, commandId: deploy, kind: 'deploy' }],
    ],
    [['CommandSucceeded', { assumed: false, commandId: deploy }]],
    [['JobDeletionOrdered', {}]],
    [
      [
        'CommandIssued',
        { ...order, commandId: remove, kind: 'delete', reason: 'the job is being deleted' },
      ],
    ],
    [
      ['CommandSucceeded', { assumed: false, commandId: remove }],
      ['JobEnded', {}],
    ],
  ];
}

function submitted(id) {
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
export async function appendShortJobs(folder, jobs) {
  const log = await openLmdbEventLog(folder);
  let head = await log.head();
  for (let written = 0; written < jobs; written += jobsPerCommit) {
    const ids = Array.from(
      { length: Math.min(jobsPerCommit, jobs - written) },
      (_, at) => `history-${written + at}`,
    );
    const lives = ids.map((id, at) => life(id, { position: head.position, at }));
    const versions = ids.map(() => 0);
    for (const step of lives[0].keys()) {
      const commit = sealCommit(head, {
        ...{ epoch: head.epoch, commitId: `history-${written}-${step}`, at: head.at, commands: [] },
        streams: ids.map((id) => `jobs/${id}`).sort(),
        events: ids.flatMap((id, at) =>
          lives[at][step].map(([type, data]) =>
            encodeEvent({ stream: `jobs/${id}`, type, data }, (versions[at] += 1)),
          ),
        ),
      });
      const { status } = await log.append(commit);
      if (status !== 'appended') throw new Error(`history was not appended: ${status}`);
      head = headOf(commit);
    }
  }
  await log.close();
}
