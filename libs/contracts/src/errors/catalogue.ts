/**
 * Every coded error of Oakring: the HTTP status it maps to, its title, and what to do next.
 * A code is stable for ever; MQTT dead letters and refusals in the ledger use the same codes.
 */
export const errorCatalogue = {
  'invalid-json': {
    status: 400,
    title: 'The payload is not JSON',
    remedy: 'Send one JSON object, UTF-8.',
  },
  'not-utf8': {
    status: 400,
    title: 'The payload is not UTF-8',
    remedy: 'Encode the payload as UTF-8.',
  },
  'payload-too-large': {
    status: 413,
    title: 'The payload is too large',
    remedy: 'Keep MQTT payloads under 64 KiB and HTTP bodies under 256 KiB.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    remedy: 'Send Content-Type: application/json.',
  },
  'invalid-field': {
    status: 400,
    title: 'A field has an unusable value',
    remedy: 'Correct the field that is named.',
  },
  'invalid-id': {
    status: 400,
    title: 'An id does not match [A-Za-z0-9._-]{1,128}',
    remedy: 'Use letters, digits, dot, underscore and dash only.',
  },
  'id-mismatch': {
    status: 400,
    title: 'The id in the topic differs from the id in the payload',
    remedy: 'Publish under nodes/<id>/… with the same id in the payload.',
  },
  'technology-unknown': {
    status: 400,
    title: 'The technology is not known',
    remedy: 'Use one of docker, unikernel, process, simulated.',
  },
  'constraint-unknown': {
    status: 400,
    title: 'The constraint is not known',
    remedy: 'Use one of direct, architecture.',
  },
  'topic-unknown': {
    status: 400,
    title: 'The topic is not part of the protocol',
    remedy:
      'Use the topics of the native protocol: nodes/<id>/registration, information, status, acks, state, history.',
  },
  'not-supported-yet': {
    status: 501,
    title: 'This version does not take such messages',
    remedy: 'Keep the entries and send them again to a later version.',
  },
  'retained-message': {
    status: 400,
    title: 'The message was retained',
    remedy: 'Only nodes/<id>/status may be retained; publish this one without the retain flag.',
  },
  'incarnation-stale': {
    status: 409,
    title: 'The message is of an older incarnation',
    remedy: 'Let only the newest start of the worker speak, or register with a higher incarnation.',
  },
  'node-unknown': {
    status: 404,
    title: 'The node is not known',
    remedy: 'Register the node first: nodes/<id>/registration or POST /api/v1/nodes.',
  },
  'node-id-taken': {
    status: 409,
    title: 'The node id belongs to another machine',
    remedy:
      'Choose another id, or present the token that the first registration was answered with.',
  },
  'command-unknown': {
    status: 404,
    title: 'The command is not known',
    remedy:
      'Acknowledge with the commandId of the order, on the topic of the node that was ordered.',
  },
  'job-unknown': {
    status: 404,
    title: 'The job is not known',
    remedy: 'List the jobs: GET /api/v1/jobs.',
  },
  'job-id-taken': {
    status: 409,
    title: 'The job id belongs to another job',
    remedy: 'Choose another id, or wait until the last instance of the old job has ended.',
  },
  'job-deleting': {
    status: 409,
    title: 'The job is being deleted',
    remedy: 'Wait until it is gone, then submit it again.',
  },
  'idempotency-key-reused': {
    status: 409,
    title: 'The Idempotency-Key was used with another body',
    remedy: 'Use a fresh key for a different request.',
  },
  'instance-unknown': {
    status: 404,
    title: 'The instance is not known',
    remedy: 'Look at the instances: GET /api/v1/jobs/{id}.',
  },
  'instance-not-movable': {
    status: 409,
    title: 'The instance cannot be moved now',
    remedy: 'Move an instance that is running; a pending one is placed without a move.',
  },
  'worker-does-not-fit': {
    status: 409,
    title: 'The named worker cannot take the instance',
    remedy: 'Name another worker, or none to let the scheduler choose.',
  },
  'no-target': {
    status: 409,
    title: 'No other worker can take the instance',
    remedy: 'Add capacity, or name what should give way.',
  },
  'decision-unknown': {
    status: 404,
    title: 'The decision is not known',
    remedy: 'Use the id that a placement names as its decision.',
  },
  'route-unknown': {
    status: 404,
    title: 'There is nothing at this address',
    remedy: 'The interface is described at /api/docs.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed at this address',
    remedy: 'Use one of the methods that the Allow header names.',
  },
  'request-malformed': {
    status: 400,
    title: 'The request is not well-formed HTTP',
    remedy: 'Correct the request line, the headers or the encoding of the address.',
  },
  'position-not-reached': {
    status: 503,
    title: 'The view has not reached the position yet',
    remedy: 'Ask again, or without minPosition.',
  },
  'position-invalid': {
    status: 400,
    title: 'The position is not in the log',
    remedy: 'Positions are integers from 1 to the head.',
  },
  'log-truncated': {
    status: 410,
    title: 'The events asked for are truncated',
    remedy: 'Start from the floor that is named.',
  },
  overloaded: {
    status: 503,
    title: 'The command queue is full',
    remedy: 'Send the request again after the Retry-After seconds.',
  },
  'outcome-unknown': {
    status: 503,
    title: 'The command is not decided yet',
    remedy: 'Repeat the request with the same Idempotency-Key: it tells.',
  },
  'scheduler-unavailable': {
    status: 503,
    title: 'The scheduler does not answer',
    remedy: 'Start the scheduler, or check OAKRING_SCHEDULER_URL.',
  },
  'shutting-down': {
    status: 503,
    title: 'The manager is shutting down',
    remedy: 'Send the request again.',
  },
  'log-unavailable': {
    status: 503,
    title: 'The event log cannot be written',
    remedy: 'Look at the manager log; make room on the disk or repair the store.',
  },
  unauthorized: {
    status: 401,
    title: 'The request carries no valid token',
    remedy: 'Send Authorization: Bearer <OAKRING_TOKEN>.',
  },
  'settings-invalid': {
    status: 500,
    title: 'A setting has an unusable value',
    remedy: 'Correct the variables that are listed.',
  },
  'port-taken': {
    status: 500,
    title: 'A port is taken',
    remedy: 'Stop what listens there, or choose another port.',
  },
  'data-folder-in-use': {
    status: 500,
    title: 'The data folder is in use',
    remedy: 'Stop the holder, or choose another OAKRING_DATA.',
  },
  'data-folder-unusable': {
    status: 500,
    title: 'The data folder cannot be used',
    remedy: 'Give the process read and write access, or choose another OAKRING_DATA.',
  },
  'log-damaged': {
    status: 500,
    title: 'The event log is damaged',
    remedy: 'Nothing was changed. Keep the folder as evidence and restore a copy.',
  },
  'position-conflict': {
    status: 500,
    title: 'Another writer appended at this position',
    remedy: 'Only one manager may write a log; find the other one.',
  },
  'broker-unreachable': {
    status: 503,
    title: 'The MQTT broker cannot be reached',
    remedy: 'Check OAKRING_MQTT_URL and the broker.',
  },
  internal: {
    status: 500,
    title: 'An unexpected error',
    remedy: 'Report it with the log around this time.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** What went wrong, with the thing and the value seen. `detail` is one sentence for a person. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Dotted path of the field, when one is to blame. */
  readonly field?: string;
  /** The value seen, shortened. */
  readonly value?: unknown;
}
