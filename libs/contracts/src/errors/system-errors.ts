import type { ErrorEntry } from './error-entry.js';

/** What the cluster or its operator has to mend: HTTP 5xx, starts that are refused. */
export const systemErrors = {
  'position-not-reached': {
    status: 503,
    title: 'The view has not reached the position yet',
    remedy: 'Ask again, or without minPosition.',
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
  'not-leading': {
    status: 503,
    title: 'No manager leads the cluster at this moment',
    remedy: 'Send the request again after the Retry-After seconds, to any manager.',
  },
  'scheduler-refused': {
    status: 422,
    title: 'The scheduler refuses to plan this job',
    remedy: 'Change what the detail names, or run a scheduler of the same version as the manager.',
  },
  'scheduler-unavailable': {
    status: 503,
    title: 'The scheduler does not answer',
    remedy: 'Start the scheduler, or check OAKRING_SCHEDULER_URL.',
  },
  'authority-unavailable': {
    status: 503,
    title: 'The authority for time stamps gives none',
    remedy:
      'Check OAKRING_TSA_URL, and that OAKRING_TSA_CA holds the certificate that it answers by.',
  },
  'witness-unavailable': {
    status: 503,
    title: 'A witness does not cosign the checkpoint',
    remedy: 'Check its entry in OAKRING_WITNESSES, and that it knows the keys of this cluster.',
  },
  'witness-refused': {
    status: 503,
    title: 'A witness saw another history of this ledger',
    remedy:
      'Find out who put back or changed the store: "oakring audit compare" tells where two copies part.',
  },
  'root-unavailable': {
    status: 503,
    title: 'The root does not take what this cluster tells it',
    remedy: 'Look at the root, and check SYSTEM_MANAGER_URL and its ports. The cluster goes on.',
  },
  'worker-silent': {
    status: 504,
    title: 'The worker does not answer',
    remedy: 'Ask again; look whether it is there: oakring node show.',
  },
  'stream-broken': {
    status: 502,
    title: 'The stream from the worker broke',
    remedy: 'Ask again; of logs, after the last line that came.',
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
  'store-away': {
    status: 503,
    title: 'The store does not answer',
    remedy:
      'Send the request again after the Retry-After seconds. Check that a majority of the members of OAKRING_STORE runs.',
  },
  'settings-invalid': {
    status: 500,
    title: 'A setting has an unusable value',
    remedy: 'Correct what is named, a variable or its flag (OAKRING_MQTT_URL is --mqtt-url).',
  },
  'port-taken': {
    status: 500,
    title: 'A port is taken',
    remedy: 'Stop what listens there, or choose another port (OAKRING_PORT is the flag --port).',
  },
  'data-folder-in-use': {
    status: 500,
    title: 'The data folder is in use',
    remedy: 'Stop the holder, or choose another folder with --data.',
  },
  'data-folder-open': {
    status: 500,
    title: 'Others can look into the data folder',
    remedy: 'Close it as shown, or name a folder in it: that is made for its owner alone.',
  },
  'data-folder-unusable': {
    status: 500,
    title: 'The data folder cannot be used',
    remedy: 'Give the process read and write access, or choose another OAKRING_DATA.',
  },
  'user-unavailable': {
    status: 500,
    title: 'A user cannot be had now',
    remedy: 'Make that user, or name another one; one of a directory (sssd, LDAP) is tried again.',
  },
  'store-unreachable': {
    status: 500,
    title: 'The store cannot be reached',
    remedy:
      'Check its address (OAKRING_STORE, or the one that the command names), and that MongoDB runs and lets us in.',
  },
  'store-unsuitable': {
    status: 500,
    title: 'The store cannot keep a ledger',
    remedy:
      'Run MongoDB as a replica set (one member is enough) that journals its writes, and leave out of OAKRING_STORE what contradicts it.',
  },
  'key-unusable': {
    status: 500,
    title: 'The signing key cannot be used',
    remedy:
      'Give it to its owner only (chmod 600), or move it away: a new key is made and has to be endorsed.',
  },
  'secrets-key-unusable': {
    status: 500,
    title: 'The key of the secrets cannot be used',
    remedy:
      'Name the file with the key that this cluster has always had (OAKRING_SECRETS_KEY_FILE): without it no secret can be read.',
  },
  'secrets-unavailable': {
    status: 503,
    title: 'This manager keeps no secrets',
    remedy:
      'Give all managers of the cluster one key: openssl rand -hex 32 > key; chmod 600 key; OAKRING_SECRETS_KEY_FILE=key.',
  },
  'ledger-newer': {
    status: 500,
    title: 'The event log was written by a newer release',
    remedy:
      'Nothing of it was changed. Start that release, or a later one; to go back for good, restore a backup from before (docs/upgrading.md).',
  },
  'log-damaged': {
    status: 500,
    title: 'The event log is damaged',
    remedy: 'Nothing was changed. Keep the folder as evidence and restore a copy.',
  },
  'restore-unfinished': {
    status: 500,
    title: 'The store is half restored',
    remedy:
      'Run the same "oakring restore" again: it goes on where it stopped. Or empty the store.',
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
  'endpoint-undeclared': {
    status: 500,
    title: 'A route does not say what it needs',
    remedy: 'Put @Endpoint({ … }) on the method of its controller.',
  },
  internal: {
    status: 500,
    title: 'An unexpected error',
    remedy: 'Report it with the log around this time.',
  },
} as const satisfies Record<string, ErrorEntry>;
