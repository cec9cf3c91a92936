import type { ErrorCode } from '@oakring/contracts';
import type { Publication } from '../../../broker/testing/mosquitto.js';

/** What a registered node `edge-1` at incarnation 5 may send, and the code it is refused with. */
export interface BadMessage {
  readonly what: string;
  readonly code: ErrorCode;
  readonly message: Publication;
}

const registration = { id: 'edge-1', name: 'edge-1', ip: '10.0.0.1', port: 4000 };

export const badMessages: readonly BadMessage[] = [
  bad('a payload that is not JSON', 'invalid-json', 'information', 'cpu=12'),
  bad('JSON that is not an object', 'invalid-json', 'information', '[1,2]'),
  bad('an empty payload', 'invalid-json', 'status', ''),
  bad('a reading that is not UTF-8', 'not-utf8', 'information', notUtf8()),
  bad('an ack that is not UTF-8', 'not-utf8', 'acks', notUtf8()),
  bad('a payload of 300 kB', 'payload-too-large', 'state', stateOf(300_000)),
  bad('a reading of 300 kB', 'payload-too-large', 'information', stateOf(300_000)),
  bad('a percentage that is a word', 'invalid-field', 'information', { cpu: 'much', memory: 1 }),
  bad('a percentage far over 100', 'invalid-field', 'information', { cpu: 400, memory: 1 }),
  bad('a decimal comma', 'invalid-field', 'information', { cpu: '12,5', memory: 1 }),
  bad('a missing percentage', 'invalid-field', 'information', { cpu: 1 }),
  bad('a value nested too deeply', 'invalid-field', 'information', nested('cpu')),
  bad('a registration nested too deeply', 'invalid-field', 'registration', nested('extra')),
  bad(
    'a registration with a name twice',
    'invalid-json',
    'registration',
    JSON.stringify(registration).replace('{', '{"port":4001,'),
  ),
  bad('a name that is no text', 'invalid-field', 'registration', { ...registration, name: {} }),
  bad('a port out of range', 'invalid-field', 'registration', { ...registration, port: 70_000 }),
  bad('a technology nobody knows', 'technology-unknown', 'registration', {
    ...registration,
    technologies: ['docker', 'abacus'],
  }),
  bad('negative resources', 'invalid-field', 'registration', {
    ...registration,
    capacity: { cpuMillis: -1, memoryMiB: 64 },
  }),
  bad('an integer beyond 2^53', 'invalid-field', 'registration', {
    ...registration,
    serial: 2 ** 60,
  }),
  bad(
    'an unpaired surrogate',
    'invalid-field',
    'registration',
    `{"id":"edge-1","name":"\\ud800","ip":"10.0.0.1","port":1}`,
  ),
  bad('another node’s registration', 'id-mismatch', 'registration', {
    ...registration,
    id: 'edge-2',
  }),
  bad('an id in the payload that is none', 'invalid-id', 'registration', {
    ...registration,
    id: 'edge 1',
  }),
  {
    what: 'an id in the topic that is none',
    code: 'invalid-id',
    message: { topic: 'nodes/edge 1/information', payload: '{"cpu":1,"memory":1}' },
  },
  {
    what: 'an id that is a step in a path',
    code: 'invalid-id',
    message: {
      topic: 'nodes/../registration',
      payload: JSON.stringify({ ...registration, id: '..' }),
    },
  },
  bad('a registration of an older incarnation', 'incarnation-stale', 'registration', {
    ...registration,
    incarnation: 4,
  }),
  bad('somebody else’s registration', 'node-id-taken', 'registration', {
    ...registration,
    name: 'another',
  }),
  bad('a registration with a wrong token', 'node-id-taken', 'registration', {
    ...registration,
    token: 'guess',
  }),
  bad('a reading of an older incarnation', 'incarnation-stale', 'information', {
    cpu: 1,
    memory: 1,
    incarnation: 4,
  }),
  bad('a reading of a start that did not register', 'incarnation-stale', 'information', {
    cpu: 1,
    memory: 1,
    incarnation: 6,
  }),
  bad('a status of an older incarnation', 'incarnation-stale', 'status', {
    status: 'offline',
    incarnation: 4,
  }),
  bad('a status nobody knows', 'invalid-field', 'status', { status: 'tired' }),
  bad('a state without a list', 'invalid-field', 'state', { instances: 7 }),
  {
    what: 'a reading of an unknown node',
    code: 'node-unknown',
    message: { topic: 'nodes/nobody/information', payload: '{"cpu":1,"memory":1}' },
  },
  {
    what: 'a status of an unknown node',
    code: 'node-unknown',
    message: { topic: 'nodes/nobody/status', payload: '{"status":"online"}' },
  },
  {
    what: 'a page of a state of an unknown node',
    code: 'node-unknown',
    message: { topic: 'nodes/nobody/state', payload: '{"page":1,"pages":64,"instances":[]}' },
  },
  bad('a page of a state of an older incarnation', 'incarnation-stale', 'state', {
    ...{ page: 1, pages: 64, instances: [], incarnation: 4 },
  }),
  bad('an ack for an unknown command', 'command-unknown', 'acks', {
    commandId: '4711-0',
    phase: 'received',
  }),
  bad('a history without entries', 'invalid-field', 'history', {
    incarnation: 1,
    from: 1,
    entries: [],
  }),
];

function bad(
  what: string,
  code: ErrorCode,
  kind: string,
  content: string | Uint8Array | object,
): BadMessage {
  const isPayload = typeof content === 'string' || content instanceof Uint8Array;
  const payload = isPayload ? content : JSON.stringify(content);
  return { what, code, message: { topic: `nodes/edge-1/${kind}`, payload } };
}

function notUtf8(): Uint8Array {
  return Buffer.concat([Buffer.from('{"cpu":1,"memory":1,"note":"'), Buffer.from([0xc3, 0x28])]);
}

function stateOf(bytes: number): string {
  return JSON.stringify({ instances: [], filler: 'x'.repeat(bytes) });
}

function nested(field: string): string {
  const depth = 20_000;
  return `{"id":"edge-1","name":"n","ip":"i","port":1,"memory":1,"${field}":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}
