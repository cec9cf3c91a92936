import type { DescribedOperation, DescribedParameter } from './described.js';

const at: DescribedParameter = {
  in: 'query',
  name: 'at',
  type: 'string',
  description: 'As it was: a position, a time like 2026-11-23T10:00:00Z, or a time ago like -15m.',
};

function answer(schema: string, description: string) {
  return { status: 200, description, schema };
}

const judgement = {
  body: { schema: 'JudgeKey', optional: true },
  answers: [answer('KeyJudged', 'What the key is now.')],
  problems: ['key-untrusted', 'signature-invalid', 'invalid-field'],
} as const;

/** The ledger as evidence, and the past. */
export const ledgerOperations: Readonly<Record<string, DescribedOperation>> = {
  'get /api/v1/ledger/head': {
    tag: 'Ledger',
    summary: 'Position and hash of the newest commit, and who leads',
    answers: [answer('LedgerHead', 'The head.')],
  },
  'get /api/v1/ledger/keys': {
    tag: 'Ledger',
    summary: 'The keys that seal the ledger',
    answers: [answer('LedgerKeys', 'The keys.')],
  },
  'get /api/v1/ledger/views': {
    tag: 'Ledger',
    summary: 'Every record of every view at one position',
    answers: [
      {
        status: 200,
        description: 'One `[view, key, record]` a line.',
        media: 'application/x-ndjson',
        schema: null,
      },
    ],
  },
  'post /api/v1/ledger/keys/{fingerprint}/endorse': {
    tag: 'Ledger',
    summary: 'Vouch for a key',
    ...judgement,
  },
  'post /api/v1/ledger/keys/{fingerprint}/revoke': {
    tag: 'Ledger',
    summary: 'Say that a key counts no more',
    ...judgement,
  },
  'get /api/v1/nodes/{id}/telemetry': {
    tag: 'Nodes',
    summary: 'Readings of a node, for charts',
    parameters: [
      { ...at, name: 'from', description: 'A time or a time ago; an hour before `to` by default.' },
      { ...at, name: 'to', description: 'A time or a time ago; now by default.' },
      { in: 'query', name: 'step', type: 'integer', description: 'Milliseconds of a point.' },
    ],
    answers: [answer('NodeTelemetry', 'At most 500 points.')],
    problems: ['node-unknown', 'invalid-field'],
  },
  'get /api/v1/telemetry/batches': {
    tag: 'Ledger',
    summary: 'The telemetry log as it is stored',
    parameters: [
      { in: 'query', name: 'from', type: 'integer', description: 'First batch; 1 by default.' },
    ],
    answers: [
      { status: 200, description: 'A batch a line.', media: 'application/x-ndjson', schema: null },
    ],
    problems: ['log-truncated'],
  },
  'get /api/v1/diff': {
    tag: 'Ledger',
    summary: 'What changed between two moments',
    parameters: [
      { ...at, name: 'from' },
      { ...at, name: 'to' },
      { in: 'query', name: 'limit', type: 'integer', description: 'Items at most: 1 to 10 000.' },
    ],
    answers: [answer('Diff', 'The difference.')],
    problems: ['moment-invalid'],
  },
};

/** Parameter of every view. */
export const momentParameter = at;
