import type { EventLine, Instance, Job, JobSummary, Node } from '../client/documents.js';

/** Answers of a manager, as the contracts have them. */

export function nodeAnswer(over: Partial<Node> = {}): Node {
  return {
    id: 'edge-berlin',
    name: 'edge-berlin',
    ip: '10.0.0.7',
    port: 0,
    status: 'ready',
    since: '2026-01-01T00:00:00.000Z',
    reason: 'reconciled: reports 0 instances',
    incarnation: 2,
    dialect: 'native',
    capacity: { cpuMillis: 2000, memoryMiB: 4096 },
    assumed: false,
    reserved: { cpuMillis: 500, memoryMiB: 1024 },
    used: { cpu: 12.4, memory: 30 },
    lastSeen: '2026-01-01T00:00:00.000Z',
    readingsShed: 0,
    instances: 2,
    labels: { zone: 'north' },
    technologies: ['simulated'],
    architecture: 'amd64',
    acknowledges: true,
    enforcesStop: true,
    features: ['docker:ports'],
    hostPaths: [],
    registries: [],
    ports: [],
    flags: { cordoned: null, draining: null, quarantined: null },
    unexpected: [],
    unreadable: [],
    position: 7,
    ...over,
  };
}

export function instanceAnswer(over: Partial<Instance> = {}): Instance {
  return {
    number: 0,
    generation: 1,
    status: 'running',
    nodeId: 'edge-berlin',
    confirmed: true,
    reason: 'most room',
    decision: '5-0',
    revision: 1,
    failures: 0,
    restarts: 0,
    since: '2026-01-01T00:00:00.000Z',
    crashLooping: false,
    ...over,
  };
}

export function jobAnswer(over: Partial<Job> = {}): Job {
  return {
    id: 'hello',
    name: 'hello',
    image: 'demo/hello:1',
    technology: 'simulated',
    status: 'active',
    desired: 1,
    revision: 1,
    position: 5,
    submittedAt: '2026-01-01T00:00:00.000Z',
    instances: [instanceAnswer()],
    document: {
      id: 'hello',
      name: 'hello',
      image: 'demo/hello:1',
      technology: 'simulated',
      count: 1,
    },
    ...over,
  };
}

export function jobSummary(over: Partial<JobSummary> = {}): JobSummary {
  const { instances, ...head } = jobAnswer();
  return {
    id: head.id,
    name: head.name,
    image: head.image,
    technology: head.technology,
    status: head.status,
    desired: head.desired,
    position: head.position,
    submittedAt: '2026-01-01T00:00:00.000Z',
    counts: { running: instances.length },
    restarts: 0,
    ...over,
  };
}

export function eventLine(
  position: number,
  index: number,
  type: string,
  data: EventLine['data'] = {},
): EventLine {
  const at = '2026-01-01T12:34:56.789Z';
  const origin = {
    by: 'api/open',
    cause: 'request:POST /api/v1/jobs#1',
    deviceAt: null,
    trace: null,
  };
  return { position, index, stream: 'jobs/hello', version: position, type, at, ...origin, data };
}
