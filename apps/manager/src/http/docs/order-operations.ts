import type { DescribedOperation } from './described.js';
import { momentParameter } from './ledger-operations.js';

const order = {
  tag: 'Nodes',
  answers: [{ status: 200, description: 'Ordered, or so already.', schema: 'NodeOrder' }],
  problems: ['node-unknown', 'overloaded', 'outcome-unknown'],
} as const;
const withReason = { body: { schema: 'NodeReason', optional: true } } as const;
const jobOrder = { status: 200, description: 'Ordered.', schema: 'JobOrder' } as const;

/** Orders about nodes, and changes to jobs under way. */
export const orderOperations: Readonly<Record<string, DescribedOperation>> = {
  'get /api/v1/cluster': {
    tag: 'Nodes',
    summary: 'The cluster as a whole, and whether there is a storm',
    parameters: [momentParameter],
    answers: [{ status: 200, description: 'The cluster.', schema: 'Cluster' }],
  },
  'put /api/v1/jobs/{id}': {
    tag: 'Jobs',
    summary:
      'Roll out a new revision of a job, and set its desired count. A newer one takes over from one ' +
      'that is under way; one that leaves alone how an instance runs restarts nothing',
    parameters: [
      {
        in: 'header',
        name: 'If-Match',
        type: 'string',
        description: 'ETag of the answer that the change is made from.',
      },
    ],
    body: { schema: 'SubmitJob' },
    answers: [jobOrder],
    problems: [
      'job-unknown',
      'job-deleting',
      'job-completed',
      'position-changed',
      'update-without-effect',
      'id-mismatch',
      'invalid-field',
      'overloaded',
      'outcome-unknown',
    ],
  },
  'post /api/v1/jobs/{id}/restart': {
    tag: 'Jobs',
    summary: 'Start every instance anew, as a new revision; what was given up is tried again',
    answers: [jobOrder],
    problems: [
      'job-unknown',
      'job-deleting',
      'job-completed',
      'invalid-field',
      'overloaded',
      'outcome-unknown',
    ],
  },
  'delete /api/v1/jobs/{id}/instances/{number}/move': {
    tag: 'Jobs',
    summary: 'Call off a move: the original stays',
    answers: [jobOrder],
    problems: ['job-unknown', 'instance-unknown', 'overloaded', 'outcome-unknown'],
  },
  'post /api/v1/nodes/{id}/cordon': {
    ...order,
    ...withReason,
    summary: 'Place nothing new on a node; what runs there goes on',
  },
  'delete /api/v1/nodes/{id}/cordon': {
    ...order,
    summary: 'Place on a node again; ends a drain as well',
  },
  'post /api/v1/nodes/{id}/drain': {
    ...order,
    body: { schema: 'DrainNode', optional: true },
    summary: 'Move everything off a node, make before break, until a deadline',
  },
  'delete /api/v1/nodes/{id}/drain': {
    ...order,
    summary: 'Call off a drain; the node stays cordoned',
  },
  'post /api/v1/nodes/{id}/quarantine': {
    ...order,
    ...withReason,
    summary: 'Place nothing new on a node that is not trusted',
  },
  'delete /api/v1/nodes/{id}/quarantine': { ...order, summary: 'Trust a node again' },
  'delete /api/v1/nodes/{id}': {
    ...order,
    summary: 'Forget a node that will not come back; its instances are lost',
    problems: [...order.problems, 'node-in-use'],
  },
};
