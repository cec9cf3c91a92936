import type { ErrorCode } from '@oakring/contracts';
import type { DescribedAnswer, DescribedOperation, DescribedParameter } from './described.js';
import { orderOperations } from './order-operations.js';
import { ledgerOperations, momentParameter } from './ledger-operations.js';

function query(
  name: string,
  type: DescribedParameter['type'],
  description: string,
): DescribedParameter {
  return { in: 'query', name, type, description };
}

const idempotencyKey: DescribedParameter = {
  in: 'header',
  name: 'Idempotency-Key',
  type: 'string',
  description:
    'A name for this request: repeated, it gets the first answer again, for 24 hours or 200 000 further keys.',
};
const minPosition = query('minPosition', 'integer', 'Wait up to 5 s for the view to be there.');
const list = [
  query('limit', 'integer', 'Items of a page: 1 to 1000, 100 by default.'),
  query('cursor', 'string', '`next` of the page before.'),
  minPosition,
  momentParameter,
];
const inBody: readonly ErrorCode[] = [
  'invalid-json',
  'invalid-field',
  'payload-too-large',
  'unsupported-media-type',
];
const whenBusy: readonly ErrorCode[] = ['overloaded', 'outcome-unknown'];
const onJob: readonly ErrorCode[] = ['job-unknown', 'idempotency-key-reused', ...whenBusy];

function ok(schema: string | null, description: string, status = 200): DescribedAnswer {
  return { status, description, schema };
}

/** By method and path. A test keeps it equal to the routes that exist. */
export const operations: Readonly<Record<string, DescribedOperation>> = {
  'post /api/v1/jobs': {
    tag: 'Jobs',
    summary: 'Submit a job',
    parameters: [
      query('dryRun', 'boolean', 'Tell where it would go; write nothing.'),
      idempotencyKey,
    ],
    body: { schema: 'SubmitJob' },
    answers: [
      ok('Job', 'Accepted and durable. The same request again gets the same answer.', 201),
      ok('DryRun', 'The answer to a dry run.'),
    ],
    problems: [
      ...inBody,
      'technology-unknown',
      'constraint-unknown',
      'job-id-taken',
      'job-deleting',
      'idempotency-key-reused',
      'scheduler-refused',
      'scheduler-unavailable',
      ...whenBusy,
    ],
  },
  'get /api/v1/jobs': {
    tag: 'Jobs',
    summary: 'List jobs, by id',
    parameters: list,
    answers: [ok('JobPage', 'A page.')],
  },
  'get /api/v1/jobs/{id}': {
    tag: 'Jobs',
    summary: 'Show a job with its instances',
    parameters: [minPosition, momentParameter],
    answers: [ok('Job', 'The job.')],
    problems: ['job-unknown', 'position-not-reached'],
  },
  'delete /api/v1/jobs/{id}': {
    tag: 'Jobs',
    summary: 'Delete a job; it is gone when its last instance has ended',
    parameters: [idempotencyKey],
    answers: [ok('JobOrder', 'Ordered.')],
    problems: onJob,
  },
  'post /api/v1/jobs/{id}/replicate': {
    tag: 'Jobs',
    summary: 'Change the desired number of instances',
    parameters: [idempotencyKey],
    body: { schema: 'ReplicateJob' },
    answers: [ok('JobOrder', 'Ordered.')],
    problems: [...inBody, ...onJob, 'job-deleting'],
  },
  'post /api/v1/jobs/{id}/instances/{number}/move': {
    tag: 'Jobs',
    summary: 'Move an instance to another node: it runs there before it ends here',
    parameters: [idempotencyKey],
    body: { schema: 'MoveInstance', optional: true },
    answers: [ok('JobOrder', 'The move has begun.')],
    problems: [
      ...onJob,
      'instance-unknown',
      'instance-not-movable',
      'worker-does-not-fit',
      'no-target',
      'scheduler-refused',
      'scheduler-unavailable',
    ],
  },
  'post /api/v1/nodes': {
    tag: 'Nodes',
    summary: 'Register a node, as on nodes/<id>/registration',
    parameters: [idempotencyKey],
    body: { schema: 'RegisterNode' },
    answers: [ok('Registered', 'Registered, or registered before.', 201)],
    problems: [...inBody, 'node-id-taken', 'incarnation-stale', ...whenBusy],
  },
  'get /api/v1/nodes': {
    tag: 'Nodes',
    summary: 'List nodes, by id',
    parameters: list,
    answers: [ok('NodePage', 'A page.')],
  },
  'get /api/v1/nodes/{id}': {
    tag: 'Nodes',
    summary: 'Show a node',
    parameters: [minPosition, momentParameter],
    answers: [ok('Node', 'The node.')],
    problems: ['node-unknown', 'position-not-reached'],
  },
  'get /api/v1/node-changes': {
    tag: 'Nodes',
    summary: 'What changed since a position: the food of a scheduler',
    parameters: [
      query('since', 'integer', 'Position that the copy reflects; 0 for all.'),
      query('telemetrySince', 'integer', 'Number of the newest reading that the copy reflects.'),
      minPosition,
    ],
    answers: [ok('NodeChanges', 'The changes.')],
  },
  'get /api/v1/decisions/{id}': {
    tag: 'Ledger',
    summary: 'Why an instance was placed where it is, or nowhere',
    answers: [ok('Decision', 'The decision as it was recorded.')],
    problems: ['decision-unknown'],
  },
  'get /api/v1/dead-letters': {
    tag: 'Ledger',
    summary: 'Messages that were refused, newest first',
    parameters: [query('limit', 'integer', '1 to 10000, 100 by default.')],
    answers: [ok('DeadLetterPage', 'The newest.')],
  },
  ...ledgerOperations,
  ...orderOperations,
  'get /api/v1/events': {
    tag: 'Ledger',
    summary: 'Replay the ledger, and follow it',
    parameters: [
      query('from', 'integer', 'First position, inclusive; 1 by default.'),
      query('stream', 'string', 'Only this stream: cluster, nodes/<id> or jobs/<id>.'),
      query('type', 'string', 'Only these types of events, separated by commas.'),
      query('follow', 'boolean', 'Go on with what happens. Implied by text/event-stream.'),
      query('limit', 'integer', 'End after this many events.'),
      {
        in: 'header',
        name: 'Last-Event-ID',
        type: 'string',
        description: 'With text/event-stream: go on after this event, `<position>/<index>`.',
      },
    ],
    answers: [
      {
        status: 200,
        description: 'A line an event.',
        media: 'application/x-ndjson',
        schema: 'EventLine',
      },
    ],
    problems: ['position-invalid', 'invalid-field'],
  },
  'get /health/live': {
    tag: 'Operation',
    summary: 'The process answers',
    answers: [ok(null, 'Alive.')],
  },
  'get /health/ready': {
    tag: 'Operation',
    summary: 'The manager does its work',
    answers: [ok(null, 'Ready.'), { status: 503, description: 'Not ready.', schema: null }],
  },
  'get /metrics': {
    tag: 'Operation',
    summary: 'For Prometheus',
    answers: [{ status: 200, description: 'Metrics.', media: 'text/plain', schema: null }],
  },
};
