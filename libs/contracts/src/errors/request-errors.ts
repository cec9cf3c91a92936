import type { ErrorEntry } from './error-entry.js';

/** What the sender can mend: HTTP 4xx, dead letters, refusals in the ledger. */
export const requestErrors = {
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
    remedy: 'Send Content-Type: application/json, also where a change has no body.',
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
  'sender-mismatch': {
    status: 403,
    title: 'The message is in the name of a node that its sender is not',
    remedy:
      'A connection speaks for the node whose credential it showed: connect with that of the node ' +
      '(docs/native-protocol.md).',
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
      'Use the topics of the native protocol: nodes/<id>/registration, information, status, acks, state, history, streams.',
  },
  'retained-message': {
    status: 400,
    title: 'The message was retained',
    remedy: 'Only nodes/<id>/status may be retained; publish this one without the retain flag.',
  },
  'message-too-large': {
    status: 413,
    title: 'The broker takes no message this large',
    remedy:
      'Make the job document smaller, or let the broker take more (Mosquitto: max_packet_size); it ' +
      'is tried again after ten minutes.',
  },
  'rate-exceeded': {
    status: 429,
    title: 'It says more than is put on record',
    remedy: 'Send it again later: every node has a rate, and may say much at once now and then.',
  },
  'too-many-requests': {
    status: 429,
    title: 'It sends more than one identity may',
    remedy:
      'Send the request again after the Retry-After seconds, and fewer of them; whoever runs the manager ' +
      'may allow more (OAKRING_HTTP_RATE).',
  },
  'too-many-nodes': {
    status: 409,
    title: 'As many nodes are registered as may be',
    remedy:
      'Forget nodes that are gone (oakring node forget), or start the manager with a higher ' +
      'OAKRING_MAX_NODES.',
  },
  'report-incomplete': {
    status: 400,
    title: 'Pages of a report did not come',
    remedy: 'Send all pages of a state one right after the other; the manager asks for it again.',
  },
  'incarnation-stale': {
    status: 409,
    title: 'The message is of an older incarnation',
    remedy:
      'Register with an incarnation above the one that the answer names; let only one worker have the id.',
  },
  'incarnation-implausible': {
    status: 409,
    title: 'No worker can have started that often since it was last heard of',
    remedy: 'Register with the incarnation after the one that the answer names.',
  },
  'node-run-elsewhere': {
    status: 409,
    title: 'The node is run by a newer start of its worker',
    remedy:
      'Stop the newer worker, and this one is let back; or give each machine an id of its own.',
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
      'Choose another id, or present the token that the first registration was answered with; a ' +
      'node that is gone for good is forgotten first: DELETE /api/v1/nodes/{id}.',
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
  'revision-unknown': {
    status: 404,
    title: 'The job has no such revision',
    remedy: 'List them: GET /api/v1/jobs/{id}/revisions.',
  },
  'nothing-to-go-back-to': {
    status: 409,
    title: 'There is no revision to go back to',
    remedy: 'Name one (to), or send the document that the job is to have: PUT /api/v1/jobs/{id}.',
  },
  'job-id-taken': {
    status: 409,
    title: 'The job id belongs to another job',
    remedy: 'Choose another id, or wait until the last instance of the old job has ended.',
  },
  'update-without-effect': {
    status: 409,
    title: 'The change would have no effect',
    remedy: 'Change the field that the detail names, or leave this one as it is.',
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
  'instance-nowhere': {
    status: 409,
    title: 'The instance is on no node',
    remedy: 'Look why it has no place: oakring job show --why. With follow it is waited for.',
  },
  'nothing-printed': {
    status: 404,
    title: 'Nothing is kept of what the instance printed',
    remedy: 'Ask again later, or follow it; of an earlier start ask with previous=true.',
  },
  'feature-missing': {
    status: 409,
    title: 'The worker cannot do that',
    remedy: 'Update the worker of the node that is named.',
  },
  'exec-not-offered': {
    status: 409,
    title: 'Nothing may be run in instances there',
    remedy:
      "Let the worker's owner start it with OAKRING_WORKER_EXEC=true; a unikernel has nothing that could run it.",
  },
  'instance-not-running': {
    status: 409,
    title: 'The instance does not run',
    remedy: 'Look how it does: oakring job show; what it printed last: oakring job logs.',
  },
  'node-away': {
    status: 409,
    title: 'The node of the instance is not heard of',
    remedy:
      'Look at the node and its connection: oakring node show. What it keeps is there when it is back.',
  },
  'instance-not-movable': {
    status: 409,
    title: 'The instance cannot be moved now',
    remedy: 'Move an instance that is running; a pending one is placed without a move.',
  },
  'job-of-root': {
    status: 409,
    title: 'A root numbers the instances of the job',
    remedy:
      'Order it at the root, which asks for these instances. With force it is done here, and the root ' +
      'is told.',
  },
  'ledger-in-use': {
    status: 409,
    title: 'The ledger has jobs already',
    remedy: 'Import into an empty one. With force what is imported joins those that are there.',
  },
  'job-completed': {
    status: 409,
    title: 'The job has completed',
    remedy: 'Delete it, then submit it again.',
  },
  'position-changed': {
    status: 412,
    title: 'It has changed since you looked',
    remedy: 'Read it again, and send the ETag of that answer as If-Match.',
  },
  'plan-outdated': {
    status: 409,
    title: 'The job is another than when it was planned',
    remedy: 'Plan it again (oakring job plan), and order what that plan says.',
  },
  'node-in-use': {
    status: 409,
    title: 'The node cannot be forgotten now',
    remedy:
      'Forget a node that is disconnected or lost; drain one that speaks, or forget it by force.',
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
  'key-untrusted': {
    status: 409,
    title: 'The signing key does not count',
    remedy:
      'Sign with a key that counts: oakring audit endorse <fingerprint> --key <its PEM file>.',
  },
  'key-unknown': {
    status: 404,
    title: 'The key was never presented',
    remedy: 'Start its manager once: it presents its key. oakring audit keys lists them.',
  },
  'key-judged': {
    status: 409,
    title: 'What was said about the key is final',
    remedy: 'Give the manager a new key (move seal-key.pem away) and endorse that one.',
  },
  'tree-unknown': {
    status: 409,
    title: 'The statement names a tree that this ledger does not show any more',
    remedy: 'Ask for the keys again, and sign at the tree that is named there.',
  },
  'checkpoint-unknown': {
    status: 404,
    title: 'There is no such checkpoint',
    remedy: 'One is signed a minute after the first commit, and whenever a manager stops.',
  },
  'witness-unknown': {
    status: 422,
    title: 'No witness of this cluster signed the note',
    remedy: 'Name the key of the witness in OAKRING_WITNESSES, in each manager.',
  },
  'signature-invalid': {
    status: 400,
    title: 'The signature is not of this key over this statement',
    remedy: 'Sign the statement that docs/ledger-format.md describes.',
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
  'upgrade-required': {
    status: 426,
    title: 'This address speaks by WebSocket',
    remedy:
      'Ask with Upgrade: websocket and the subprotocol that is named (docs/clients.md), or let oakring job exec do it.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request did not arrive in time',
    remedy: 'Send its head within 10 s and all of it within 30 s.',
  },
  'moment-invalid': {
    status: 400,
    title: 'The moment is not in the log',
    remedy:
      'Give a position, now, a time ago like 5m, a time of day like 19:30, or a time like 2026-11-23T10:00:00Z.',
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
  'misdirected-request': {
    status: 421,
    title: 'The request is for another host',
    remedy:
      'Ask by our address or OAKRING_ADVERTISE_URL, or list the name in OAKRING_ALLOWED_HOSTS.',
  },
  'origin-foreign': {
    status: 403,
    title: 'The request comes from a page of another site',
    remedy:
      'Ask from a page of ours or from a program; a page served by another name of ours needs ' +
      'that name in OAKRING_ALLOWED_HOSTS.',
  },
  unauthorized: {
    status: 401,
    title: 'The request carries no valid token',
    remedy:
      'Send Authorization: Bearer with a token that holds (oakring token create), with OAKRING_TOKEN where that is set, ' +
      "or, on the manager's own machine, with what is in the folder credentials of its data (docs/access.md).",
  },
  forbidden: {
    status: 403,
    title: 'The role of the token does not allow this',
    remedy:
      'Ask with a token of a role that may (docs/access.md); whoever runs the cluster makes one: oakring token create.',
  },
  'token-name-taken': {
    status: 409,
    title: 'A token of this name holds',
    remedy: 'Choose another name, or revoke that one first: oakring token revoke.',
  },
  'token-shown-once': {
    status: 409,
    title: 'The token was made by this request before, and shown then',
    remedy: 'If that answer was lost, revoke the token and create it anew.',
  },
  'too-many-tokens': {
    status: 409,
    title: 'As many tokens hold as may be',
    remedy: 'Revoke some that nobody needs: oakring token ls, oakring token revoke.',
  },
  'join-token-used': {
    status: 403,
    title: 'The join token let in as many nodes as it may',
    remedy: 'Ask whoever runs the cluster for another one: oakring token create --role join.',
  },
  'credential-unknown': {
    status: 404,
    title: 'The node has no credential of its own',
    remedy:
      'What nodes have: oakring node show. One that never joined is let in by what workers share.',
  },
  'no-certificate-authority': {
    status: 409,
    title: 'The manager has no certificate authority',
    remedy: 'Join without csr, or give the manager one: docs/threat-model.md.',
  },
  'token-unknown': {
    status: 404,
    title: 'The token is not known',
    remedy: 'List them: oakring token ls. That of OAKRING_TOKEN ends with that setting.',
  },
} as const satisfies Record<string, ErrorEntry>;
