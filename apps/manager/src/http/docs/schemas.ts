import { nodeFlags, orderSchemas, policyFields, rollout } from './order-schemas.js';
import { decisionSchemas } from './decision-schemas.js';
import { ledgerSchemas } from './ledger-schemas.js';
import { errorCatalogue, maxJobCount } from '@oakring/contracts';
import {
  id,
  natural,
  text,
  time,
  position,
  resources,
  labels,
  counts,
  technology,
  jobStatus,
  instance,
  jobHead,
  listOf,
  nullable,
  object,
  page,
  allResources,
  warnings,
  type SchemaObject,
} from './schema-parts.js';

const SubmitJob: SchemaObject = {
  ...object(
    {
      id: { ...id, description: 'Chosen by the manager when it is left out.' },
      name: { ...text, maxLength: 256 },
      image: { ...text, maxLength: 1024 },
      technology,
      count: { ...natural, maximum: maxJobCount, default: 1 },
      resources: { ...resources, description: 'Reserved for each instance.' },
      labels: { ...labels, description: 'Labels that a node must carry.' },
      constraints: {
        ...listOf(object({ type: { type: 'string', enum: ['direct', 'architecture'] } }, ['type'])),
        maxItems: 32,
        example: [
          { type: 'direct', node: 'n1' },
          { type: 'architecture', architecture: 'arm64' },
        ],
      },
      ...policyFields,
    },
    ['name', 'image', 'technology'],
  ),
  additionalProperties: true,
  description:
    'Unknown fields are kept, travel to the scheduler and to the worker, and are named in the answer.',
  example: {
    id: 'web',
    name: 'web',
    image: 'nginx:1.27',
    technology: 'docker',
    count: 2,
    resources: { cpuMillis: 250, memoryMiB: 128 },
  },
};

const RegisterNode: SchemaObject = {
  ...object(
    {
      id,
      name: { ...text, maxLength: 256 },
      ip: { ...text, maxLength: 256 },
      port: { ...natural, maximum: 65_535 },
      incarnation: natural,
      startId: { ...text, maxLength: 64, description: 'Tells two starts with one number apart.' },
      yields: { type: 'boolean', default: false },
      capacity: resources,
      labels,
      technologies: { ...listOf(technology), maxItems: 16 },
      architecture: { ...text, maxLength: 64 },
      acknowledges: { type: 'boolean', default: false },
      enforcesStop: { type: 'boolean', default: false },
      token: { ...text, description: 'The token that the first registration was answered with.' },
    },
    ['id', 'name', 'ip', 'port'],
  ),
  additionalProperties: true,
  example: { id: 'n1', name: 'n1', ip: '10.0.0.7', port: 10050 },
};

const nodeMembers = {
  id,
  name: text,
  ip: text,
  port: natural,
  status: { type: 'string', enum: ['registered', 'ready', 'suspect', 'disconnected', 'lost'] },
  since: time,
  reason: text,
  incarnation: natural,
  rival: {
    ...object({ since: time, incarnation: natural, reason: text }),
    description: 'Another worker claims to be this node as well; absent while none does.',
  },
  capacity: allResources,
  assumed: { type: 'boolean', description: 'The node stated no capacity.' },
  reserved: allResources,
  used: nullable(object({ cpu: { type: 'number' }, memory: { type: 'number' } })),
  lastSeen: nullable(time),
  readingsShed: natural,
  instances: natural,
  labels,
  technologies: listOf(technology),
  architecture: nullable(text),
  acknowledges: { type: 'boolean' },
  enforcesStop: { type: 'boolean' },
  flags: nodeFlags,
  unexpected: { ...listOf(text), description: 'What runs there without our order.' },
  position,
};

const Node = object(
  nodeMembers,
  Object.keys(nodeMembers).filter((name) => name !== 'rival'),
);

const JobOrder = object(
  {
    id,
    status: jobStatus,
    desired: natural,
    position: { ...position, description: 'Where the order was committed.' },
    instance: natural,
    generation: natural,
    nodeId: id,
    decision: text,
    revision: natural,
    restarts: { type: 'boolean', description: 'Instances are replaced by this update.' },
    warnings,
  },
  ['id', 'status', 'desired', 'position'],
);

const EventLine: SchemaObject = {
  ...object({
    position,
    index: natural,
    stream: text,
    version: natural,
    type: text,
    at: time,
    data: { type: 'object', additionalProperties: true },
  }),
  example: {
    position: 7,
    index: 0,
    stream: 'jobs/web',
    version: 1,
    type: 'JobDeletionOrdered',
    at: '2026-01-01T00:00:00.000Z',
    data: {},
  },
};

const Problem: SchemaObject = {
  ...object(
    {
      type: text,
      title: text,
      status: natural,
      code: { type: 'string', enum: Object.keys(errorCatalogue) },
      detail: text,
      remedy: text,
      field: text,
      value: {},
      errors: listOf(object({ field: text, value: {}, detail: text })),
    },
    ['type', 'title', 'status', 'code', 'detail', 'remedy'],
  ),
  description: 'RFC 9457. `errors` names every bad field when there are several.',
};

/** By what is checked. */
const checks: SchemaObject = { type: 'object', additionalProperties: true };

/** The bodies and answers of the interface, by name. */
export const schemas: Readonly<Record<string, SchemaObject>> = {
  SubmitJob,
  ReplicateJob: {
    ...object({ count: { ...natural, maximum: maxJobCount, description: 'The new total.' } }),
    example: { count: 5 },
  },
  MoveInstance: { ...object({ worker: id }, []), example: { worker: 'n2' } },
  RegisterNode,
  Job: {
    ...object(
      {
        ...{ ...jobHead, revision: natural, rollout, instances: listOf(instance), warnings },
        document: { type: 'object', additionalProperties: true },
      },
      [...Object.keys(jobHead), 'revision', 'instances', 'document'],
    ),
    description: 'What is said of a job, and apart from it its document, which can be sent back.',
  },
  JobPage: page(object({ ...jobHead, counts })),
  JobOrder,
  Registered: object(
    {
      id,
      accepted: { type: 'boolean' },
      token: text,
      incarnation: natural,
      epoch: natural,
      at: time,
      periodMs: natural,
    },
    ['id', 'accepted', 'incarnation', 'epoch', 'at', 'periodMs'],
  ),
  Node,
  NodePage: page(Node),
  ...decisionSchemas,
  DeadLetterPage: page(
    object({ at: time, topic: text, code: text, reason: text, payload: text, suppressed: natural }),
  ),
  LedgerHead: object({
    position,
    hash: text,
    epoch: natural,
    leader: nullable(text),
    leading: { type: 'boolean' },
  }),
  ...ledgerSchemas,
  ...orderSchemas,
  EventLine,
  Problem,
  Nothing: { ...object({}), additionalProperties: false },
  OpenApi: { type: 'object', additionalProperties: true, description: 'This document.' },
  Health: object(
    {
      status: { type: 'string', enum: ['ok', 'error', 'shutting_down'] },
      info: checks,
      error: checks,
      details: checks,
    },
    ['status', 'details'],
  ),
};
